"""Makes the fix of a finding from the edit that its rule requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.check.findings import Fix
from pycommon_cli.check.fixes import declaration_fixes, decorator_fixes
from pycommon_cli.check.requested_edits import DeclareOperations, MoveDecorator, RemoveDecorator

if TYPE_CHECKING:
    from pycommon_cli.check.findings import Finding
    from pycommon_cli.check.source_texts import Sources

__all__ = ["fix_for"]


def fix_for(finding: Finding, sources: Sources) -> Fix | None:
    """Return the fix of a finding. Return None if the rule does not request an edit, or if the text is too complex."""
    match finding.requested_edit:
        case DeclareOperations() as requested:
            edits = declaration_fixes.edits(requested, sources)
        case MoveDecorator() as requested:
            edits = decorator_fixes.moved(requested, sources)
        case RemoveDecorator() as requested:
            edits = decorator_fixes.removed(requested, sources)
        case _:
            return None
    return Fix(finding.requested_edit.title, edits) if edits else None
