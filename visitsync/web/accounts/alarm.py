"""Tells the admins of a practice that somebody was given a role in an emergency."""

from uuid import UUID

from django.core.mail import EmailMessage
from django.urls import reverse

from visitsync.domain.role import Role
from visitsync.storage import practices, staff
from visitsync.web.accounts.invitation_mail import has_mail
from visitsync.web.parts import parts

BODY = """At {practice} a staff member was given another role for some hours, in an emergency.
Who it is, why, and until when stands among the users of the practice and in its audit trail:

{link}

If nobody at your practice knows of this, deactivate them there at once."""


def tell_admins(practice_id: UUID, staff_id: UUID) -> str:
    """By mail, to all but whoever got the role; returns in a sentence what was done."""
    with parts().database.practice(practice_id) as transaction:
        practice = practices.find_practice(transaction)
        members = staff.staff_members(transaction, parts().vault)
    slug = practices.find_tenant(parts().database, str(practice_id)).slug
    to = [one.email for one in members if one.role == Role.ADMIN and one.is_active and one.staff_id != staff_id]
    if not to:
        return "There is no other admin who could be told."
    if not has_mail():
        return f"No mail is set up: tell the {len(to)} admins yourself. It stands in the audit trail."
    link = parts().public_url + reverse("users-person", kwargs={"practice": slug, "staff_id": staff_id})
    for email in to:
        EmailMessage("Emergency access was given", BODY.format(practice=practice.name, link=link), None, [email]).send()
    return f"{len(to)} admins are told by mail."
