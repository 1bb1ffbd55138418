"""What a format cannot say of an operation: a note beside the result, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass

from pycommon.exceptions import PyCommonError

__all__ = ["FormatNote", "InterfaceError", "NotExpressibleError"]


class InterfaceError(PyCommonError):
    """A face cannot be made at all, e.g. because two operations would have one name in it."""


class NotExpressibleError(PyCommonError):
    """One schema has no form in the format at hand; the text says why."""


@dataclass(frozen=True, slots=True)
class FormatNote:
    """Something about an operation that the result does not say, or says otherwise.

    Attributes:
        operation: the operation's name.
        text: one sentence.
    """

    operation: str
    text: str

    def __str__(self) -> str:
        """As it is printed: the operation, then the sentence."""
        return f"{self.operation}: {self.text}"
