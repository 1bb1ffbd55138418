"""Renders SARIF 2.1.0, for code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
import json
from importlib import metadata
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pycommon_cli.check.findings import Severity
from pycommon_cli.check.rules import rules

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import Place
    from pycommon_cli.check.findings import Edit, Finding
    from pycommon_cli.check.output.report_style import Style
    from pycommon_cli.check.rules import Rule
    from pycommon_cli.check.service_check import CheckReport
    from pycommon_cli.check.source_texts import Sources

__all__ = ["render"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_ROOT = "%SRCROOT%"


def render(report: CheckReport, sources: Sources, style: Style) -> str:
    """Return a SARIF document with one run, which has the findings and their rules."""
    del sources, style
    known = {code: rule for code, rule in rules().items() if code in report.counts}
    order = {code: index for index, code in enumerate(known)}
    run = {
        "tool": {
            "driver": {
                "name": "pycommon check",
                "semanticVersion": metadata.version("amplify-pycommon"),
                "rules": [_rule(rule) for rule in known.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, order) for each in report.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "help": {"text": f"pycommon rule {rule.code}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [f"NIST-800-171-{control}" for control in rule.controls]},
    }


def _result(finding: Finding, order: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": order[finding.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message}. Help: {finding.help_text}"},
        "locations": [_location(finding.place)],
        # The fingerprint has no line numbers, so that a platform recognizes the finding after code has moved.
        "partialFingerprints": {"pycommon/v1": _fingerprint(finding)},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(each.place), "message": {"text": each.message}}
            for number, each in enumerate(finding.related)
        ]
    if finding.fix is not None:
        result["fixes"] = [_fix(finding.fix.title, finding.fix.edits)]
    return result


def _location(place: Place) -> dict[str, Any]:
    region = {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)}
    if place.end_line:
        region |= {"endLine": place.end_line, "endColumn": max(place.end_column, 1)}
    return {"physicalLocation": {"artifactLocation": _artifact(place.path), "region": region}}


def _artifact(path: str) -> dict[str, Any]:
    return {"uri": quote(path), "uriBaseId": _ROOT}


def _fix(title: str, edits: tuple[Edit, ...]) -> dict[str, Any]:
    changes = [
        {
            "artifactLocation": _artifact(path),
            "replacements": [_replacement(edit) for edit in edits if edit.path == path],
        }
        for path in dict.fromkeys(edit.path for edit in edits)
    ]
    return {"description": {"text": title}, "artifactChanges": changes}


def _replacement(edit: Edit) -> dict[str, Any]:
    region = {
        "startLine": edit.line,
        "startColumn": edit.column,
        "endLine": edit.end_line,
        "endColumn": edit.end_column,
    }
    return {"deletedRegion": region, "insertedContent": {"text": edit.text}}


def _fingerprint(finding: Finding) -> str:
    return hashlib.sha256(f"{finding.code}\0{finding.place.path}\0{finding.message}".encode()).hexdigest()[:32]
