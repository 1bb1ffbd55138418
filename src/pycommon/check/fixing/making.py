"""Which finding gets which fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon.check.findings import Fix
from pycommon.check.fixing import declarations, decorators
from pycommon.check.fixing.wishes import DeclareOperations, MoveDecorator, RemoveDecorator

if TYPE_CHECKING:
    from pycommon.check.findings import Finding
    from pycommon.check.sources import Sources

__all__ = ["fix_for"]


def fix_for(finding: Finding, sources: Sources) -> Fix | None:
    """The edits that the finding's rule wishes; None where it wishes none, or the text is not plain enough."""
    match finding.wish:
        case DeclareOperations() as wish:
            edits = declarations.edits(wish, sources)
        case MoveDecorator() as wish:
            edits = decorators.moved(wish, sources)
        case RemoveDecorator() as wish:
            edits = decorators.removed(wish, sources)
        case _:
            return None
    return Fix(finding.wish.title, edits) if edits else None
