"""Declare the commands `pycommon usage ...`: their arguments, and the calls of the modules that do the work."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pycommon_cli import terminal
from pycommon_cli.cli_error import CliError
from pycommon_cli.shared_options import AwsStageOption, FormatOption, ProjectOption, TableOption
from pycommon_cli.terminal import OutputFormat, print_json, print_line

if TYPE_CHECKING:
    from pycommon_cli.local.project_folders import Project
    from pycommon_cli.stage import Stage

app = typer.Typer(
    no_args_is_help=True, help="Show what accounts used, and write usage items that functions could not write."
)

_SERVICE = "lambda"  # the platform publishes the name of the usage table for this service
_SINCE = "24h"


@app.command()
def recover(  # noqa: PLR0913 (each is an option of the command)
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE]...", help="Exported log lines, plain or gzip; - is stdin. Default: the log groups."
        ),
    ] = None,
    *,
    service: Annotated[
        list[str] | None,
        typer.Option(
            "--service",
            metavar="NAME",
            help="Read only log groups of this service, named by folder or name. Repeatable.",
        ),
    ] = None,
    function: Annotated[
        list[str] | None,
        typer.Option(
            "--function",
            metavar="NAME",
            help="Read only this function: its name, service:function, or /log/group. Repeatable.",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="WHEN", help=f"Read log groups from here: 24h, 7d, 2026-01-31T03:00Z. [{_SINCE}]"
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be restored, and write nothing.")
    ] = False,
    project: ProjectOption = None,
    stage: AwsStageOption = "local",
    table: Annotated[
        str | None,
        typer.Option("--table", metavar="NAME", help="Write every item to this table, whatever table its line names."),
    ] = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Write the items of USAGE_NOT_RECORDED log lines to the usage table. Existing items do not change.

    Exit code 1 when an item could not be restored.
    """
    from pycommon_cli.stage import aws_errors_as_sentences  # not needed for `--help`
    from pycommon_cli.usage import log_sources, usage_recovery, usage_report

    if files and (service or function or since):
        raise CliError(
            "--service, --function and --since select log groups, but files were given too.",
            "Give files, or these options.",
        )
    choice = log_sources.LogSelection(_moment(since or _SINCE), tuple(service or ()), tuple(function or ()))
    progress, counts = usage_report.ProgressReport(), Counter[usage_recovery.RecoveryOutcome]()
    with aws_errors_as_sentences(stage) as where:
        found, name = _reach(project, stage, table, where)
        if files:
            texts = log_sources.in_files(files)
        else:
            texts = log_sources.in_groups(found.client("logs"), stage, _project(project), choice, progress.at)
        dynamodb = found.client("dynamodb")
        put_item = usage_recovery.dry_run_put_item(dynamodb) if dry_run else dynamodb.put_item
        tables = usage_recovery.TableChoice(stage, None if table else name, table)
        entries = usage_report.counted(usage_recovery.restore(texts, tables, put_item), counts, progress)
        try:
            (usage_report.print_entries_as_json if output is OutputFormat.JSON else usage_report.print_entries)(entries)
        except Exception:
            if counts:  # report what was restored before the error
                _print_summary(usage_report.summary(counts, dry_run=dry_run), output)
            raise
        _print_summary(usage_report.summary(counts, dry_run=dry_run), output)
    if counts[usage_recovery.RecoveryOutcome.REFUSED] or counts[usage_recovery.RecoveryOutcome.UNREADABLE]:
        raise typer.Exit(1)


@app.command("list")
def list_(  # noqa: PLR0913 (each is an option of the command)
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account that pays.")],
    *,
    user: Annotated[str | None, typer.Option("--user", metavar="USER", help="Print only items of this user.")] = None,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The first day (UTC). Default: six days before the last."),
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day (UTC). Default: today.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=0, metavar="N", help="Print at most N items. The sum covers all of them.")
    ] = 100,
    project: ProjectOption = None,
    stage: AwsStageOption = "local",
    table: TableOption = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Print what an account used, newest first, and the sum."""
    from pycommon_cli.stage import aws_errors_as_sentences
    from pycommon_cli.usage import recorded_usage, usage_report  # not needed for `--help`

    until = last.date() if last else datetime.now(UTC).date()
    wanted = recorded_usage.UsageRange(account, user, _first_day(first, until), until)
    totals, items = recorded_usage.UsageTotals(), []
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
    """Return the stage and the name of its usage table. Add both to `where`, for error messages."""
    from pycommon_cli.stage import reach
    from pycommon_cli.usage.usage_recovery import VARIABLE

    found = reach(project, stage, needs_variables=table is None)
    name = table or found.published(_SERVICE, VARIABLE)
    where.append(f"{found.where}, table {name}")
    return found, name


def _project(folder: Path | None) -> "Project | None":
    """Return the checkout. Return None when there is no checkout and the user has not given --project."""
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


def _print_summary(summary: str, output: OutputFormat) -> None:
    """Print the summary: to stdout for text, as a note for JSON."""
    if output is OutputFormat.JSON:
        terminal.Terminal().note(summary)
    else:
        print_line(summary)
