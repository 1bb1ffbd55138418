"""Record which service uses which variable, and for which AWS actions, in the table `ENV_VARS_TRACKING_TABLE`.

The table has one item for each service and variable. An item never holds the value of the variable. The module writes
items in the background (`pycommon.background`).
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from pycommon.background import background_writes
from pycommon.dal.providers.aws.attribute_values import to_item
from pycommon.dal.providers.aws.clients import client, describe_error
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.env import process_environment
from pycommon.env.declaration import declare_for_library
from pycommon.env.variable_resolver import resolver
from pycommon.execution_environment import per_execution_environment
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pycommon.env.declaration import Declaration
    from pycommon.env.observed_action import ObservedAction

__all__ = ["RECORD_REFRESH_S", "VariableUse", "VariableUseRecord", "variable_use_record", "write_observed"]

_TABLE_VARIABLE = "ENV_VARS_TRACKING_TABLE"
RECORD_REFRESH_S = 3600.0

_logger = getLogger(__name__)

_OWN = declare_for_library(__name__, {_TABLE_VARIABLE: (DynamoDBOperation.UPDATE_ITEM,)})


class VariableUse(NamedTuple):
    """The use of one variable by one function: the content of an item."""

    service: str
    stage: str
    variable: str
    function: str
    actions: tuple[str, ...]
    source: str
    parameter_path: str | None


class VariableUseRecord:
    """The writer of uses. The writer writes a use once per execution environment, and again at most once an hour."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._written: dict[tuple[str, str, tuple[str, ...]], float] = {}
        self._lock = threading.Lock()

    def note(self, declaration: Declaration) -> None:
        """Write the due uses of `declaration`, and of the record itself, in the background. Never raise an error."""
        resolver().note_present(_OWN.variables)
        due = self._due(declaration)
        for share in (due[::2], due[1::2]):  # one half for each of the two background threads
            if share:
                background_writes().submit(_write, share)

    def _due(self, declaration: Declaration) -> list[VariableUse]:
        now = self._clock()
        uses = []
        with self._lock:
            for use in _uses(declaration):
                key = (use.function, use.variable, use.actions)
                if now - self._written.get(key, float("-inf")) >= RECORD_REFRESH_S:
                    self._written[key] = now
                    uses.append(use)
        return uses


@per_execution_environment
def variable_use_record() -> VariableUseRecord:
    """Return the record of this execution environment."""
    return VariableUseRecord()


def _uses(declaration: Declaration) -> Iterable[VariableUse]:
    service, stage = process_environment.get("SERVICE_NAME"), process_environment.get("STAGE")
    if not service or not stage:
        _logger.warning("The use of variables is not recorded: SERVICE_NAME or STAGE is not set")
        return
    function = process_environment.get("AWS_LAMBDA_FUNCTION_NAME") or declaration.function
    for variable, actions in (*_OWN.actions.items(), *declaration.actions.items()):
        origin = resolver().origin(variable)
        if origin is not None:
            yield VariableUse(service, stage, variable, function, actions, origin.source.value, origin.parameter_path)


def write_observed(observed: list[ObservedAction]) -> None:
    """Add observed actions to the items of their variables. Never raise an error."""
    service, stage = process_environment.get("SERVICE_NAME"), process_environment.get("STAGE")
    by_variable: dict[str, list[ObservedAction]] = {}
    for each in observed:
        if each.variable is not None:
            by_variable.setdefault(each.variable, []).append(each)
    if not service or not stage or not by_variable:
        return
    updates = {name: _observation(service, stage, name, group) for name, group in by_variable.items()}
    _send(updates)


def _write(uses: list[VariableUse]) -> None:
    now = datetime.now(UTC)
    _send({use.variable: _update(use, now) for use in uses})


def _send(updates: Mapping[str, dict[str, Any]]) -> None:
    table = resolver().value(_TABLE_VARIABLE)
    if table is None:
        _logger.warning("The use of %s is not recorded: %s is not set", ", ".join(updates), _TABLE_VARIABLE)
        return
    for variable, update in updates.items():
        try:
            client("dynamodb").update_item(TableName=table, **update)
        except Exception as error:  # noqa: BLE001 - if this write fails, the service's function must not fail
            _logger.warning("The use of %s could not be recorded in %s: %s", variable, table, describe_error(error))


def _update(use: VariableUse, now: datetime) -> dict[str, Any]:
    seen = _text(now)
    last = {
        "service_name": use.service,
        "stage": use.stage,
        "variable": use.variable,
        "found_in": use.source,
        "parameter_path": use.parameter_path,
        "last_seen": seen,
    }
    added = {"functions": frozenset({use.function}), "operations": frozenset(use.actions)}
    return _request(use.service, use.variable, last, added, {"first_seen": seen})


def _observation(service: str, stage: str, variable: str, observed: list[ObservedAction]) -> dict[str, Any]:
    from pycommon.env.observed_action import ObservedUse

    last = {"service_name": service, "stage": stage, "variable": variable, "observed_at": _text(datetime.now(UTC))}
    undeclared = frozenset(each.action for each in observed if each.verdict is ObservedUse.NOT_DECLARED)
    added = {"observed": frozenset(each.action for each in observed), "undeclared": undeclared}
    return _request(service, variable, last, added, {})


def _request(
    service: str, variable: str, last: Mapping[str, Any], added: Mapping[str, frozenset[str]], first: Mapping[str, Any]
) -> dict[str, Any]:
    """Build the update of one item: set `last`, add members to the sets in `added`, and set `first` if still unset."""
    added = {name: members for name, members in added.items() if members}  # DynamoDB has no empty set
    values = {**last, **added, **first}
    sets = [f"#{name} = :{name}" for name in last]
    sets += [f"#{name} = if_not_exists(#{name}, :{name})" for name in first]
    adds = ", ".join(f"#{name} :{name}" for name in added)
    return {
        "Key": to_item({"service_var_key": f"{service}#{variable}"}),
        "UpdateExpression": f"SET {', '.join(sets)}" + (f" ADD {adds}" if adds else ""),
        "ExpressionAttributeNames": {f"#{name}": name for name in values},
        "ExpressionAttributeValues": to_item({f":{name}": value for name, value in values.items()}),
    }


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
