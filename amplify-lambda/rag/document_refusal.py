"""Define why a document can never be processed. The record shows the reason to the uploader. There is no retry."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

__all__ = ["DocumentRefusedError", "RefusalCode"]


class RefusalCode(StrEnum):
    """The codes of refusals. docs/documents.md lists the codes with their reasons."""

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
    """A document cannot be processed, and a retry would not help.

    Attributes:
        code: the reason as a code, for programs.
        reason: a sentence for the uploader, with the fix if there is a fix. It never contains text of the document.
    """

    def __init__(self, code: RefusalCode, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def to_json(self) -> dict[str, str]:
        """Return the refusal as JSON values."""
        return {"code": self.code.value, "reason": self.reason}

    @classmethod
    def from_json(cls, value: dict[str, str]) -> Self:
        """Return the refusal that `to_json` has written."""
        return cls(RefusalCode(value["code"]), value["reason"])
