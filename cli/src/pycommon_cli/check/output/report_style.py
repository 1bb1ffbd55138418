"""Formats text for people: colours on terminals, and paths relative to the current folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pycommon_cli.check.findings import Severity

__all__ = ["Style", "printable"]

_RESET = "\x1b[0m"
_CODES = {"bold": "\x1b[1m", "dim": "\x1b[2m", "red": "\x1b[1;31m", "yellow": "\x1b[1;33m", "blue": "\x1b[1;34m"}
_OF_SEVERITY = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}


@dataclass(frozen=True, slots=True)
class Style:
    """The way to format text for people.

    Attributes:
        colour: whether to write the escape sequences of colours.
        root: the folder to which the paths of findings are relative.
        here: the folder to which the paths in the output are relative.
    """

    colour: bool
    root: Path
    here: Path

    def paint(self, text: str, colour: str) -> str:
        """Return the text in a colour ("bold", "dim", "red", "yellow", "blue")."""
        return f"{_CODES[colour]}{text}{_RESET}" if self.colour and text else text

    def of_severity(self, text: str, severity: Severity) -> str:
        """Return the text in the colour of a severity."""
        return self.paint(text, _OF_SEVERITY[severity])

    def path(self, path: str) -> str:
        """Convert a path that is relative to the root. Return the path relative to `here`."""
        return Path(os.path.relpath(self.root / path, self.here)).as_posix()


def printable(text: str) -> str:
    r"""Replace the control characters in a text, because names and excerpts come from other people.

    Example:
        >>> printable("name\x1b[2J")
        'name?[2J'
    """
    return "".join(each if each.isprintable() else "?" for each in text)
