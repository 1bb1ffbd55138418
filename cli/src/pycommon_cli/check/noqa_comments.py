"""Suppresses findings that have a `# noqa` comment on their line, in Python and in YAML.

`# noqa` suppresses all findings of the line. `# noqa: IAM005, VAL007` suppresses only the findings with these codes.
`# pycommon: noqa: IAM005` on a line of its own suppresses the code in the whole file. flake8 and ruff use this syntax.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pycommon_cli.check.findings import Finding
    from pycommon_cli.check.source_texts import Sources

__all__ = ["Suppressions"]

_CODES = r"[A-Z]+[0-9]+(?:(?:\s*,\s*|\s+)[A-Z]+[0-9]+)*"
_ON_LINE = re.compile(rf"#\s*noqa(?![\w-])(?::\s*(?P<codes>{_CODES}))?", re.IGNORECASE)
_IN_FILE = re.compile(rf"^\s*#\s*pycommon:\s*noqa(?::\s*(?P<codes>{_CODES}))?\s*$", re.IGNORECASE | re.MULTILINE)
_EVERY: frozenset[str] = frozenset()


class Suppressions:
    """The `noqa` comments in the files of a service.

    Args:
        sources: the texts of the files.
        python: the comments in Python files: path -> line -> codes. A comment without codes suppresses all codes.
    """

    def __init__(self, sources: Sources, python: Mapping[str, Mapping[int, frozenset[str]]]) -> None:
        self._sources = sources
        self._python = python
        self._in_files: dict[str, list[frozenset[str]]] = {}

    def silence(self, finding: Finding) -> bool:
        """Return whether a comment suppresses the finding."""
        path = finding.place.path
        found = [*self._in_file(path), *self._on_line(path, finding.place.line)]
        return any(not codes or finding.code in codes for codes in found)

    def _on_line(self, path: str, line: int) -> list[frozenset[str]]:
        if path in self._python or path.endswith(".py"):  # the tokenizer knows which text is a comment
            codes = self._python.get(path, {}).get(line)
            return [] if codes is None else [codes]
        return [_codes(match) for match in _ON_LINE.finditer(self._sources.line(path, line))]

    def _in_file(self, path: str) -> list[frozenset[str]]:
        if path not in self._in_files:
            self._in_files[path] = [_codes(match) for match in _IN_FILE.finditer(self._sources.text(path))]
        return self._in_files[path]


def _codes(match: re.Match[str]) -> frozenset[str]:
    return frozenset(re.split(r"[\s,]+", match["codes"].upper())) if match["codes"] else _EVERY
