"""How the record and the doctor's report are printed: for a terminal, for a pipe, for programs. Never with a value."""

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from pycommon.dal.providers.aws.resource_perms import member_for
from pycommon_cli.env.env_doctor import DoctorReport, Finding, Status
from pycommon_cli.env.recorded_variables import RecordedVariable
from pycommon_cli.env.stage_lookups import StageDeployment
from pycommon_cli.terminal import print_columns, print_line, printable

if TYPE_CHECKING:
    from rich.text import Text

_COLUMNS = (
    "SERVICE", "VARIABLE", "FOUND IN", "DECLARED", "USED", "NOT DECLARED", "NOT USED", "FUNCTIONS", "LAST SEEN",
)  # fmt: skip
_SOURCES = {"lambda_environment": "Lambda environment", "parameter_store": "Parameter Store"}


def print_recorded(recorded: list[RecordedVariable], *, unused: bool) -> None:
    """Print one table by service, then the line to add for each use that is not declared."""
    if sys.stdout.isatty():
        _print_tables(recorded)
    else:
        print_columns([_COLUMNS, *map(_row, recorded)])
    lines = [f"{each.service}: {line}" for each in recorded for line in each.advice()]
    if unused:
        lines += [f"{each.service}: {line}" for each in recorded for line in _to_take_away(each)]
    if lines:
        print_line()
    for line in lines:
        print_line(printable(line))


def recorded_fields(recorded: RecordedVariable) -> dict[str, object]:
    """What programs are given of one variable."""
    return {
        "service": recorded.service,
        "variable": recorded.variable,
        "stage": recorded.stage,
        "declared": sorted(recorded.declared),
        "used": sorted(recorded.used) if recorded.is_observed else None,
        "used_and_declared": sorted(recorded.used & recorded.declared) if recorded.is_observed else None,
        "used_not_declared": list(recorded.undeclared),
        "declared_not_used": list(recorded.unused) if recorded.is_observed else None,
        "removable": list(recorded.removable) if recorded.is_observed else None,
        "advice": list(recorded.advice()),
        "functions": list(recorded.functions),
        "found_in": recorded.found_in or None,
        "parameter_path": recorded.parameter_path or None,
        "first_seen": recorded.first_seen or None,
        "last_seen": recorded.last_seen or None,
        "observed_at": recorded.observed_at or None,
    }


def print_report(report: DoctorReport, stage: str) -> None:
    """Print one line a variable; what is missing last, each with its mend."""
    for finding in report.findings:
        for line in _lines(finding, report):
            print_line(printable(line))
    for each in report.unclear:
        print_line(printable(f"{report.folder}/{each.place}: cannot be known without running it: {each.what}"))
    print_line(printable(_summary(report, stage)))


def report_fields(report: DoctorReport, stage: str) -> dict[str, object]:
    """What programs are given of a report."""
    return {
        "service": report.service,
        "stage": stage,
        "well": report.well,
        "functions": [
            {"key": each.key, "name": each.deployed.name, "state": each.deployed.state}
            for each in report.functions
            if each.deployed
        ],
        "variables": [
            {
                "variable": each.need.variable,
                "status": each.answer.status,
                "source": each.answer.source,
                "help": each.answer.help_text or None,
                "needed_by": each.need.by,
                "optional": each.need.optional,
                "operations": list(each.need.operations),
                "functions": list(each.functions),
                "places": [f"{report.folder}/{place}" for place in each.need.places],
            }
            for each in report.findings
        ],
        "unclear": [{"place": f"{report.folder}/{each.place}", "what": each.what} for each in report.unclear],
    }


def _lines(finding: Finding, report: DoctorReport) -> Iterator[str]:
    need, answer = finding.need, finding.answer
    by = "" if need.by == "required_env_vars" and not need.optional else f" (for @{need.by})"
    some = 0 < len(finding.functions) < len(report.functions)
    of = f" [{', '.join(finding.functions)}]" if some else ""
    status = "" if answer.status is Status.FOUND else f"{answer.status}: "
    more = f" (and {len(need.places) - 1} more)" if len(need.places) > 1 else ""
    yield f"{report.folder}/{need.places[0]}{more}: {need.variable}{by}{of}: {status}{answer.source}"
    if answer.help_text:
        yield f"    help: {answer.help_text}"


def _summary(report: DoctorReport, stage: str) -> str:
    where = f"{report.service} at stage {stage}"
    counts = {status: [f for f in report.findings if f.answer.status is status] for status in Status}
    states = {each.deployed.state for each in report.functions if each.deployed}
    deployed = {
        frozenset([StageDeployment.NOT_DEPLOYED]): "; not deployed",
        frozenset(
            [StageDeployment.UNREADABLE]
        ): "; its deployed functions may not be read (lambda:GetFunctionConfiguration)",
    }.get(frozenset(states), "")
    if not report.findings and not report.unclear:
        return f"{where} declares no variables."
    said = ", ".join(f"{len(found)} {status}" for status, found in counts.items() if found)
    unclear = f", {len(report.unclear)} declarations unclear" if report.unclear else ""
    return f"{where}: {said or '0 found'}{unclear}{deployed}."


def _row(recorded: RecordedVariable) -> tuple[str, ...]:
    cells = (
        recorded.service,
        recorded.variable,
        recorded.found_in or "-",
        _joined(recorded.declared),
        _joined(recorded.used) if recorded.is_observed else "?",
        _joined(recorded.undeclared),
        _joined(recorded.unused) if recorded.is_observed else "?",
        _joined(recorded.functions),
        recorded.last_seen or "-",
    )
    return tuple(map(printable, cells))


def _joined(names: Iterable[str]) -> str:
    return ",".join(sorted(names)) or "-"


def _print_tables(recorded: list[RecordedVariable]) -> None:
    from rich.console import Console  # slow, and a pipe needs none of it
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout)
    for service, variables in groupby(recorded, key=lambda each: each.service):
        table = Table("VARIABLE", "OPERATIONS", "FOUND IN", "FUNCTIONS", "LAST SEEN", title=Text(printable(service)))
        for each in variables:
            found_in = _SOURCES.get(each.found_in, each.found_in) or "-"
            functions = "\n".join(map(printable, each.functions)) or "-"
            cells = (each.variable, found_in, each.last_seen or "-")
            variable, source, seen = (Text(printable(cell)) for cell in cells)
            table.add_row(variable, Text("\n").join(_operations(each)), source, Text(functions), seen)
        console.print(table)


def _operations(recorded: RecordedVariable) -> "Iterator[Text]":
    from rich.text import Text

    actions = sorted(recorded.declared | recorded.used)
    for action in actions:
        if action in recorded.undeclared:
            yield Text(f"{printable(action)} used, not declared", style="red")
        elif action in recorded.unused:
            yield Text(f"{printable(action)} declared, not used", style="yellow")
        elif recorded.is_observed:
            yield Text(f"{printable(action)} used", style="green")
        else:
            yield Text(f"{printable(action)} not observed", style="dim")
    if not actions:
        yield Text("configuration", style="dim")


def _to_take_away(recorded: RecordedVariable) -> Iterator[str]:
    since = f" since {recorded.first_seen}" if recorded.first_seen else ""
    for action in recorded.removable:
        member = member_for(action)
        name = f"{member} ({action})" if member else action
        yield f"{name} of {recorded.variable} was not used{since}; it could be taken away"
