"""The characters that structure an HL7 v2 message; each message declares its own (reference, section 2)."""

import msgspec


class Delimiters(msgspec.Struct, frozen=True, gc=False):
    """The five characters that structure a message."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"


USUAL = Delimiters()
