"""Implements `pycommon check --watch`, which checks again whenever a file of the services changes."""

from pathlib import Path
from time import strftime
from typing import TYPE_CHECKING

from pycommon_cli.cli_error import CliError
from pycommon_cli.terminal import print_line

if TYPE_CHECKING:
    from pycommon_cli.check.check_run import CheckRun

__all__ = ["watch"]

_SUFFIXES = (".py", ".yml", ".yaml", ".json", ".toml")


def watch(run: "CheckRun", *, statistics: bool = False) -> None:
    """Check now and after each change, until Ctrl-C. Print errors and continue."""
    try:
        from watchfiles import PythonFilter  # an optional dependency
        from watchfiles import watch as changes
    except ImportError:
        raise CliError("--watch needs the package watchfiles.", 'Install "amplify-pycommon[cli]".') from None
    folders = {path if path.is_dir() else path.parent for path in run.paths}
    watched = PythonFilter(extra_extensions=[each for each in _SUFFIXES if each != ".py"])
    _again(run, statistics=statistics)
    for _ in changes(*sorted(folders, key=Path.as_posix), watch_filter=watched, raise_interrupt=False):
        _again(run, statistics=statistics)


def _again(run: "CheckRun", *, statistics: bool) -> None:
    print_line(f"-- {strftime('%H:%M:%S')}")
    try:
        run.report(statistics=statistics)
    except CliError as error:
        print_line(f"{error.what} {error.help_text}")
