"""Run the command `pycommon`: start the command line, or explain how to install the command line.

The library installs the command. The tools behind the command are in another distribution, `amplify-pycommon-cli`. The
deployment package of a function never contains this distribution.
"""

from __future__ import annotations

import sys

__all__ = ["main"]

_COULD_NOT_RUN = 2
_EXTRAS = {"check": "check", "rule": "check", "iam": "check", "local": "local"}


def main() -> int:
    """Run the command line, and return 2 when the command line is not installed. `--version` always works."""
    try:
        from pycommon_cli.main import app
    except ModuleNotFoundError as error:
        missing = (error.name or "pycommon").partition(".")[0]
        if missing == "pycommon":
            raise
        return _run_without_command_line(sys.argv[1:], missing)
    app()
    return 0


def _run_without_command_line(arguments: list[str], missing: str) -> int:
    if arguments == ["--version"]:
        sys.stdout.write(f"pycommon {_version()}\n")
        return 0
    extra = _EXTRAS.get(arguments[0] if arguments else "", "cli")
    sys.stderr.write(
        f"error: the command line is not installed: the package {missing} is missing.\n"
        f"help: pip install 'amplify-pycommon[{extra}]'\n"
    )
    return _COULD_NOT_RUN


def _version() -> str:
    from importlib import metadata

    try:
        return metadata.version("amplify-pycommon")
    except metadata.PackageNotFoundError:  # `pycommon` is a copy of the source files, and not installed
        return "(unknown version)"


if __name__ == "__main__":
    sys.exit(main())
