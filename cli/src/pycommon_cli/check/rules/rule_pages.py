"""The pages of the rules, `docs/rules/<CODE>.md`: why, what is bad, what is good.

They are packed beside this module; in a checkout they are read from `docs/rules`.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["page", "pages_folder"]


def pages_folder() -> Path:
    """Where the pages are."""
    packed = Path(__file__).parent / "pages"
    return packed if packed.is_dir() else Path(__file__).parents[5] / "docs" / "rules"


def page(code: str) -> str:
    """The page of a rule, as Markdown.

    Raises:
        FileNotFoundError: it has none.
    """
    return (pages_folder() / f"{code}.md").read_text("utf-8")
