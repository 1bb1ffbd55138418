"""Fixes: edits that mend a finding where that can do no harm, made from the text so that its form and comments stay."""

from pycommon.check.fixing.edits import Applied, apply_fixes
from pycommon.check.fixing.making import fix_for

__all__ = ["Applied", "apply_fixes", "fix_for"]
