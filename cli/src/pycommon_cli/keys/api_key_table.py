"""Find the table with the API keys of a stage, and the client for it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pycommon_cli.stage import reach

_VARIABLE = "API_KEYS_DYNAMODB_TABLE"


@dataclass(frozen=True, slots=True)
class KeysTable:
    """The name of the table, a DynamoDB client, and a description of the table's AWS for messages."""

    name: str
    dynamodb: Any
    where: str


def locate(folder: Path | None, stage: str, table: str | None) -> KeysTable:
    """Return the table of `stage`.

    Args:
        folder: The checkout, or a folder in it. None means the current folder.
        stage: `local` means the local AWS of the checkout. Any other stage is called with the user's AWS credentials.
        table: The name of the table. With this name, a deployed stage needs no checkout, because no look-up is needed.
    """
    found = reach(folder, stage, needs_variables=table is None)
    name = table or found.published("object-access", _VARIABLE)
    return KeysTable(name, found.client("dynamodb"), found.where)
