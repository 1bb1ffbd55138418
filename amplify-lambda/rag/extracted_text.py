"""The text of a document: clean, bounded, and with the places where its pages begin."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from rag.document_refusal import DocumentRefusedError, RefusalCode

__all__ = ["MAX_CHARACTERS", "ExtractedText", "TextCollector", "clean"]

MAX_CHARACTERS = 10_000_000
"""About 3,000 printed pages; 5,000 chunks or more."""

_PAGE_BREAK = "\n\n"
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]"
)  # U+FFFE is how PDFium writes a hyphen at a line's end


@dataclass(frozen=True, slots=True)
class ExtractedText:
    """A whole text.

    Attributes:
        text: every page, with an empty line between two.
        page_starts: where each page begins in `text`; empty for formats without pages.
    """

    text: str
    page_starts: tuple[int, ...] = ()

    def page_at(self, position: int) -> int | None:
        """The number of the page, from 1, on which `text[position]` stands; None without pages."""
        return bisect_right(self.page_starts, position) or None


class TextCollector:
    """Puts a text together piece by piece, and refuses to let it grow beyond the limit."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._page_starts: list[int] = []
        self._length = 0

    def begin_page(self) -> None:
        """What comes next stands on the next page."""
        if self._page_starts:
            self.add(_PAGE_BREAK)
        self._page_starts.append(self._length)

    def add(self, text: str) -> None:
        """Go on with `text`.

        Raises:
            DocumentRefusedError: that is more text than a document may have.
        """
        if self._length + len(text) > MAX_CHARACTERS:
            raise DocumentRefusedError(
                RefusalCode.TOO_LONG,
                f"The document has more than {MAX_CHARACTERS:,} characters; divide it into several.",
            )
        cleaned = clean(text)
        self._length += len(cleaned)
        self._pieces.append(cleaned)

    def finish(self) -> ExtractedText:
        """The text so far."""
        return ExtractedText("".join(self._pieces), tuple(self._page_starts))


def clean(text: str) -> str:
    r"""`text` with line feeds as its only line ends, without control characters and without halves of surrogate pairs.

    What JSON, SQS and a model all take. Example:

        >>> clean("a\r\nb\x00\x0cc")
        'a\nb\nc'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n")
    whole = lines.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROL.sub("", whole)
