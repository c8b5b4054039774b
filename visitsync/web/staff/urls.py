"""The site map of a practice's pages, /p/<practice>/…: every folder beside this file is a page with its own lines."""

from importlib import import_module
from pathlib import Path

from django.urls import URLPattern, include, path

PAGES = tuple(sorted(found.parent.name for found in Path(__file__).parent.glob("*/urls.py")))


def _of(page: str) -> list[URLPattern]:
    patterns: list[URLPattern] = import_module(f"visitsync.web.staff.{page}.urls").urlpatterns
    return patterns


urlpatterns = [path("p/<slug:practice>/", include([pattern for page in PAGES for pattern in _of(page)]))]
