"""Lists the output formats, and renders a report in one of them."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pycommon_cli.check.output.report_style import Style
    from pycommon_cli.check.service_check import CheckReport
    from pycommon_cli.check.source_texts import Sources

__all__ = ["ReportFormat", "render"]


class ReportFormat(StrEnum):
    """The output formats. Each has a module `<name>_report` here, with a function `render`."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def render(report: CheckReport, form: ReportFormat, sources: Sources, style: Style) -> str:
    """Return the whole report as text. The text ends with a line ending, or is empty."""
    module = import_module(f"pycommon_cli.check.output.{form.value}_report")
    rendered: str = module.render(report, sources, style)
    return rendered
