"""Registers the rules. Each rule has a code, a name, a severity and a function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pycommon_cli.check.findings import Finding, Related, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pycommon_cli.analysis.facts import Place
    from pycommon_cli.analysis.service_facts import Service
    from pycommon_cli.check.requested_edits import RequestedEdit

__all__ = ["GROUPS", "Problem", "Rule", "registered_rules", "rule"]

GROUPS: Mapping[str, str] = {
    "SRC": "files that cannot be read",
    "ENV": "environment variables",
    "OPS": "AWS operations",
    "IAM": "what the role grants",
    "VAL": "endpoints behind `@validated`",
    "DEC": "decorators",
    "EVT": "functions and their triggers",
    "API": "routers and `@api_tool`",
    "SEC": "secrets",
    "NIST": "NIST SP 800-171 on the template",
}
"""The meaning of the letters in the code of a rule."""


Whole = Literal["code", "configuration"]


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem that the function of a rule yields: a finding without its code. See `Finding` for the members."""

    place: Place
    message: str
    help_text: str
    related: tuple[Related, ...] = ()
    function: str = ""
    requested_edit: RequestedEdit | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        code: the letters of the group and a number. A code never changes its meaning.
        name: a short name for people.
        summary: one line about the problems that the rule finds.
        controls: the controls of NIST SP 800-171 r2 that require the rule.
        fixable: whether some findings of the rule have a fix.
        relies_on: the parts of a service that must be read completely: "code", "configuration". If a file of such a
            part could not be read, the rule does not report anything, because another rule reports the file.
    """

    code: str
    name: str
    severity: Severity
    summary: str
    look: Callable[[Service], Iterable[Problem]]
    controls: tuple[str, ...] = ()
    fixable: bool = False
    relies_on: tuple[Whole, ...] = ()

    def findings(self, service: Service) -> Iterator[Finding]:
        """Yield the findings in one service."""
        if not set(self.relies_on) <= service.whole:
            return
        for problem in self.look(service):
            yield Finding(
                self.code,
                self.severity,
                problem.message,
                problem.help_text,
                problem.place,
                problem.related,
                problem.function,
                requested_edit=problem.requested_edit,
            )


_rules: dict[str, Rule] = {}


def rule(  # noqa: PLR0913 - the attributes of a rule, most of them by name
    code: str,
    name: str,
    severity: Severity,
    *,
    controls: tuple[str, ...] = (),
    fixable: bool = False,
    relies_on: tuple[Whole, ...] = (),
) -> Callable[[Callable[[Service], Iterable[Problem]]], Callable[[Service], Iterable[Problem]]]:
    """Register the decorated function as the rule `code`. The first line of its docstring is the summary.

    Example:
        >>> @rule("ENV999", "empty-name", Severity.WARNING)
        ... def empty_name(service):
        ...     '''A variable without a name.'''
        ...     yield from ()
    """

    def register(look: Callable[[Service], Iterable[Problem]]) -> Callable[[Service], Iterable[Problem]]:
        summary = (look.__doc__ or "").strip().partition("\n")[0]
        _rules[code] = Rule(code, name, severity, summary, look, controls, fixable, relies_on)
        return look

    return register


def registered_rules() -> Mapping[str, Rule]:
    """Return the rules of the modules that are imported so far, by code, in the order of the groups."""
    order = list(GROUPS)
    return dict(sorted(_rules.items(), key=lambda item: (order.index(item[0].rstrip("0123456789")), item[0])))
