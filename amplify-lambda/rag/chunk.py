"""Define a chunk: a part of a document's text."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Chunk"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a document's text.

    Attributes:
        text: the text, without white space at its ends.
        start: the position of the chunk's first character in the document's text, counted in code points from 0.
        end: the position after the chunk's last character.
        first_page: the page of the chunk's first character, counted from 1; None for formats without pages.
        last_page: the page of the chunk's last character; None for formats without pages.
    """

    text: str
    start: int
    end: int
    first_page: int | None = None
    last_page: int | None = None
