"""Where mails lead: the paths of our pages, for processes that serve none. A test compares them with the site map."""


def page_address(slug: str, page: str) -> str:
    """The path of a practice's page, by its name in the site map."""
    return f"/p/{slug}/{page}"


def stop_address(token: str) -> str:
    """The path of the page that stops one sort of mail."""
    return f"/stop-mail/{token}"
