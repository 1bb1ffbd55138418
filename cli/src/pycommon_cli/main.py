"""Assemble the command `pycommon` from the commands of each package, and turn errors into messages and exit codes."""

import signal
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pycommon_cli.check import check_commands as check
from pycommon_cli.cli_error import CliError
from pycommon_cli.env.env_commands import app as env
from pycommon_cli.iam.iam_commands import app as iam
from pycommon_cli.interfaces import interface_commands as interfaces
from pycommon_cli.keys.keys_commands import app as keys
from pycommon_cli.local.local_commands import app as local
from pycommon_cli.terminal import print_error, print_line
from pycommon_cli.usage.usage_commands import app as usage

INTERRUPTED = 130  # 128 + SIGINT: the exit code that shells expect of a command that Ctrl-C ended


class _ErrorsAsSentences(TyperGroup):
    """A command group that prints each foreseeable error as a sentence, and exits with the error's exit code."""

    def invoke(self, ctx: Any) -> object:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _end)  # unwind the stack as Ctrl-C does, so that each command cleans up
        try:
            return super().invoke(ctx)
        except CliError as error:
            print_error(error.what, error.help_text)
            raise typer.Exit(error.exit_code) from None
        except _aws_errors() as error:
            print_error(f"AWS answered with an error: {error}", "")
            raise typer.Exit(CliError.exit_code) from None
        except KeyboardInterrupt:
            print_error("interrupted.", "")
            raise typer.Exit(INTERRUPTED) from None


def _aws_errors() -> tuple[type[Exception], ...]:
    """Return the errors of boto3, or nothing while boto3 is not loaded. Loading it here would slow every command."""
    botocore = sys.modules.get("botocore.exceptions")
    return (botocore.ClientError, botocore.BotoCoreError) if botocore else ()


def _end(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


app = typer.Typer(
    cls=_ErrorsAsSentences,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
local.command("docs")(interfaces.docs)
app.add_typer(interfaces.app)
check.register(app)
app.add_typer(env, name="env")
app.add_typer(iam, name="iam")
app.add_typer(keys, name="keys")
app.add_typer(local, name="local")
app.add_typer(usage, name="usage")


def _version(wanted: bool) -> None:  # noqa: FBT001 (typer passes the flag by position)
    if wanted:
        from importlib import metadata  # takes 30 ms

        print_line(f"pycommon {metadata.version('amplify-pycommon')}")
        raise typer.Exit


@app.callback()
def pycommon(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Govern AWS Lambda services written in Python: declared = granted = used."""
