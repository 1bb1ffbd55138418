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
    """How serious a finding is.

    An error fails on AWS or opens access. A warning breaks a convention of the project. A note is information.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """The order of severities: 0 for an error."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that explains a finding, such as the declaration that lacks an operation."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement of the text between two positions of a file. Lines and columns begin at 1; the end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that are made together, or not at all. `title` says what they do."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem that a rule found.

    Attributes:
        code: the code of the rule.
        message: the problem, with names and without line numbers, so that a baseline stays valid.
        help_text: how to fix it, an imperative.
        place: where the problem is.
        related: other places that help to understand it.
        function: the function of `serverless.yml` that it is about; "" if it is about the whole service.
        fix: edits that fix it safely.
        requested_edit: the edit that the rule requests, from which the fix is made.
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
