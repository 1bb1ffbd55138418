"""`pycommon check` and `pycommon rule`: the arguments; the check itself lies in `pycommon_cli.analysis`."""

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
    """What the report looks like; `pycommon_cli.check.output.Format`, which `--help` need not import."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


_EXTRA = ("check", "policy_sentry")


def register(app: typer.Typer) -> None:
    """Hang both commands into the frame."""
    app.command("check")(check)
    app.command("rule")(rule)


def check(  # noqa: PLR0913 (each is an option of the command)
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Folders or files; all services below them.")
    ] = None,
    *,
    select: Annotated[
        list[str] | None, typer.Option("--select", metavar="CODE", help="Only these rules; e.g. IAM, or ENV001,OPS.")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option("--ignore", metavar="CODE", help="Not these rules.")] = None,
    stage: SettingsStageOption = None,
    form: Annotated[ReportForm, FORMAT] = ReportForm.TEXT,
    output: ReportFileOption = None,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="FILE", help="Tell only what is not in this file of known findings."),
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Write what is found into the baseline, and tell nothing.")
    ] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended without harm.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change, and change nothing.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Check again whenever a file changes.")] = False,
    statistics: Annotated[bool, typer.Option("--statistics", help="Count the findings of each rule.")] = False,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit code 0 even where something is found.")] = False,
) -> None:
    """Check services without running them: declared = granted = used, before anything is deployed.

    Exit code 0 where all is well, 1 where something is found, 2 where the check could not run.
    """
    from pycommon_cli.check import check_run, watch_mode  # `--help` needs neither

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
    """Explain a rule: why it is there, what is bad, what is good."""
    from pycommon_cli.check import rule_explanation  # `--help` does not need it

    if every:
        sys.stdout.write(rule_explanation.table())
    elif code is None:
        raise CliError("There is neither a code nor --all.", "Name a rule, e.g. `pycommon rule IAM003`.")
    else:
        print_line(rule_explanation.explained(code.upper()).rstrip())


def _codes(given: list[str] | None) -> tuple[str, ...] | None:
    """Codes as the options have them: several options, or several codes with commas in one."""
    if not given:
        return None
    return tuple(code.strip().upper() for each in given for code in each.split(",") if code.strip())
