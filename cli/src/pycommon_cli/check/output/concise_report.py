"""Renders one line for each finding, for editors and short output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.check.findings import Severity
from pycommon_cli.check.output.report_style import printable

if TYPE_CHECKING:
    from pycommon_cli.check.output.report_style import Style
    from pycommon_cli.check.service_check import CheckReport
    from pycommon_cli.check.source_texts import Sources

__all__ = ["render", "summary"]


def render(report: CheckReport, sources: Sources, style: Style) -> str:
    """Return one line for each finding, and the summary."""
    del sources
    lines = [
        f"{style.path(each.place.path)}:{each.place.line}:{each.place.column}: "
        f"{style.of_severity(each.code, each.severity)}{' [*]' if each.fix else ''} {printable(each.message)}\n"
        for each in report.findings
    ]
    return "".join([*lines, summary(report, style)])


def summary(report: CheckReport, style: Style) -> str:
    """Return a line with the number of findings and services. The line is never empty."""
    where = f"{len(report.services)} service{'s' * (len(report.services) != 1)}"
    if not report.findings:
        return f"No findings in {where}.\n"
    parts = []
    for severity in Severity:
        number = sum(each.severity is severity for each in report.findings)
        if number:
            parts.append(style.of_severity(f"{number} {severity.value}{'s' * (number != 1)}", severity))
    fixable = sum(each.fix is not None for each in report.findings)
    help_text = f" {fixable} can be fixed with --fix." if fixable else ""
    return f"Found {', '.join(parts)} in {where}.{help_text}\n"
