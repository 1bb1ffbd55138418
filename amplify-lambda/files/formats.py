"""Which files are taken: their content types, and how large they may be."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FORMAT_BY_CONTENT_TYPE", "MAX_BYTES", "Format"]

MAX_BYTES = 100_000_000
"""A file has fewer bytes than this."""


class Format(StrEnum):
    """How text is got out of a file."""

    TEXT = "text"
    MARKDOWN = "markdown"
    PDF = "pdf"
    DOCX = "docx"


FORMAT_BY_CONTENT_TYPE: Mapping[str, Format] = {
    "text/plain": Format.TEXT,
    "text/markdown": Format.MARKDOWN,
    "application/pdf": Format.PDF,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Format.DOCX,
}
"""Content types (RFC 6838) as they stand in the announcement, in the upload and in the record of a file."""
