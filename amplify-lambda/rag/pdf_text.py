"""Text out of PDF documents, page by page, with PDFium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2
import pypdfium2.raw

from rag.document_refusal import DocumentRefusedError, RefusalCode
from rag.extracted_text import ExtractedText, TextCollector

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MAX_PAGES", "read_pdf"]

MAX_PAGES = 5_000

_MAGIC = b"%PDF-"
_MAGIC_WITHIN = 1024  # bytes; what may stand in front of it


def read_pdf(path: Path) -> ExtractedText:
    """The text of a document, with the places where its pages begin.

    A document that asks for a password only to be changed can be read.

    Raises:
        DocumentRefusedError: no PDF, damaged, encrypted, or beyond a limit.
    """
    with path.open("rb") as file:
        if _MAGIC not in file.read(_MAGIC_WITHIN):
            raise DocumentRefusedError(RefusalCode.DAMAGED, "The file is not a PDF document.")
    try:
        with pypdfium2.PdfDocument(path) as document:
            return _read(document)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in {pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY}:
            raise DocumentRefusedError(
                RefusalCode.ENCRYPTED, "The PDF document is encrypted; save it without a password."
            ) from None
        raise DocumentRefusedError(RefusalCode.DAMAGED, "The PDF document is damaged and cannot be read.") from None


def _read(document: pypdfium2.PdfDocument) -> ExtractedText:
    if len(document) > MAX_PAGES:
        raise DocumentRefusedError(
            RefusalCode.TOO_LONG, f"The PDF document has more than {MAX_PAGES:,} pages; divide it into several."
        )
    collector = TextCollector()
    for number in range(len(document)):
        collector.begin_page()
        page = document[number]
        text = page.get_textpage()
        collector.add(text.get_text_range())
        # Closed here and now: left to the end, the pages of a long document would fill the memory.
        text.close()
        page.close()
    return collector.finish()
