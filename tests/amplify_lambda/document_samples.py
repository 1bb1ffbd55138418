"""Create documents for the tests with common libraries."""

from __future__ import annotations

import io
import zipfile

import docx
from fpdf import FPDF


def pdf(*pages: str, password: str | None = None) -> bytes:
    """Return a PDF document, encrypted if `password` is given."""
    document = FPDF()
    if password is not None:
        document.set_encryption(owner_password=f"owner of {password}", user_password=password)
    document.set_font("Helvetica", size=11)
    for text in pages:
        document.add_page()
        document.multi_cell(0, 6, text)
    return bytes(document.output())


def word(*paragraphs: str, table: tuple[tuple[str, ...], ...] = ()) -> bytes:
    """Return a Word document with paragraphs and a table."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if table:
        grid = document.add_table(rows=len(table), cols=len(table[0]))
        for row, texts in zip(grid.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def word_of_xml(xml: str, part: str = "word/document.xml") -> bytes:
    """Return a Word document with one given part."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, xml)
    return file.getvalue()


def body_of_word(content: str) -> str:
    """Return the XML of a Word document with `content`."""
    namespaces = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    return f"<w:document {namespaces}><w:body>{content}</w:body></w:document>"
