"""Plain text and Markdown: UTF-8, or UTF-16 with its mark in front."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from rag.document_refusal import DocumentRefusedError, RefusalCode
from rag.extracted_text import ExtractedText, TextCollector

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_text"]

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_text(path: Path) -> ExtractedText:
    """The text of a file.

    Raises:
        DocumentRefusedError: other bytes than text, or too much of it. No other encoding is guessed: a wrong guess
            would be taken for what the document says.
    """
    content = path.read_bytes()
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise DocumentRefusedError(RefusalCode.NOT_TEXT, "The file is not text in UTF-8; save it with that encoding.")
    collector = TextCollector()
    collector.add(text)
    return collector.finish()
