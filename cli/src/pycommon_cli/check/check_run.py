"""Runs the check: from the paths on the command line to the report and the exit code."""

import gc
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from pycommon_cli.analysis.service_discovery import find_services
from pycommon_cli.check.baseline import BaselineError, read_baseline, write_baseline
from pycommon_cli.check.check_settings import Settings, read_settings
from pycommon_cli.check.fixes import apply_fixes
from pycommon_cli.check.output import ReportFormat, render
from pycommon_cli.check.output.report_style import Style
from pycommon_cli.check.rules import rules
from pycommon_cli.check.service_check import FAILED, CheckReport, check
from pycommon_cli.check.source_texts import Sources
from pycommon_cli.cli_error import CliError
from pycommon_cli.project_settings import SettingsError, project_root
from pycommon_cli.terminal import stderr_console

__all__ = ["CheckRun", "prepare"]

_GC_THRESHOLD = 50_000  # the check makes and keeps hundreds of thousands of facts, so there is little garbage
_ROUNDS = 10  # a fix may make another fix possible; if more rounds are needed, the check has a bug
_DEFAULT_BASELINE = ".pycommon-baseline.json"


@dataclass(frozen=True, slots=True)
class CheckRun:
    """The services to check, the settings, and the output of the report."""

    paths: tuple[Path, ...]
    root: Path
    settings: Settings
    form: ReportFormat
    output: Path | None
    baseline: Path | None

    def services(self) -> list[Path]:
        """Return the service folders.

        Raises:
            CliError: there is no service below a given folder. A file outside all services is not an error, because
                a pre-commit hook passes every changed file.
        """
        found = find_services(self.paths, self.root, self.settings)
        if not found and any(path.is_dir() for path in self.paths):
            names = ", ".join(str(path) for path in self.paths)
            raise CliError(f"There is no serverless.yml in {names} or below.", "Give a folder that contains services.")
        return found

    def found(self) -> CheckReport:
        """Check the services. Return the report without the findings that are in the baseline."""
        report = check(self.services(), self.root, self.settings)
        if self.baseline is None:
            return report
        try:
            known = read_baseline(self.baseline)
        except BaselineError as error:
            raise CliError(f"{error}.") from None
        new = known.new(report.findings)
        return replace(report, findings=tuple(new), silenced=report.silenced + len(report.findings) - len(new))

    def report(self, *, fix: bool = False, statistics: bool = False) -> int:
        """Print the report. Return the exit code."""
        report = self.found()
        if fix:
            report = self._fixed(report)
        if statistics:
            self._write(_statistics(report))
        else:
            self._write(render(report, self.form, Sources(self.root), self._style()))
        return _exit_code(report)

    def diff(self) -> int:
        """Print the changes that the fixes would make. Return 1 if there is a change, and otherwise 0."""
        applied = apply_fixes(self.found().findings, Sources(self.root))
        self._write(applied.diff())
        return 1 if applied.fixed else 0

    def update_baseline(self) -> int:
        """Write all findings to the baseline. Return 0."""
        file = self.baseline or self.root / _DEFAULT_BASELINE
        report = check(self.services(), self.root, self.settings)
        number = write_baseline(file, report.findings)
        _say(f"{number} findings were written to the baseline {file}.")
        return 0

    def _fixed(self, report: CheckReport) -> CheckReport:
        """Make the fixes and return the new report. Print each fix to stderr."""
        for _ in range(_ROUNDS):
            applied = apply_fixes(report.findings, Sources(self.root))
            if not applied.fixed:
                break
            for path, text in applied.after.items():
                (self.root / path).write_bytes(text.encode())
            for finding in applied.fixed:
                where = f"{self._style().path(finding.place.path)}:{finding.place.line}"
                _say(f"fixed {where}: {finding.code} ({finding.fix.title if finding.fix else ''})")
            report = self.found()
        return report

    def _style(self) -> Style:
        coloured = self.output is None and self.form in (ReportFormat.TEXT, ReportFormat.CONCISE) and _on_terminal()
        return Style(coloured, self.root, Path.cwd())

    def _write(self, text: str) -> None:
        if self.output is None:
            sys.stdout.write(text)
            sys.stdout.flush()
        else:
            try:
                self.output.write_text(text, "utf-8")
            except OSError as error:
                raise CliError(f"The report cannot be written to {self.output}: {error.strerror}.") from None


def prepare(  # noqa: PLR0913 - the options of the command line
    paths: list[Path],
    *,
    select: tuple[str, ...] | None = None,
    ignore: tuple[str, ...] | None = None,
    stage: str | None = None,
    baseline: Path | None = None,
    form: str = ReportFormat.TEXT,
    output: Path | None = None,
) -> CheckRun:
    """Prepare a run from the command line and the settings of the project around the first path.

    Raises:
        CliError: a path does not exist, or the settings cannot be read.
    """
    gc.set_threshold(_GC_THRESHOLD)
    for path in paths:
        if not path.exists():
            raise CliError(f"{path} does not exist.", "Give folders or files that exist.")
    root = project_root(paths[0].resolve())
    if any(not path.resolve().is_relative_to(root) for path in paths):
        root = Path(Path(paths[0].resolve()).anchor)  # the paths are in several projects
    try:
        settings = read_settings(root).with_options(select=select, ignore=ignore, stage=stage)
    except SettingsError as error:
        raise CliError(f"{error}.") from None
    known = baseline or (root / settings.baseline if settings.baseline else None)
    return CheckRun(tuple(paths), root, settings, ReportFormat(form), output, known)


def _statistics(report: CheckReport) -> str:
    names = {code: rule.name for code, rule in rules().items()}
    lines = [f"{count:5}  {code}  {names[code]}\n" for code, count in report.counts.most_common()]
    return "".join(lines) or "No findings.\n"


def _exit_code(report: CheckReport) -> int:
    if any(finding.code == FAILED for finding in report.findings):
        return 2
    return 1 if report.findings else 0


def _on_terminal() -> bool:
    from rich.console import Console  # the package `rich` handles NO_COLOR, FORCE_COLOR and dumb terminals

    console = Console()
    return console.is_terminal and not console.no_color and console.color_system is not None


def _say(text: str) -> None:
    if stderr_console().is_terminal:
        stderr_console().print(text, highlight=False, markup=False)
    else:
        sys.stderr.write(f"{text}\n")
