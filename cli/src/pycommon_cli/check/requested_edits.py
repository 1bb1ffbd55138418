"""What a rule may wish to have changed, told without looking at the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import Place

__all__ = ["DeclareOperations", "MoveDecorator", "RemoveDecorator", "RequestedEdit"]


@dataclass(frozen=True, slots=True)
class DeclareOperations:
    """Add operations of a variable to a declaration.

    Attributes:
        declaration: where `@required_env_vars` stands.
        variable: the variable; it gets an entry where it has none.
        members: as `resource_perms` names them, e.g. "DynamoDBOperation.QUERY".
        entry: where the variable's entry stands, if it has one.
    """

    declaration: Place
    variable: str
    members: tuple[str, ...]
    entry: Place | None = None

    @property
    def title(self) -> str:
        """What the fix does, for people."""
        if self.entry is not None:
            return f"add {', '.join(self.members)} to {self.variable}"
        return f"declare {self.variable}: [{', '.join(self.members)}]"


@dataclass(frozen=True, slots=True)
class MoveDecorator:
    """Put the decorator at `place` right above the one at `above`."""

    place: Place
    above: Place

    @property
    def title(self) -> str:
        """What the fix does, for people."""
        return "move @required_env_vars up"


@dataclass(frozen=True, slots=True)
class RemoveDecorator:
    """Take the decorator at `place` away."""

    place: Place

    @property
    def title(self) -> str:
        """What the fix does, for people."""
        return "remove @track_execution"


RequestedEdit = DeclareOperations | MoveDecorator | RemoveDecorator
