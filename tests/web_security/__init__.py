"""The web app under attack: other people's pages and ids, forged forms, hostile records, and what must never leak."""
