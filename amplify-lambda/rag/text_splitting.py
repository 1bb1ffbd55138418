"""Split a text into chunks that a model accepts, at paragraphs, lines or words where possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from semantic_text_splitter import MarkdownSplitter, TextSplitter

from files.document_formats import DocumentFormat
from rag.chunk import Chunk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rag.extracted_text import ExtractedText

__all__ = ["MAX_CHUNK_CHARACTERS", "split"]

MAX_CHUNK_CHARACTERS = 2_000
"""This length is about 500 tokens of English. Embedding models accept it, and search works best with this length."""

# The splitter's time grows with the square of the length of a text without breaks. Ten million letters took 330 seconds
# in one piece, and less than one second in pieces of this length. The disadvantage: a section that is longer than a
# piece is cut at a paragraph in its middle.
_PIECE = 16_000
_BREAKS = ("\n\n", "\n", " ")


def split(extracted: ExtractedText, form: DocumentFormat) -> Iterator[Chunk]:
    """Return the chunks of a text in order.

    The chunks do not overlap. Together the chunks contain all text except white space.
    """
    splitter_class = MarkdownSplitter if form is DocumentFormat.MARKDOWN else TextSplitter
    # Do not trim here: the positions below include the white space.
    splitter = splitter_class(MAX_CHUNK_CHARACTERS, trim=False)
    for offset, piece in _pieces(extracted.text):
        for position, part in splitter.chunk_indices(piece):
            text = part.strip()
            if text:
                start = offset + position + len(part) - len(part.lstrip())
                end = start + len(text)
                yield Chunk(text, start, end, extracted.page_at(start), extracted.page_at(end - 1))


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Return `text` in pieces of limited length, each with its position, cut at a paragraph, a line or a word."""
    start = 0
    while start < len(text):
        end = min(start + _PIECE, len(text))
        if end < len(text):
            end = _last_break(text, start + _PIECE // 2, end)
        yield start, text[start:end]
        start = end


def _last_break(text: str, earliest: int, latest: int) -> int:
    for mark in _BREAKS:
        found = text.rfind(mark, earliest, latest)
        if found >= 0:
            return found + len(mark)
    return latest
