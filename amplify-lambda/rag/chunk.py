"""The value that is made of a document, many times over."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Chunk"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a document's text.

    Attributes:
        text: without white space at its ends.
        start: where it begins in the document's text, in characters (code points).
        end: where it ends; `text` is what stands between.
        first_page: the page on which it begins, from 1; None for formats without pages.
        last_page: the page on which it ends.
    """

    text: str
    start: int
    end: int
    first_page: int | None = None
    last_page: int | None = None
