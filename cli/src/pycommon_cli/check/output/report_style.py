"""Colour, where there is a terminal to show it, and paths as the reader's folder sees them."""

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
    """How text for people looks.

    Attributes:
        colour: whether escape sequences may be written.
        root: where paths of findings begin.
        here: the folder from which they are shown.
    """

    colour: bool
    root: Path
    here: Path

    def paint(self, text: str, colour: str) -> str:
        """The text in a colour ("bold", "dim", "red", "yellow", "blue")."""
        return f"{_CODES[colour]}{text}{_RESET}" if self.colour and text else text

    def of_severity(self, text: str, severity: Severity) -> str:
        """The text in the colour of a severity."""
        return self.paint(text, _OF_SEVERITY[severity])

    def path(self, path: str) -> str:
        """A path from the root, as it is called from the reader's folder."""
        return Path(os.path.relpath(self.root / path, self.here)).as_posix()


def printable(text: str) -> str:
    r"""The text without what a terminal would obey: names and excerpts are other people's.

    Example:
        >>> printable("name\x1b[2J")
        'name?[2J'
    """
    return "".join(each if each.isprintable() else "?" for each in text)
