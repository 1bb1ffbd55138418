"""Which finding gets which fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.check.findings import Fix
from pycommon_cli.check.fixes import declaration_fixes, decorator_fixes
from pycommon_cli.check.fixes.requested_edits import DeclareOperations, MoveDecorator, RemoveDecorator

if TYPE_CHECKING:
    from pycommon_cli.check.findings import Finding
    from pycommon_cli.check.source_texts import Sources

__all__ = ["fix_for"]


def fix_for(finding: Finding, sources: Sources) -> Fix | None:
    """The edits that the finding's rule wishes; None where it wishes none, or the text is not plain enough."""
    match finding.wish:
        case DeclareOperations() as wish:
            edits = declaration_fixes.edits(wish, sources)
        case MoveDecorator() as wish:
            edits = decorator_fixes.moved(wish, sources)
        case RemoveDecorator() as wish:
            edits = decorator_fixes.removed(wish, sources)
        case _:
            return None
    return Fix(finding.wish.title, edits) if edits else None
