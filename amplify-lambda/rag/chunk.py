"""Define a chunk: a part of a document's text."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Chunk"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a document's text.

    Attributes:
        text: the text, without white space at its ends.
        start: its first character in the document's text, counted in code points.
        end: the position after its last character.
        first_page: the page of the first character, counted from 1; None for formats without pages.
        last_page: the page of the last character.
    """

    text: str
    start: int
    end: int
    first_page: int | None = None
    last_page: int | None = None
