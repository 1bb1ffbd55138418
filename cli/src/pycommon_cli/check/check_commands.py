"""Defines the options of `pycommon check` and `pycommon rule`."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pycommon_cli.cli_error import CliError
from pycommon_cli.required_extras import need
from pycommon_cli.shared_options import FORMAT, ReportFileOption, SettingsStageOption
from pycommon_cli.terminal import print_line

if TYPE_CHECKING:
    from pycommon_cli.check.check_run import CheckRun

__all__ = ["check", "register", "rule"]


class ReportForm(StrEnum):
    """The output formats. They repeat `check.output.ReportFormat`, so that `--help` does not import that module."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


_EXTRA = ("check", "policy_sentry")


def register(app: typer.Typer) -> None:
    """Add both commands to the app."""
    app.command("check")(check)
    app.command("rule")(rule)


def check(  # noqa: PLR0913 (each is an option of the command)
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Folders or files. All services below a folder are checked."),
    ] = None,
    *,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="CODE", help="Check only these rules, e.g. IAM, or ENV001,OPS."),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="CODE", help="Do not check these rules.")
    ] = None,
    stage: SettingsStageOption = None,
    form: Annotated[ReportForm, FORMAT] = ReportForm.TEXT,
    output: ReportFileOption = None,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="FILE", help="Report only findings that are not in this file."),
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Write all findings to the baseline, and report none.")
    ] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Fix what can be fixed safely.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change, without changing it.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Check again whenever a file changes.")] = False,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Print the number of findings of each rule.")
    ] = False,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Return exit code 0 even if there are findings.")
    ] = False,
) -> None:
    """Check services without running them: declared = granted = used, before anything is deployed.

    Exit code 0: no findings. 1: there are findings. 2: the check could not run.
    """
    from pycommon_cli.check import check_run, watch_mode  # slow to import, and `--help` does not need them

    need(*_EXTRA)
    run = check_run.prepare(
        paths or [Path()],
        select=_codes(select),
        ignore=_codes(ignore),
        stage=stage,
        baseline=baseline,
        form=form.value,
        output=output,
    )
    if watch:
        watch_mode.watch(run, statistics=statistics)
        return
    code = _once(run, update_baseline=update_baseline, fix=fix, diff=diff, statistics=statistics)
    raise typer.Exit(0 if exit_zero and code == 1 else code)


def _once(run: "CheckRun", *, update_baseline: bool, fix: bool, diff: bool, statistics: bool) -> int:
    if update_baseline:
        return run.update_baseline()
    if diff:
        return run.diff()
    return run.report(fix=fix, statistics=statistics)


def rule(
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="A rule, such as IAM003.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="List every rule.")] = False,
) -> None:
    """Explain a rule: the reason, a bad example and a good one."""
    from pycommon_cli.check import rule_explanation  # slow to import, and `--help` does not need it

    if every:
        sys.stdout.write(rule_explanation.table())
    elif code is None:
        raise CliError("No rule was given.", "Give a code, e.g. `pycommon rule IAM003`, or --all.")
    else:
        print_line(rule_explanation.explained(code.upper()).rstrip())


def _codes(given: list[str] | None) -> tuple[str, ...] | None:
    """Return the codes of several options. Each option may have several codes, separated by commas."""
    if not given:
        return None
    return tuple(code.strip().upper() for each in given for code in each.split(",") if code.strip())
