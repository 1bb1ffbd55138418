"""Defines a finding of the check: its place, its severity, how to fix it, and the edits that fix it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import Place
    from pycommon_cli.check.requested_edits import RequestedEdit

__all__ = ["Edit", "Finding", "Fix", "Related", "Severity"]


class Severity(StrEnum):
    """The severity of a finding.

    An error fails on AWS or opens access. A warning breaks a convention of the project. A note is information.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """The position in the order of severities. An error has 0."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that explains a finding, such as the declaration that lacks an operation."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement of the text between two positions of a file.

    Lines and columns begin at 1. The end position is not part of the replaced text.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that are made together, or not at all. `title` says what the edits do."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem that a rule found.

    Attributes:
        code: the code of the rule.
        message: a text about the problem. It has names and no line numbers, so that a baseline stays valid.
        help_text: an imperative that says how to fix the problem.
        place: the place of the problem.
        related: other places that help to understand the problem.
        function: the function of `serverless.yml` that has the problem, or "" if the whole service has it.
        fix: edits that fix the problem safely.
        requested_edit: the edit that the rule requests. The fix is made from it.
    """

    code: str
    severity: Severity
    message: str
    help_text: str
    place: Place
    related: tuple[Related, ...] = ()
    function: str = ""
    fix: Fix | None = None
    requested_edit: RequestedEdit | None = None
