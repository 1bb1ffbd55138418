"""Collect reports of what could not be read in a configuration (`ReadingTrouble`), each report once."""

from __future__ import annotations

from dataclasses import dataclass, field

from pycommon_cli.analysis.facts import Place, ReadingTrouble

__all__ = ["Troubles", "UnreadableError"]


class UnreadableError(Exception):
    """A document or an expression cannot be read. The reader reports it as a `ReadingTrouble`."""

    def __init__(self, place: Place, message: str, help_text: str = "") -> None:
        super().__init__(message)
        self.trouble = ReadingTrouble(place, message, help_text)


@dataclass(slots=True)
class Troubles:
    """Collects troubles. If the same trouble is reported twice, it is kept once."""

    noted: dict[tuple[Place, str], ReadingTrouble] = field(default_factory=dict)

    def note(self, place: Place, message: str, help_text: str = "") -> None:
        """Add a trouble."""
        self.add(ReadingTrouble(place, message, help_text))

    def add(self, trouble: ReadingTrouble) -> None:
        """Add an existing trouble."""
        self.noted.setdefault((trouble.place, trouble.message), trouble)

    def all(self) -> tuple[ReadingTrouble, ...]:
        """Return the troubles, sorted by place."""
        return tuple(sorted(self.noted.values(), key=lambda trouble: (trouble.place, trouble.message)))
