"""Defines the edits that a rule can request. `pycommon_cli.check.fixes` turns them into edits of the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import Place

__all__ = ["DeclareOperations", "MoveDecorator", "RemoveDecorator", "RequestedEdit"]


@dataclass(frozen=True, slots=True)
class DeclareOperations:
    """The request to add operations of a variable to a declaration.

    Attributes:
        declaration: the place of `@required_env_vars`.
        variable: the variable. If the declaration has no entry for the variable, the fix adds an entry.
        members: the names of the operations in `resource_perms`, e.g. "DynamoDBOperation.QUERY".
        entry: the place of the variable's entry, or None if there is no entry.
    """

    declaration: Place
    variable: str
    members: tuple[str, ...]
    entry: Place | None = None

    @property
    def title(self) -> str:
        """A description of the fix."""
        if self.entry is not None:
            return f"add {', '.join(self.members)} to {self.variable}"
        return f"declare {self.variable}: [{', '.join(self.members)}]"


@dataclass(frozen=True, slots=True)
class MoveDecorator:
    """The request to move the decorator at `place` directly above the decorator at `above`."""

    place: Place
    above: Place

    @property
    def title(self) -> str:
        """A description of the fix."""
        return "move @required_env_vars up"


@dataclass(frozen=True, slots=True)
class RemoveDecorator:
    """The request to remove the decorator at `place`."""

    place: Place

    @property
    def title(self) -> str:
        """A description of the fix."""
        return "remove @track_execution"


RequestedEdit = DeclareOperations | MoveDecorator | RemoveDecorator
