"""Applies edits to texts. A fix is applied completely or not at all. Overlapping edits are not applied together."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pycommon_cli.check.findings import Edit, Finding
    from pycommon_cli.check.source_texts import Sources

__all__ = ["Applied", "apply_fixes"]


@dataclass(frozen=True, slots=True)
class Applied:
    """The texts of files after the fixes of some findings.

    Attributes:
        before, after: the old and the new texts of the files that change, by path.
        fixed: the findings whose fix was applied. If two fixes overlap, the second is applied in the next round.
    """

    before: dict[str, str]
    after: dict[str, str]
    fixed: tuple[Finding, ...]

    def diff(self) -> str:
        """Return all changes as a unified diff."""
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for path in sorted(self.after)
            for line in unified_diff(
                self.before[path].splitlines(keepends=True), self.after[path].splitlines(keepends=True), path, path
            )
        )


def apply_fixes(findings: Iterable[Finding], sources: Sources) -> Applied:
    """Apply the fixes of the findings to the texts. No file is written."""
    chosen: dict[str, list[Edit]] = {}
    fixed = []
    for finding in findings:
        edits = finding.fix.edits if finding.fix else ()
        if edits and not any(_clash(edit, chosen.get(edit.path, [])) for edit in edits):
            fixed.append(finding)
            for edit in edits:
                if edit not in chosen.setdefault(edit.path, []):
                    chosen[edit.path].append(edit)
    before = {path: sources.text(path) for path in chosen}
    return Applied(before, {path: _edited(before[path], edits) for path, edits in chosen.items()}, tuple(fixed))


def _clash(edit: Edit, others: list[Edit]) -> bool:
    """Return whether the edit touches another edit.

    Equal edits do not clash, because two fixes may need the same import.
    """
    start, end = (edit.line, edit.column), (edit.end_line, edit.end_column)
    return any(
        edit != other and start <= (other.end_line, other.end_column) and (other.line, other.column) <= end
        for other in others
    )


def _edited(text: str, edits: list[Edit]) -> str:
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for edit in sorted(edits, key=lambda each: (each.line, each.column), reverse=True):
        begin = starts[edit.line - 1] + edit.column - 1
        end = starts[edit.end_line - 1] + edit.end_column - 1
        text = text[:begin] + edit.text + text[end:]
    return text
