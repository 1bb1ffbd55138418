"""`pycommon usage ...`: the arguments; what is done lies in `logged`, `lines`, `restoring` and `recorded`."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pycommon_cli import terminal
from pycommon_cli.cli_error import CliError
from pycommon_cli.terminal import OutputFormat, print_json, print_line

if TYPE_CHECKING:
    from pycommon_cli.local.project_folders import Project
    from pycommon_cli.stage import Stage

app = typer.Typer(no_args_is_help=True, help="See what accounts used, and restore usage that was not recorded.")

ProjectOption = Annotated[
    Path | None, typer.Option("--project", metavar="FOLDER", help="The checkout; default: the one around this folder.")
]
StageOption = Annotated[str, typer.Option("--stage", help="local, or a deployed stage, with your own AWS credentials.")]
FormatOption = Annotated[OutputFormat, typer.Option("--format", help="How to print.")]

_SERVICE = "lambda"  # for which the platform publishes the usage table's name
_SINCE = "24h"


@app.command()
def recover(  # noqa: PLR0913 (each is an option of the command)
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE]...", help="Exported log lines, gzip too; - is stdin. Default: the log groups."),
    ] = None,
    *,
    service: Annotated[
        list[str] | None,
        typer.Option("--service", metavar="NAME", help="Only this service's log groups: its folder or its name."),
    ] = None,
    function: Annotated[
        list[str] | None,
        typer.Option("--function", metavar="NAME", help="Only this function's: its name, service:function, or /group."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="WHEN", help=f"How far back log groups are read: 24h, 7d, 2026-01-31T03:00Z. [{_SINCE}]"
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be restored, and write nothing.")] = False,
    project: ProjectOption = None,
    stage: StageOption = "local",
    table: Annotated[
        str | None, typer.Option("--table", metavar="NAME", help="Put all items into this table, whatever lines name.")
    ] = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Put the items of USAGE_NOT_RECORDED lines into the usage table. What is there already stays as it is.

    Exit code 1 when something could not be restored.
    """
    from pycommon_cli.stage import aws_errors_as_sentences  # `--help` needs none of it
    from pycommon_cli.usage import log_sources, usage_recovery, usage_report

    if files and (service or function or since):
        raise CliError("--service, --function and --since choose log groups, and files were named.", "Leave one out.")
    choice = log_sources.Choice(_moment(since or _SINCE), tuple(service or ()), tuple(function or ()))
    pace, counts = usage_report.Pace(), Counter[usage_recovery.RecoveryOutcome]()
    with aws_errors_as_sentences(stage) as where:
        found, name = _reach(project, stage, table, where)
        if files:
            texts = log_sources.in_files(files)
        else:
            texts = log_sources.in_groups(found.client("logs"), stage, _project(project), choice, pace.at)
        dynamodb = found.client("dynamodb")
        put_item = usage_recovery.reading(dynamodb) if dry_run else dynamodb.put_item
        tables = usage_recovery.Tables(stage, None if table else name, table)
        entries = usage_report.counted(usage_recovery.restore(texts, tables, put_item), counts, pace)
        try:
            (usage_report.print_entries_as_json if output is OutputFormat.JSON else usage_report.print_entries)(entries)
        except Exception:
            if counts:  # what was restored before an error is said as well
                _say(usage_report.summary(counts, dry_run=dry_run), output)
            raise
        _say(usage_report.summary(counts, dry_run=dry_run), output)
    if counts[usage_recovery.RecoveryOutcome.REFUSED] or counts[usage_recovery.RecoveryOutcome.UNREADABLE]:
        raise typer.Exit(1)


@app.command("list")
def list_(  # noqa: PLR0913 (each is an option of the command)
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Who pays.")],
    *,
    user: Annotated[str | None, typer.Option("--user", metavar="USER", help="Only what this user caused.")] = None,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The first day (UTC); default: six days before the last."),
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day (UTC); default: today.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=0, metavar="N", help="Print so many items; all of them are summed.")
    ] = 100,
    project: ProjectOption = None,
    stage: StageOption = "local",
    table: Annotated[
        str | None, typer.Option("--table", metavar="NAME", help="The table; default: what the platform publishes.")
    ] = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Print what an account used, newest first, and what it sums to."""
    from pycommon_cli.stage import aws_errors_as_sentences
    from pycommon_cli.usage import recorded_usage, usage_report  # `--help` needs neither

    until = last.date() if last else datetime.now(UTC).date()
    wanted = recorded_usage.Range(account, user, _first_day(first, until), until)
    totals, items = recorded_usage.Totals(), []
    with aws_errors_as_sentences(stage) as where:
        found, name = _reach(project, stage, table, where)
        for item in recorded_usage.read(found.client("dynamodb"), name, wanted):
            totals.add(item)
            if totals.items <= limit:
                items.append(item)
    if output is OutputFormat.JSON:
        print_json(usage_report.list_fields(wanted, items, totals))
    else:
        usage_report.print_items(items, totals)


def _reach(project: Path | None, stage: str, table: str | None, where: list[str]) -> "tuple[Stage, str]":
    """The stage, and the name of its usage table; what is said of errors names both from here on."""
    from pycommon_cli.stage import reach
    from pycommon_cli.usage.usage_recovery import VARIABLE

    found = reach(project, stage, needs_variables=table is None)
    name = table or found.published(_SERVICE, VARIABLE)
    where.append(f"{found.where}, table {name}")
    return found, name


def _project(folder: Path | None) -> "Project | None":
    """The checkout; None where there is none around, which is an error only if one was named."""
    from pycommon_cli.local.project_folders import Project, find_project_root

    try:
        return Project(find_project_root(folder or Path.cwd()))
    except CliError:
        if folder is not None:
            raise
        return None


def _moment(text: str) -> datetime:
    from pycommon_cli.local.function_logs import seconds

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return datetime.now(UTC) - timedelta(seconds=seconds(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _first_day(first: datetime | None, last: date) -> date:
    if first is None:
        return last - timedelta(days=6)
    if first.date() > last:
        raise CliError(f"--from {first.date()} is after --to {last}.")
    return first.date()


def _say(summary: str, output: OutputFormat) -> None:
    """The summary: the result of a text, and a note beside JSON."""
    if output is OutputFormat.JSON:
        terminal.Terminal().note(summary)
    else:
        print_line(summary)
