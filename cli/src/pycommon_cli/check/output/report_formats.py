"""The formats by their names."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pycommon_cli.check.service_check import Report
    from pycommon_cli.check.output.report_style import Style
    from pycommon_cli.check.source_texts import Sources

__all__ = ["Format", "render"]


class Format(StrEnum):
    """What a report looks like. Each has a module of its name here, with a function `render`."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def render(report: Report, form: Format, sources: Sources, style: Style) -> str:
    """The whole report as text, with a line end; empty where the format has nothing to say."""
    module = import_module(f"pycommon_cli.check.output.{form.value}")
    rendered: str = module.render(report, sources, style)
    return rendered
