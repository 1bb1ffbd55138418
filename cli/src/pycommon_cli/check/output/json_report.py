"""Renders one JSON document, for scripts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import Place
    from pycommon_cli.check.findings import Finding
    from pycommon_cli.check.output.report_style import Style
    from pycommon_cli.check.service_check import CheckReport
    from pycommon_cli.check.source_texts import Sources

__all__ = ["finding_fields", "render"]


def render(report: CheckReport, sources: Sources, style: Style) -> str:
    """Return `{"services": [...], "silenced": 0, "findings": [...]}`. Paths are relative to the project's root."""
    del sources, style
    document = {
        "services": list(report.services),
        "silenced": report.silenced,
        "findings": [finding_fields(each) for each in report.findings],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def finding_fields(finding: Finding) -> dict[str, Any]:
    """Return one finding as plain values."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "help": finding.help_text,
        "function": finding.function or None,
        **_place(finding.place),
        "related": [{**_place(each.place), "message": each.message} for each in finding.related],
        "fix": None
        if finding.fix is None
        else {
            "title": finding.fix.title,
            "edits": [
                {
                    "path": edit.path,
                    "line": edit.line,
                    "column": edit.column,
                    "endLine": edit.end_line,
                    "endColumn": edit.end_column,
                    "text": edit.text,
                }
                for edit in finding.fix.edits
            ],
        },
    }


def _place(place: Place) -> dict[str, Any]:
    fields: dict[str, Any] = {"path": place.path, "line": place.line, "column": place.column}
    if place.end_line:
        fields |= {"endLine": place.end_line, "endColumn": place.end_column}
    return fields
