"""What the check says: a finding, where it stands, how to mend it, and the edits that mend it where that is safe."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import Place
    from pycommon_cli.check.requested_edits import RequestedEdit

__all__ = ["Edit", "Finding", "Fix", "Related", "Severity"]


class Severity(StrEnum):
    """How bad it is: an error fails on AWS or lets somebody in, a warning breaks a rule, a note is good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that belongs to a finding, such as the statement that a declaration is missing in."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace what stands between two positions of a file. Lines and columns from 1, the end exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that belong together: all of them are made, or none. `title` says what they do."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        code: of the rule.
        message: what is wrong, with the names that it is about; no line numbers, so that a baseline lasts.
        mend: what to do, an imperative.
        place: where it stands.
        related: other places that one must see to understand it.
        function: the function of `serverless.yml` it is about; "" where it is about the service.
        fix: edits that mend it, where they cannot do harm.
        wish: what the rule would have changed, from which the fix is made.
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
