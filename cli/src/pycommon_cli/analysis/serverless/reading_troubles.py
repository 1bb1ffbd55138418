"""What went wrong while a configuration was read, gathered, each cause once."""

from __future__ import annotations

from dataclasses import dataclass, field

from pycommon_cli.analysis.facts import Place, ReadingTrouble

__all__ = ["Troubles", "UnreadableError"]


class UnreadableError(Exception):
    """A document or an expression that cannot be read; becomes a `ReadingTrouble`."""

    def __init__(self, place: Place, message: str, help_text: str = "") -> None:
        super().__init__(message)
        self.trouble = ReadingTrouble(place, message, help_text)


@dataclass(slots=True)
class Troubles:
    """Gathers troubles; one that is noted twice is kept once."""

    noted: dict[tuple[Place, str], ReadingTrouble] = field(default_factory=dict)

    def note(self, place: Place, message: str, help_text: str = "") -> None:
        """Keep a trouble."""
        self.add(ReadingTrouble(place, message, help_text))

    def add(self, trouble: ReadingTrouble) -> None:
        """Keep a trouble that is there already."""
        self.noted.setdefault((trouble.place, trouble.message), trouble)

    def all(self) -> tuple[ReadingTrouble, ...]:
        """By place."""
        return tuple(sorted(self.noted.values(), key=lambda trouble: (trouble.place, trouble.message)))
