"""Read plain text and Markdown: UTF-8, or UTF-16 with a byte order mark."""

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
    """Return the text of a file.

    Other encodings are not guessed: a wrong guess would change the document's text.

    Raises:
        DocumentRefusedError: the file is not text in these encodings, or is too long.
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
