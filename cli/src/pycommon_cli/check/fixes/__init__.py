"""Fixes: edits that correct a finding safely. They change the text itself, so that its form and comments stay.

| module | what it is for |
|---|---|
| `finding_fixes` | makes the fix of a finding from its requested edit |
| `declaration_fixes` | adds operations and variables to a declaration |
| `decorator_fixes` | moves and removes decorators |
| `text_edits` | applies the edits of many fixes to the files' texts |

To add a fix: add a class to `pycommon_cli.check.requested_edits`, set it as `requested_edit` of the rule's `Problem`,
mark the rule `fixable=True`, and make its edits in `finding_fixes`. Test it in `tests/check/test_fixes.py`.
"""

from pycommon_cli.check.fixes.finding_fixes import fix_for
from pycommon_cli.check.fixes.text_edits import Applied, apply_fixes

__all__ = ["Applied", "apply_fixes", "fix_for"]
