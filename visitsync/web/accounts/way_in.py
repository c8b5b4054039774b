"""How a staff member gets in: a first link, or a new password; and how their door is closed."""

from uuid import UUID

import msgspec
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from visitsync.web.accounts import invitations
from visitsync.web.accounts.models import Membership, User
from visitsync.web.accounts.people import sign_out_everywhere
from visitsync.web.parts import parts


class WayIn(msgspec.Struct, frozen=True):
    """A link, and what it does."""

    link: str
    what_it_does: str

    def __repr__(self) -> str:
        return "WayIn"


def way_in(practice_id: UUID, staff_id: UUID) -> WayIn:
    """An invitation for whoever has no account at this practice yet; else a link to choose a new password."""
    user = account_of(staff_id)
    if user is None:
        link = invitations.invite(practice_id, staff_id)
        return WayIn(link, f"This link lets them in. It works once, for {invitations.GOOD_FOR.days} days.")
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )
    return WayIn(parts().public_url + path, "They have an account: this link, good for an hour, sets a new password.")


def close_door(staff_id: UUID) -> None:
    """Ends their sessions, everywhere, and every link that was sent."""
    invitations.take_back(staff_id)
    if user := account_of(staff_id):
        sign_out_everywhere(user)


def account_of(staff_id: UUID) -> User | None:
    """None: they have not accepted an invitation yet."""
    found = Membership.objects.filter(staff_id=staff_id).select_related("user").first()
    return found.user if found else None
