"""Print the record and the doctor's report, as tables, columns or JSON. Never print the values of variables."""

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from pycommon.dal.providers.aws.resource_perms import member_for
from pycommon_cli.analysis.facts import Place
from pycommon_cli.analysis.handler_needs import BY_DECLARATION
from pycommon_cli.env.doctor_report import DoctorReport, LookupStatus, VariableReport
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
    """Print one table for each service. Then print what to add for each used action that is not declared."""
    if sys.stdout.isatty():
        _print_tables(recorded)
    else:
        print_columns([_COLUMNS, *map(_row, recorded)])
    lines = [f"{each.service}: {line}" for each in recorded for line in each.advice()]
    if unused:
        lines += [f"{each.service}: {line}" for each in recorded for line in _removable(each)]
    if lines:
        print_line()
    for line in lines:
        print_line(printable(line))


def recorded_fields(recorded: RecordedVariable) -> dict[str, object]:
    """Return one recorded variable as JSON values."""
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
    """Print one line for each variable, with its help if there is any. Missing variables are last."""
    for each in report.variables:
        for line in _lines(each, report):
            print_line(printable(line))
    for trouble in report.unclear:
        print_line(printable(f"{_shown(trouble.place)}: cannot be known without running it: {trouble.message}"))
    print_line(printable(_summary(report, stage)))


def report_fields(report: DoctorReport, stage: str) -> dict[str, object]:
    """Return a report as JSON values."""
    return {
        "service": report.service,
        "stage": stage,
        "well": report.well,
        "functions": [{"key": key, "name": each.name, "state": each.state} for key, each in report.deployed.items()],
        "variables": [
            {
                "variable": each.variable,
                "status": each.result.status,
                "source": each.result.source,
                "help": each.result.help_text or None,
                "needed_by": each.by,
                "optional": each.optional,
                "operations": list(each.operations),
                "functions": list(each.functions),
                "places": list(map(_shown, each.places)),
            }
            for each in report.variables
        ],
        "unclear": [{"place": _shown(each.place), "what": each.message} for each in report.unclear],
    }


def _lines(each: VariableReport, report: DoctorReport) -> Iterator[str]:
    result, places = each.result, each.places
    by = "" if each.by == BY_DECLARATION and not each.optional else f" (for @{each.by})"
    some = 0 < len(each.functions) < len(report.deployed)
    of = f" [{', '.join(each.functions)}]" if some else ""
    status = "" if result.status is LookupStatus.FOUND else f"{result.status}: "
    more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
    yield f"{_shown(places[0])}{more}: {each.variable}{by}{of}: {status}{result.source}"
    if result.help_text:
        yield f"    help: {result.help_text}"


def _shown(place: Place) -> str:
    return f"{place.path}:{place.line}"


def _summary(report: DoctorReport, stage: str) -> str:
    where = f"{report.service} at stage {stage}"
    counts = {status: [f for f in report.variables if f.result.status is status] for status in LookupStatus}
    states = {each.state for each in report.deployed.values()}
    deployed = {
        frozenset([StageDeployment.NOT_DEPLOYED]): "; not deployed",
        frozenset(
            [StageDeployment.UNREADABLE]
        ): "; your credentials may not read its deployed functions (lambda:GetFunctionConfiguration)",
    }.get(frozenset(states), "")
    if not report.variables and not report.unclear:
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
    from rich.console import Console  # slow to import, and a pipe does not need it
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


def _removable(recorded: RecordedVariable) -> Iterator[str]:
    since = f" since {recorded.first_seen}" if recorded.first_seen else ""
    for action in recorded.removable:
        member = member_for(action)
        name = f"{member} ({action})" if member else action
        yield f"{name} of {recorded.variable} was not used{since}; consider removing it"
