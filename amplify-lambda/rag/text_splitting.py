"""A text into chunks: parts that a model takes whole, ended where the text itself makes a break if at all possible."""

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
"""About 500 tokens of English: what embedding models take, and what search finds best."""

# The splitter's time grows with the square of a text without breaks: ten million letters in one piece took 330 seconds
# here, in pieces of this length less than one. The price: a longer section is cut at a paragraph, not where it ends.
_PIECE = 16_000
_BREAKS = ("\n\n", "\n", " ")


def split(extracted: ExtractedText, form: DocumentFormat) -> Iterator[Chunk]:
    """The chunks of a text, in order. Together they hold all of it but white space; none overlaps another."""
    splitter_class = MarkdownSplitter if form is DocumentFormat.MARKDOWN else TextSplitter
    # Untrimmed, so that the positions tell where the white space is that is taken off below.
    splitter = splitter_class(MAX_CHUNK_CHARACTERS, trim=False)
    for offset, piece in _pieces(extracted.text):
        for position, part in splitter.chunk_indices(piece):
            text = part.strip()
            if text:
                start = offset + position + len(part) - len(part.lstrip())
                end = start + len(text)
                yield Chunk(text, start, end, extracted.page_at(start), extracted.page_at(end - 1))


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """`text` in pieces of bounded length, each with its position, ended at a paragraph, a line or a word."""
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
