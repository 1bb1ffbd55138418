"""Extract the text of PDF documents page by page, with PDFium."""

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
_MAGIC_WITHIN = 1024  # the first bytes of the file, which must contain the mark. Other bytes may come before the mark


def read_pdf(path: Path) -> ExtractedText:
    """Return the text of a document, with the position of each page.

    A document can be read if it needs a password only for changes.

    Raises:
        DocumentRefusedError: the file is not a PDF document, is damaged or encrypted, or exceeds a limit.
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
        # Close each page now, because all pages of a long document together would fill the memory.
        text.close()
        page.close()
    return collector.finish()
