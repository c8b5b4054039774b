"""The pages that are made from manifests, scenarios and the table of what is told are what those say now."""

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_pages_about_the_emrs_are_not_stale() -> None:
    spec = importlib.util.spec_from_file_location("generate_vendor_pages", DOCS / "generate_vendor_pages.py")
    assert spec is not None
    assert spec.loader is not None
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    for path, text in generator.pages().items():
        assert (DOCS / path).read_text(encoding="utf-8") == text, f"run docs/generate_vendor_pages.py: {path}"
