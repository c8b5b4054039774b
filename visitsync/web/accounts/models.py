"""People who sign in, the practices they belong to, and invitations; tables of storage/migrations/0007 and 0009.

No practice's wall guards these tables, because signing in comes before any practice is chosen: they hold names and
addresses of staff, and nothing of patients. What somebody may do stands in the practice's own `staff` row.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from visitsync.domain.email_address import canonical


class UserManager(BaseUserManager["User"]):
    """Finds people by the canonical form of their address."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=canonical(username or ""))


class User(AbstractBaseUser):
    """Somebody who can sign in."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=uuid4)
    email: models.EmailField[str, str] = models.EmailField(max_length=254, unique=True)
    """In canonical form."""
    name: models.CharField[str, str] = models.CharField(max_length=200)
    is_active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    session_round: models.IntegerField[int, int] = models.IntegerField(default=0)
    is_demo: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    """Everybody knows how to sign in as this person: `serve` refuses to start with one outside of a demonstration."""

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        app_label = "accounts"
        db_table = "account_user"

    def __str__(self) -> str:
        return str(self.id)

    def get_session_auth_hash(self) -> str:
        """What every session is held against: it ends with another password, and with another round."""
        return salted_hmac(
            "visitsync.web.accounts.session", f"{self.password} {self.session_round}", algorithm="sha256"
        ).hexdigest()


class Membership(models.Model):
    """That a person works at a practice, as which staff member."""

    id: models.BigAutoField[int, int] = models.BigAutoField(primary_key=True)
    user: models.ForeignKey[User, User] = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    tenant_id: models.UUIDField[UUID, UUID] = models.UUIDField()
    staff_id: models.UUIDField[UUID, UUID] = models.UUIDField(unique=True)

    class Meta:
        app_label = "accounts"
        db_table = "account_membership"

    def __str__(self) -> str:
        return str(self.id)


class Invitation(models.Model):
    """A link that lets a staff member of a practice sign in for the first time; it is gone once it is used."""

    token_hash: models.BinaryField[bytes, bytes] = models.BinaryField(primary_key=True)
    tenant_id: models.UUIDField[UUID, UUID] = models.UUIDField()
    staff_id: models.UUIDField[UUID, UUID] = models.UUIDField(unique=True)
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField()

    class Meta:
        app_label = "accounts"
        db_table = "account_invitation"

    def __str__(self) -> str:
        return str(self.staff_id)
