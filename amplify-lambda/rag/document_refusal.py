"""Why a document can never be processed: the uploader's affair, told in the record, and not tried again."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

__all__ = ["DocumentRefusedError", "RefusalCode"]


class RefusalCode(StrEnum):
    """The codes of refusals. docs/documents.md lists them with their reasons."""

    DAMAGED = "damaged"
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    MISSING = "missing"
    NOT_TEXT = "not_text"
    REPLACED = "replaced"
    TOO_COMPLEX = "too_complex"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    UNKNOWN_TYPE = "unknown_type"


class DocumentRefusedError(Exception):
    """A document that stays what it is, however often it is tried.

    Attributes:
        code: for programs.
        reason: a sentence for the uploader, which says the mend where there is one. Never text of the document.
    """

    def __init__(self, code: RefusalCode, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def to_json(self) -> dict[str, str]:
        """As it passes from one process to another."""
        return {"code": self.code.value, "reason": self.reason}

    @classmethod
    def from_json(cls, value: dict[str, str]) -> Self:
        """What `to_json` wrote."""
        return cls(RefusalCode(value["code"]), value["reason"])
