"""Define which files are accepted: their content types and their largest size."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FORMAT_BY_CONTENT_TYPE", "MAX_BYTES", "DocumentFormat"]

MAX_BYTES = 100_000_000
"""A file must have fewer bytes than this limit."""


class DocumentFormat(StrEnum):
    """The format of a document, which decides how its text is extracted."""

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
"""The format of each accepted content type (RFC 6838). Announcement, upload and record of a file have the type."""
