"""Report the parts of an operation that an interface cannot express, as a note or as an error."""

from __future__ import annotations

from dataclasses import dataclass

from pycommon.exceptions import PyCommonError

__all__ = ["FormatNote", "InterfaceError", "NotExpressibleError"]


class InterfaceError(PyCommonError):
    """The library cannot generate an interface, for example because two operations would have the same name."""


class NotExpressibleError(PyCommonError):
    """An interface cannot express a schema. The text gives the reason."""


@dataclass(frozen=True, slots=True)
class FormatNote:
    """A property of an operation that the interface leaves out or changes.

    Attributes:
        operation: the name of the operation.
        text: the note, which is one sentence.
    """

    operation: str
    text: str

    def __str__(self) -> str:
        """Return the name of the operation and the note."""
        return f"{self.operation}: {self.text}"
