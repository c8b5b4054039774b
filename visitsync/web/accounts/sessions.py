"""Sessions in the database under a hash of their key, so that the table lets nobody in."""

import hashlib
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session


class SessionStore(DatabaseSessions):
    """Django's own store; only what stands in the table is not what the browser holds."""

    def _get_session_from_db(self) -> Session | None:  # the one place where Django looks a key up
        key = self.session_key
        if key is None:
            return None
        found: Session | None = self._rows().filter(session_key=kept_as(key)).first()
        if found is None:
            self._session_key = None
        return found

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        row.session_key = kept_as(row.session_key)
        return row

    def exists(self, session_key: str) -> bool:
        return bool(self.model.objects.filter(session_key=kept_as(session_key)).exists())

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=kept_as(key)).delete()

    def _rows(self) -> Any:
        from django.utils import timezone  # Django's clock is the one that wrote expire_date

        return self.model.objects.filter(expire_date__gt=timezone.now())


def kept_as(session_key: str) -> str:
    """The hash under which a session is kept."""
    return hashlib.sha256(session_key.encode()).hexdigest()
