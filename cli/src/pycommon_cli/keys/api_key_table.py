"""Which table holds the API keys of a stage, and the client that reaches it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pycommon_cli.stage import reach

_VARIABLE = "API_KEYS_DYNAMODB_TABLE"


@dataclass(frozen=True, slots=True)
class KeysTable:
    """The table called `name`, reached by `dynamodb`, in the AWS that `where` names for people."""

    name: str
    dynamodb: Any
    where: str


def locate(folder: Path | None, stage: str, table: str | None) -> KeysTable:
    """The table of `stage`.

    Args:
        folder: The checkout, or a folder in it; None: the current one.
        stage: `local` is the local AWS of the checkout. Any other is reached with the caller's own AWS settings.
        table: The table's name where it is known; then nothing is looked up, and a real stage needs no checkout.
    """
    found = reach(folder, stage, needs_variables=table is None)
    name = table or found.published("object-access", _VARIABLE)
    return KeysTable(name, found.client("dynamodb"), found.where)
