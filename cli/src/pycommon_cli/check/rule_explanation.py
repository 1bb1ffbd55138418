"""Returns the texts of `pycommon rule`."""

import difflib

from pycommon_cli.check.rules import GROUPS, rules
from pycommon_cli.check.rules.rule_pages import page
from pycommon_cli.cli_error import CliError

__all__ = ["explained", "table"]


def explained(code: str) -> str:
    """Return the page of the rule, as Markdown.

    Raises:
        CliError: the rule does not exist.
    """
    known = rules()
    if code not in known:
        near = difflib.get_close_matches(code, known, 1)
        help_text = f"Did you mean {near[0]}?" if near else "See `pycommon rule --all`."
        raise CliError(f"There is no rule {code}.", help_text)
    return page(code)


def table() -> str:
    """Return a table with one line for each rule, in the order of the groups."""
    lines = []
    for group, title in GROUPS.items():
        lines.append(f"{group}: {title}\n")
        for code, rule in rules().items():
            if code.rstrip("0123456789") == group:
                fixable = " [*]" if rule.fixable else ""
                lines.append(f"  {code:8} {rule.severity.value:8} {rule.name}{fixable}: {rule.summary}\n")
        lines.append("\n")
    return "".join([*lines, "[*] --fix can fix some of its findings\n"])
