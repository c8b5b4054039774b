"""The roles in words, for whoever gives them."""

from collections.abc import Mapping

from visitsync.domain.role import Role

IN_WORDS: Mapping[Role, str] = {
    Role.FRONT_DESK: "Sees every visit, checks again, links families. Changes no settings.",
    Role.ADMIN: "Everything: settings, connections, users, who did what.",
    Role.PROVIDER: "Sees their own visits, and nobody else's.",
    Role.READ_ONLY: "Sees every visit and every setting. Changes nothing.",
    Role.OPERATOR: "Runs the connections, often of several practices. Sees no patients.",
}
