"""The record of which service uses which variable, and for what: the table `ENV_VARS_TRACKING_TABLE`.

One item for each service and variable, never with the value, written in the background (`pycommon.background`).
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pycommon.background import background_writes
from pycommon.dal.providers.aws.attribute_values import to_item
from pycommon.dal.providers.aws.clients import client, describe_error
from pycommon.env import environment
from pycommon.env.resolver import resolver
from pycommon.execution_environment import per_execution_environment
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pycommon.env.declaration import Declaration

__all__ = ["VariableUse", "VariableUseRecord", "variable_use_record"]

_TABLE_VARIABLE = "ENV_VARS_TRACKING_TABLE"
_REFRESH_AFTER_S = 3600.0

_logger = getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VariableUse:
    """One variable as one function uses it; what an item is made from."""

    service: str
    stage: str
    variable: str
    function: str
    actions: tuple[str, ...]
    source: str
    parameter_path: str | None


class VariableUseRecord:
    """Writes each use once for an execution environment, and again at most hourly."""

    def __init__(self) -> None:
        self._written: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()

    def note(self, declaration: Declaration) -> None:
        """Have the uses of `declaration` written in the background, where that is due. Never raises."""
        due = self._due(declaration)
        for share in (due[::2], due[1::2]):  # one for each of the background threads
            if share:
                background_writes().submit(_write, share)

    def _due(self, declaration: Declaration) -> list[VariableUse]:
        now = time.monotonic()
        uses = []
        with self._lock:
            for use in _uses(declaration):
                key = (use.function, use.variable)
                if now - self._written.get(key, float("-inf")) >= _REFRESH_AFTER_S:
                    self._written[key] = now
                    uses.append(use)
        return uses


@per_execution_environment
def variable_use_record() -> VariableUseRecord:
    """The record of this execution environment."""
    return VariableUseRecord()


def _uses(declaration: Declaration) -> Iterable[VariableUse]:
    service, stage = environment.get("SERVICE_NAME"), environment.get("STAGE")
    if not service or not stage:
        _logger.warning("The use of variables is not recorded: SERVICE_NAME or STAGE is not set")
        return
    function = environment.get("AWS_LAMBDA_FUNCTION_NAME") or declaration.function
    actions = declaration.actions
    for variable in declaration.variables:
        origin = resolver().origin(variable)
        if origin is not None:
            yield VariableUse(
                service, stage, variable, function, actions[variable], origin.source.value, origin.parameter_path
            )


def _write(uses: list[VariableUse]) -> None:
    table = resolver().value(_TABLE_VARIABLE)
    if table is None:
        names = ", ".join(use.variable for use in uses)
        _logger.warning("The use of %s is not recorded: %s is not set", names, _TABLE_VARIABLE)
        return
    for use in uses:
        try:
            client("dynamodb").update_item(TableName=table, **_update(use, datetime.now(UTC)))
        except Exception as error:  # noqa: BLE001 - a record that fails must never fail the function that it is about
            _logger.warning("The use of %s could not be recorded in %s: %s", use.variable, table, describe_error(error))


def _update(use: VariableUse, now: datetime) -> dict[str, Any]:
    seen = now.isoformat(timespec="seconds").replace("+00:00", "Z")
    last = {
        "service_name": use.service,
        "stage": use.stage,
        "variable": use.variable,
        "found_in": use.source,
        "parameter_path": use.parameter_path,
        "last_seen": seen,
    }
    added = {"functions": frozenset({use.function})}
    if use.actions:  # DynamoDB has no empty set
        added["operations"] = frozenset(use.actions)
    values = {"first_seen": seen, **last, **added}
    sets = ", ".join(f"#{name} = :{name}" for name in last)
    adds = ", ".join(f"#{name} :{name}" for name in added)
    return {
        "Key": to_item({"service_var_key": f"{use.service}#{use.variable}"}),
        "UpdateExpression": f"SET {sets}, #first_seen = if_not_exists(#first_seen, :first_seen) ADD {adds}",
        "ExpressionAttributeNames": {f"#{name}": name for name in values},
        "ExpressionAttributeValues": to_item({f":{name}": value for name, value in values.items()}),
    }
