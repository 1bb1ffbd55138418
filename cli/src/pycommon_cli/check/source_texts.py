"""Reads the text of files, for excerpts and fixes. Each file is read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Sources"]

_LARGEST = 2_000_000  # excerpts of larger files are not useful


class Sources:
    """The texts of files, by path relative to `root`. A file that cannot be read counts as empty."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._texts: dict[str, str] = {}
        self._lines: dict[str, list[str]] = {}

    def text(self, path: str) -> str:
        """Return the whole text of the file, with its own line endings."""
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def lines(self, path: str) -> list[str]:
        """Return the lines of the file, without line endings."""
        if path not in self._lines:
            self._lines[path] = self.text(path).splitlines()
        return self._lines[path]

    def line(self, path: str, number: int) -> str:
        """Return one line. The first line has number 1. Return an empty text if there is no such line."""
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
