"""Collect the text of a document: clean, limited in length, and with the position of each page."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from rag.document_refusal import DocumentRefusedError, RefusalCode

__all__ = ["MAX_CHARACTERS", "ExtractedText", "TextCollector", "clean"]

MAX_CHARACTERS = 10_000_000
"""The limit is about 3,000 printed pages. Such a text has 5,000 chunks or more."""

_PAGE_BREAK = "\n\n"
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]"
)  # U+FFFE is how PDFium writes a hyphen at a line's end


@dataclass(frozen=True, slots=True)
class ExtractedText:
    """The whole text of a document.

    Attributes:
        text: all pages, with an empty line between them.
        page_starts: the position in `text` where each page begins; empty for formats without pages.
    """

    text: str
    page_starts: tuple[int, ...] = ()

    def page_at(self, position: int) -> int | None:
        """Return the page of `text[position]`, counted from 1; None for formats without pages."""
        return bisect_right(self.page_starts, position) or None


class TextCollector:
    """Build a text from pieces, and refuse a text that exceeds the limit."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._page_starts: list[int] = []
        self._length = 0

    def begin_page(self) -> None:
        """Begin the next page."""
        if self._page_starts:
            self.add(_PAGE_BREAK)
        self._page_starts.append(self._length)

    def add(self, text: str) -> None:
        """Append `text`.

        Raises:
            DocumentRefusedError: the document has more text than allowed.
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
        """Return the text."""
        return ExtractedText("".join(self._pieces), tuple(self._page_starts))


def clean(text: str) -> str:
    r"""Return `text` with line feeds as line ends, without control characters and lone surrogates.

    JSON, SQS and language models accept the result. Example:

        >>> clean("a\r\nb\x00\x0cc")
        'a\nb\nc'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n")
    whole = lines.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROL.sub("", whole)
