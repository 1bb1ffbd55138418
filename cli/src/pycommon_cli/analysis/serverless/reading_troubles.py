"""What went wrong while a configuration was read, gathered, each cause once."""

from __future__ import annotations

from dataclasses import dataclass, field

from pycommon_cli.analysis.facts import Place, Trouble

__all__ = ["Troubles", "UnreadableError"]


class UnreadableError(Exception):
    """A document or an expression that cannot be read; becomes a `Trouble`."""

    def __init__(self, place: Place, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.trouble = Trouble(place, message, mend)


@dataclass(slots=True)
class Troubles:
    """Gathers troubles; one that is noted twice is kept once."""

    noted: dict[tuple[Place, str], Trouble] = field(default_factory=dict)

    def note(self, place: Place, message: str, mend: str = "") -> None:
        """Keep a trouble."""
        self.add(Trouble(place, message, mend))

    def add(self, trouble: Trouble) -> None:
        """Keep a trouble that is there already."""
        self.noted.setdefault((trouble.place, trouble.message), trouble)

    def all(self) -> tuple[Trouble, ...]:
        """By place."""
        return tuple(sorted(self.noted.values(), key=lambda trouble: (trouble.place, trouble.message)))
