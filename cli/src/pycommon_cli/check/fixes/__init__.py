"""Fixes: edits that mend a finding where that can do no harm, made from the text so that its form and comments stay."""

from pycommon_cli.check.fixes.finding_fixes import fix_for
from pycommon_cli.check.fixes.text_edits import Applied, apply_fixes

__all__ = ["Applied", "apply_fixes", "fix_for"]
