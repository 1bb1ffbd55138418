"""Declare the commands `pycommon keys ...`: their arguments and their output.

`pycommon.authz.api_key_store` does the work.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pycommon.const import ACCESS_TYPE_FULL, GENERAL_ACCOUNT, APIAccessType
from pycommon_cli import terminal
from pycommon_cli.cli_error import CliError, FindingError
from pycommon_cli.shared_options import AwsStageOption, FormatOption, ProjectOption, TableOption
from pycommon_cli.terminal import OutputFormat, print_columns, print_json, print_line, printable

if TYPE_CHECKING:
    from pycommon.authz.accounts import RateLimit
    from pycommon.authz.api_key_store import ApiKey, ApiKeyStore, IssuedApiKey

app = typer.Typer(no_args_is_help=True, help="Create, list, rotate and revoke API keys.")

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The id of the key, as `list` shows it. Not the key.")]

_COLUMNS = ("STATE", "USER", "ACCOUNT", "ACCESS", "LIMIT", "EXPIRES", "LAST USED", "ID")


@app.command()
def create(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    owner: Annotated[
        str, typer.Option("--owner", metavar="USER", help="The user who is responsible for the key, and calls with it.")
    ],
    delegate: Annotated[
        str | None,
        typer.Option("--delegate", metavar="USER", help="The user who calls with the key in place of the owner."),
    ] = None,
    system: Annotated[
        str | None,
        typer.Option("--system", metavar="ID", help="The program that calls with the key in place of the owner."),
    ] = None,
    account: Annotated[str, typer.Option("--account", metavar="ID", help="The account that pays.")] = GENERAL_ACCOUNT,
    access: Annotated[
        list[str] | None,
        typer.Option("--access", metavar="TYPE", help=f"An access type. Repeatable. Default: {ACCESS_TYPE_FULL}."),
    ] = None,
    expires: Annotated[
        datetime | None,
        typer.Option("--expires", formats=["%Y-%m-%d"], help="The first day (UTC) on which the key is not valid."),
    ] = None,
    rate_limit: Annotated[
        str | None,
        typer.Option(
            "--rate-limit", metavar="PERIOD:USD", help="The limit: Hourly, Daily or Monthly, such as Daily:5."
        ),
    ] = None,
    purpose: Annotated[str | None, typer.Option(help="Services receive it as data['purpose'].")] = None,
    application_name: Annotated[str | None, typer.Option(help="The application that uses the key.")] = None,
    application_description: Annotated[str | None, typer.Option(help="A description of the application.")] = None,
    project: ProjectOption = None,
    stage: AwsStageOption = "local",
    table: TableOption = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Create a key, and print it. The key is shown only now, and is the only text on stdout."""
    limit = _rate_limit(rate_limit)
    with _store(project, stage, table) as store:
        issued = store.create(
            owner,
            delegate=delegate,
            system_id=system,
            account_id=account,
            access_types=access or [ACCESS_TYPE_FULL],
            expiration=expires.date() if expires else None,
            rate_limit=limit,
            purpose=purpose,
            application_name=application_name,
            application_description=application_description,
        )
    _print_issued(issued, output)
    for unknown in sorted(set(issued.view.access_types) - set(APIAccessType)):
        terminal.Terminal().note(
            f"Unknown access type {unknown}. Only services that register it with add_api_access_types accept it. "
            "Check the spelling."
        )


