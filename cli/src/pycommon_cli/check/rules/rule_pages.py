"""Reads the pages of the rules, `docs/rules/<CODE>.md`. The wheel has a copy of the pages beside this module.

A page says why the rule exists, and has a bad and a good example.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["page", "pages_folder"]


def pages_folder() -> Path:
    """Return the folder of the pages."""
    packed = Path(__file__).parent / "pages"
    return packed if packed.is_dir() else Path(__file__).parents[5] / "docs" / "rules"


def page(code: str) -> str:
    """Return the page of a rule, as Markdown.

    Raises:
        FileNotFoundError: the rule has no page.
    """
    return (pages_folder() / f"{code}.md").read_text("utf-8")
