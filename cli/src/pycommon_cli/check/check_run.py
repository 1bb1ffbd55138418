"""One run of the check: from the paths on the command line to the report and the exit code."""

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

_GC_THRESHOLD = 50_000  # facts are made by the hundred thousand and kept: looking for garbage among them is idle
_ROUNDS = 10  # a fix may make room for another; more rounds than this would be a fault of ours
_DEFAULT_BASELINE = ".pycommon-baseline.json"


@dataclass(frozen=True, slots=True)
class CheckRun:
    """What is checked, how, and where the report goes."""

    paths: tuple[Path, ...]
    root: Path
    settings: Settings
    form: ReportFormat
    output: Path | None
    baseline: Path | None

    def services(self) -> list[Path]:
        """The service folders.

        Raises:
            CliError: there are none below a folder that was named. A file outside every service is no error: a
                pre-commit hook names what was changed.
        """
        found = find_services(self.paths, self.root, self.settings)
        if not found and any(path.is_dir() for path in self.paths):
            names = ", ".join(str(path) for path in self.paths)
            raise CliError(f"There is no serverless.yml in {names} or below.", "Name a folder with services.")
        return found

    def found(self) -> CheckReport:
        """What is wrong, without what the baseline knows."""
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
        """Print the report; the exit code."""
        report = self.found()
        if fix:
            report = self._fixed(report)
        if statistics:
            self._write(_statistics(report))
        else:
            self._write(render(report, self.form, Sources(self.root), self._style()))
        return _exit_code(report)

    def diff(self) -> int:
        """Print what the fixes would change; 1 where they would change something."""
        applied = apply_fixes(self.found().findings, Sources(self.root))
        self._write(applied.diff())
        return 1 if applied.fixed else 0

    def update_baseline(self) -> int:
        """Write all that is found into the baseline; 0."""
        file = self.baseline or self.root / _DEFAULT_BASELINE
        report = check(self.services(), self.root, self.settings)
        number = write_baseline(file, report.findings)
        _say(f"{number} findings are known now, in {file}.")
        return 0

    def _fixed(self, report: CheckReport) -> CheckReport:
        """The report after the fixes were made; says on stderr what was mended."""
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


def prepare(  # noqa: PLR0913 - what the command line may say
    paths: list[Path],
    *,
    select: tuple[str, ...] | None = None,
    ignore: tuple[str, ...] | None = None,
    stage: str | None = None,
    baseline: Path | None = None,
    form: str = ReportFormat.TEXT,
    output: Path | None = None,
) -> CheckRun:
    """A run, from the command line and the settings of the project around the first path.

    Raises:
        CliError: a path that is not there, or settings that cannot be read.
    """
    gc.set_threshold(_GC_THRESHOLD)
    for path in paths:
        if not path.exists():
            raise CliError(f"There is no {path}.", "Name folders or files that are there.")
    root = project_root(paths[0].resolve())
    if any(not path.resolve().is_relative_to(root) for path in paths):
        root = Path(Path(paths[0].resolve()).anchor)  # paths of several projects meet only there
    try:
        settings = read_settings(root).with_options(select=select, ignore=ignore, stage=stage)
    except SettingsError as error:
        raise CliError(f"{error}.") from None
    known = baseline or (root / settings.baseline if settings.baseline else None)
    return CheckRun(tuple(paths), root, settings, ReportFormat(form), output, known)


def _statistics(report: CheckReport) -> str:
    names = {code: rule.name for code, rule in rules().items()}
    lines = [f"{count:5}  {code}  {names[code]}\n" for code, count in report.counts.most_common()]
    return "".join(lines) or "Nothing was found.\n"


def _exit_code(report: CheckReport) -> int:
    if any(finding.code == FAILED for finding in report.findings):
        return 2
    return 1 if report.findings else 0


def _on_terminal() -> bool:
    from rich.console import Console  # it knows NO_COLOR, FORCE_COLOR and dumb terminals

    console = Console()
    return console.is_terminal and not console.no_color and console.color_system is not None


def _say(text: str) -> None:
    if stderr_console().is_terminal:
        stderr_console().print(text, highlight=False, markup=False)
    else:
        sys.stderr.write(f"{text}\n")
