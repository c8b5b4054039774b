"""Social security numbers come along with patients, and nobody here wants them: cut out before anything is kept."""

import re

_MEMBER = re.compile(
    rb'("[A-Za-z_]*(?:SSN|SocialSecurity)[A-Za-z_]*"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*)',
    re.DOTALL | re.IGNORECASE,
)


def without_secrets(body: bytes) -> bytes:
    """The same JSON with null for every social security number."""
    return _MEMBER.sub(rb"\1null", body)
