"""Report what an interface cannot express about an operation: as a note, or as an error."""

from __future__ import annotations

from dataclasses import dataclass

from pycommon.exceptions import PyCommonError

__all__ = ["FormatNote", "InterfaceError", "NotExpressibleError"]


class InterfaceError(PyCommonError):
    """An interface cannot be generated, e.g. because two operations would have the same name in it."""


class NotExpressibleError(PyCommonError):
    """An interface cannot express a schema. The text gives the reason."""


@dataclass(frozen=True, slots=True)
class FormatNote:
    """A property of an operation that the interface leaves out or changes.

    Attributes:
        operation: the operation's name.
        text: one sentence.
    """

    operation: str
    text: str

    def __str__(self) -> str:
        """Return the operation and the sentence."""
        return f"{self.operation}: {self.text}"