@app.command("list")
def list_(
    owner: Annotated[str | None, typer.Option("--owner", metavar="USER", help="Print only keys of this owner.")] = None,
    project: ProjectOption = None,
    stage: AwsStageOption = "local",
    table: TableOption = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Print the properties of each key, but neither the key nor its digest."""
    with _store(project, stage, table) as store:
        views = store.list(owner)
    if output is OutputFormat.JSON:
        print_json([_fields(view) for view in views])
    elif views:
        print_columns([_COLUMNS, *map(_row, views)])
    else:
        terminal.Terminal().note("There are no keys." if owner is None else f"{owner} has no keys.")


@app.command()
def rotate(
    api_owner_id: IdArgument,
    project: ProjectOption = None,
    stage: AwsStageOption = "local",
    table: TableOption = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Replace a key with a new one that has the same rights, and print it. The old key is no longer valid."""
    with _store(project, stage, table) as store:
        issued = store.rotate(api_owner_id)
    _print_issued(issued, output)


@app.command()
def revoke(
    api_owner_id: IdArgument,
    project: ProjectOption = None,
    stage: AwsStageOption = "local",
    table: TableOption = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Revoke a key permanently. Revoking it again changes nothing."""
    with _store(project, stage, table) as store:
        view = store.revoke(api_owner_id)
    if output is OutputFormat.JSON:
        print_json(_fields(view))
    else:
        print_line(f"{view.id} is revoked.")


@contextmanager
def _store(project: Path | None, stage: str, table: str | None) -> Iterator["ApiKeyStore"]:
    """Open the keys of the stage, and turn AWS errors in the `with` block into a `CliError`."""
    from botocore.exceptions import BotoCoreError, ClientError  # slow to import

    from pycommon.authz import api_key_store
    from pycommon_cli.keys.api_key_table import locate
    from pycommon_cli.stage import refusal

    where = "the local AWS" if stage == "local" else f"stage {stage}"
    try:
        found = locate(project, stage, table)
        where = f"{found.where}, table {found.name}"
        yield api_key_store.ApiKeyStore(found.name, found.dynamodb)
    except api_key_store.InvalidApiKeyError as error:
        raise CliError(str(error)) from None
    except api_key_store.UnknownApiKeyError as error:
        raise FindingError(str(error), "`pycommon keys list` prints the known ids.") from None
    except api_key_store.UnusableApiKeyError as error:
        raise FindingError(str(error)) from None
    except (BotoCoreError, ClientError) as error:
        raise refusal(error, where, stage) from None


def _rate_limit(text: str | None) -> "RateLimit | None":
    from pycommon.authz.accounts import UNLIMITED, RateLimit  # not needed for `--help`

    if text is None or text.strip().capitalize() == UNLIMITED:
        return None
    try:
        period, rate = text.split(":")
        return RateLimit(period.strip().capitalize(), Decimal(rate.strip()))
    except (ValueError, InvalidOperation):
        raise CliError(
            f"{text!r} is not a rate limit.", "Write Hourly:USD, Daily:USD or Monthly:USD, such as Daily:5."
        ) from None


def _print_issued(issued: "IssuedApiKey", output: OutputFormat) -> None:
    if output is OutputFormat.JSON:
        print_json({"key": issued.key, **_fields(issued.view)})
    else:
        print_line(issued.key)
    terminal.Terminal().note(f"{issued.view.id}: the key is shown only now. Store it or hand it over.")


def _fields(view: "ApiKey") -> dict[str, object]:
    limit = view.rate_limit
    return {
        "id": view.id,
        "owner": view.owner,
        "user": view.user,
        "state": view.state,
        "account_id": view.account_id,
        "access_types": list(view.access_types),
        "rate_limit": {"period": limit.period, "rate": f"{limit.rate:f}"} if limit else None,
        "expiration_date": view.expiration_date,
        "purpose": view.purpose,
        "application_name": view.application_name,
        "application_description": view.application_description,
        "created_at": view.created_at,
        "rotated_at": view.rotated_at,
        "revoked_at": view.revoked_at,
        "last_accessed": view.last_accessed,
    }


def _row(view: "ApiKey") -> tuple[str, ...]:
    limit = view.rate_limit
    cells = (
        view.state,
        view.user or "(nobody)",
        view.account_id,
        ",".join(view.access_types) or "(none)",
        f"{limit.period}:{limit.rate:f}" if limit else "-",
        view.expiration_date or "-",
        view.last_accessed or "-",
        view.id,
    )
    return tuple(map(printable, cells))
