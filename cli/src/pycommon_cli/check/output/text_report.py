"""Renders each finding with its lines of code and its help, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.check.output.concise_report import summary
from pycommon_cli.check.output.report_style import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import Place
    from pycommon_cli.check.findings import Finding
    from pycommon_cli.check.output.report_style import Style
    from pycommon_cli.check.service_check import CheckReport
    from pycommon_cli.check.source_texts import Sources

__all__ = ["render"]

_AROUND = 2  # lines of context before and after the line of a finding
_WIDEST = 160  # longer lines, such as minified code, are cut
_TAB = "    "


def render(report: CheckReport, sources: Sources, style: Style) -> str:
    """Return each finding with its lines of code and its help, and the summary."""
    blocks = ["\n".join(_finding(each, sources, style)) + "\n" for each in report.findings]
    return "\n".join([*blocks, summary(report, style)])


def _finding(finding: Finding, sources: Sources, style: Style) -> Iterator[str]:
    mark = " [*]" if finding.fix else ""
    yield f"{style.of_severity(finding.code, finding.severity)}{mark} {style.paint(printable(finding.message), 'bold')}"
    width = len(str(max(finding.place.line + _AROUND, *(each.place.line for each in finding.related), 1)))
    yield from _excerpt(finding.place, "", width, sources, style)
    for each in finding.related:
        yield from _excerpt(each.place, each.message, width, sources, style)
    if finding.help_text:
        yield f"{' ' * width} {style.paint('=', 'blue')} {style.paint('help', 'bold')}: {printable(finding.help_text)}"


def _excerpt(place: Place, label: str, width: int, sources: Sources, style: Style) -> Iterator[str]:
    """Yield the lines around a place. A related place has a label and only one line."""
    arrow = ":::" if label else "-->"
    margin, bar = " " * width, style.paint("|", "blue")
    where = f"{style.path(place.path)}:{place.line}:{place.column}"
    yield f"{margin}{style.paint(arrow, 'blue')} {where}"
    if not sources.line(place.path, place.line):
        if label:
            yield f"{margin} {style.paint('=', 'blue')} {label}"
        return
    around = 0 if label else _AROUND
    yield f"{margin} {bar}"
    for number in range(max(1, place.line - around), place.line + around + 1):
        line = sources.line(place.path, number)
        if number > len(sources.lines(place.path)) or (number != place.line and not _near(number, place, sources)):
            continue
        yield f"{style.paint(str(number).rjust(width), 'blue')} {bar} {_shown(line)}".rstrip()
        if number == place.line:
            start, length = _underlined(place, line)
            yield f"{margin} {bar} {' ' * start}{style.paint(('-' if label else '^') * length, 'red')} {label}".rstrip()
    if not label:
        yield f"{margin} {bar}"


def _near(number: int, place: Place, sources: Sources) -> bool:
    """Return whether the report shows line `number` as context of `place`. Blank lines at the edge are not shown."""
    edge = place.line + (_AROUND if number > place.line else -_AROUND)
    outwards = range(min(number, edge), max(number, edge) + 1)
    return any(sources.line(place.path, each).strip() for each in outwards)


def _underlined(place: Place, line: str) -> tuple[int, int]:
    """Return the first column to underline in the shown line, and the number of characters to underline."""
    before = line[: place.column - 1]
    end = place.end_column - 1 if place.end_line == place.line else len(line.split("  #", maxsplit=1)[0].rstrip())
    length = max(1, min(end, len(line)) - len(before))
    return len(_shown(before)), min(length, max(1, _WIDEST - len(before)))


def _shown(line: str) -> str:
    line = printable(line.replace("\t", _TAB))
    return line if len(line) <= _WIDEST else f"{line[: _WIDEST - 1]}…"
