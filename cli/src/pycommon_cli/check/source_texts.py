"""The text of the files that findings stand in, read once each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Sources"]

_LARGEST = 2_000_000  # an excerpt of a larger file helps nobody


class Sources:
    """Files below `root`, by their paths from there. What cannot be read is as if it were empty."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._texts: dict[str, str] = {}
        self._lines: dict[str, list[str]] = {}

    def text(self, path: str) -> str:
        """The whole file, with its own line ends."""
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def lines(self, path: str) -> list[str]:
        """Its lines, without their ends."""
        if path not in self._lines:
            self._lines[path] = self.text(path).splitlines()
        return self._lines[path]

    def line(self, path: str, number: int) -> str:
        """One line, from 1; empty where there is none."""
        lines = self.lines(path)
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def _read(self, path: str) -> str:
        file = self.root / path
        try:
            if file.stat().st_size > _LARGEST:
                return ""
            return file.read_bytes().decode("utf-8", "replace")
        except OSError:
            return ""
