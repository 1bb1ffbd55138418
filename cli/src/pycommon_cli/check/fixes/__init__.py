"""Makes fixes: edits that correct a finding safely. A fix changes the text itself, so that form and comments stay.

| module | what it is for |
|---|---|
| `finding_fixes` | makes the fix of a finding from its requested edit |
| `declaration_fixes` | adds operations and variables to a declaration |
| `decorator_fixes` | moves and removes decorators |
| `text_edits` | applies the edits of many fixes to the files' texts |

To add a fix:

1. Add a class for the requested edit to `pycommon_cli.check.requested_edits`.
2. In the rule, set an object of this class as `requested_edit` of the `Problem`, and mark the rule `fixable=True`.
3. Make the edits of the text in `finding_fixes`.
4. Test the fix in `tests/check/test_fixes.py`.
"""

from pycommon_cli.check.fixes.finding_fixes import fix_for
from pycommon_cli.check.fixes.text_edits import Applied, apply_fixes

__all__ = ["Applied", "apply_fixes", "fix_for"]
