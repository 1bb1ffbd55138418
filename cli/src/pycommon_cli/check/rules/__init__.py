"""The rules of `pycommon check`: functions that take the facts of a service and yield problems.

| module | what it is for |
|---|---|
| `rule_registry` | the decorator `@rule`, `Rule`, `Problem`, and the groups of codes |
| `all_rules` | imports every module of rules; `rules()` returns all rules |
| `rule_pages` | reads the page of a rule, `docs/rules/<CODE>.md` |
| `unreadable_source_rules` | SRC: files that cannot be read |
| `variable_rules` | ENV: environment variables that are read, declared and set |
| `operation_rules` | OPS: AWS operations that are made and declared |
| `grant_rules`, `wildcard_rules` | IAM: needs compared with grants; statements that allow too much |
| `endpoint_rules` | VAL: endpoints behind `@validated` |
| `decorator_rules` | DEC: the order and combination of decorators |
| `trigger_rules` | EVT: functions and their triggers |
| `router_rules` | API: routers |
| `secret_rules` | SEC: secrets in plain text |
| `nist_storage_rules`, `nist_access_rules` | NIST: NIST SP 800-171 on the template |
| `checked_needs` | the IAM actions that a function needs, for the IAM rules |
| `role_statements` | the statements of the functions' roles, each statement once |
| `template_properties` | looks up properties of a template's resources |

To add a rule:

1. Write a function with `@rule` in the module of its group. For a new module, add it to `all_rules`.
2. Write the page `docs/rules/<CODE>.md`: why, bad, good.
3. Add a service with a planted fault to `tests/check/corpus`.
4. For a new group, add it to `GROUPS` in `rule_registry`, and to the table in `docs/check-command.md`.

If `--fix` can correct the problem, set `requested_edit` of the `Problem`, and mark the rule `fixable=True`. See
`pycommon_cli.check.fixes`.
"""

from pycommon_cli.check.rules.all_rules import rules
from pycommon_cli.check.rules.rule_registry import GROUPS, Problem, Rule, rule

__all__ = ["GROUPS", "Problem", "Rule", "rule", "rules"]
