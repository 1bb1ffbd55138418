"""Which files are taken: their content types, and how large they may be."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FORMAT_BY_CONTENT_TYPE", "MAX_BYTES", "DocumentFormat"]

MAX_BYTES = 100_000_000
"""A file has fewer bytes than this."""


class DocumentFormat(StrEnum):
    """How text is got out of a file."""

    TEXT = "text"
    MARKDOWN = "markdown"
    PDF = "pdf"
    DOCX = "docx"


FORMAT_BY_CONTENT_TYPE: Mapping[str, DocumentFormat] = {
    "text/plain": DocumentFormat.TEXT,
    "text/markdown": DocumentFormat.MARKDOWN,
    "application/pdf": DocumentFormat.PDF,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": DocumentFormat.DOCX,
}
"""Content types (RFC 6838) as they stand in the announcement, in the upload and in the record of a file."""
