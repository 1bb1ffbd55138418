"""The formats by their names."""

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
    """What a report looks like. Each has a module here, `<name>_report`,, with a function `render`."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def render(report: CheckReport, form: ReportFormat, sources: Sources, style: Style) -> str:
    """The whole report as text, with a line end; empty where the format has nothing to say."""
    module = import_module(f"pycommon_cli.check.output.{form.value}_report")
    rendered: str = module.render(report, sources, style)
    return rendered
