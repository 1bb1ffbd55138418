"""Renders workflow commands of GitHub Actions, which become annotations on the lines of a pull request.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.check.findings import Severity

if TYPE_CHECKING:
    from pycommon_cli.check.findings import Finding
    from pycommon_cli.check.output.report_style import Style
    from pycommon_cli.check.service_check import CheckReport
    from pycommon_cli.check.source_texts import Sources

__all__ = ["render"]

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: CheckReport, sources: Sources, style: Style) -> str:
    """Return one command for each finding."""
    del sources, style
    return "".join(_command(each) for each in report.findings)


def _command(finding: Finding) -> str:
    place = finding.place
    properties = {"file": place.path, "line": place.line, "col": place.column}
    if place.end_line:
        properties |= {"endLine": place.end_line, "endColumn": place.end_column}
    properties["title"] = f"{finding.code}"
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{_LEVELS[finding.severity]} {written}::{_data(f'{finding.message}. Help: {finding.help_text}')}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
