"""Read the record: for each service and variable, the declared and the used IAM actions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pycommon.authz.authentication_settings import LIBRARY_DECLARATION
from pycommon.dal.providers.aws.attribute_values import from_item
from pycommon.dal.providers.aws.resource_perms import member_for

VARIABLE = "ENV_VARS_TRACKING_TABLE"
_INDEX = "ServiceIndex"


@dataclass(frozen=True, slots=True)
class RecordedVariable:
    """The record of one variable of one service.

    Attributes:
        declared: the IAM actions that the service declares for the variable. Plain configuration has no actions.
        used: the IAM actions that handlers were observed to use.
        is_observed: whether the AWS calls of the service were ever observed. If not, `used` is unknown.
        last_seen: the last time when a function declared or used the variable; ISO 8601.
    """

    service: str
    variable: str
    stage: str
    declared: frozenset[str]
    used: frozenset[str]
    is_observed: bool
    functions: tuple[str, ...]
    found_in: str
    parameter_path: str
    first_seen: str
    last_seen: str
    observed_at: str

    @property
    def undeclared(self) -> tuple[str, ...]:
        """The used actions that no function of the service declares now."""
        return tuple(sorted(self.used - self.declared))

    @property
    def unused(self) -> tuple[str, ...]:
        """The declared actions that were never used. If the service was not observed, the result is empty."""
        return tuple(sorted(self.declared - self.used)) if self.is_observed else ()

    @property
    def removable(self) -> tuple[str, ...]:
        """The unused actions that the service itself declares. A service cannot remove the actions of the library."""
        return tuple(sorted(set(self.unused) - set(LIBRARY_DECLARATION.actions.get(self.variable, ()))))

    def advice(self) -> Iterator[str]:
        """Yield what to add for each used action that is not declared."""
        for action in self.undeclared:
            member = member_for(action)
            yield f"add {member or f'an operation that needs {action}'} to {self.variable}"


@dataclass(frozen=True, slots=True)
class Selection:
    """The choice of the variables to show.

    Attributes:
        variable: show only the variable with this name.
        stale_before: show only variables that were last seen before this time.
        undeclared: show only variables with a used action that is not declared.
        unused: show only variables with a declared action that is not used. With `undeclared`, show both kinds.
    """

    variable: str | None = None
    stale_before: datetime | None = None
    undeclared: bool = False
    unused: bool = False

    def takes(self, recorded: RecordedVariable) -> bool:
        """Return whether `recorded` is shown."""
        kinds = [self.undeclared and recorded.undeclared, self.unused and recorded.removable]
        return (
            self.variable in (None, recorded.variable)
            and (self.stale_before is None or _before(recorded.last_seen, self.stale_before))
            and (not (self.undeclared or self.unused) or any(kinds))
        )


def stale_since(days: float) -> datetime:
    """Return the time `days` ago."""
    return datetime.now(UTC) - timedelta(days=days)


def read_record(dynamodb: Any, table: str, service: str | None = None) -> list[RecordedVariable]:
    """Return all recorded variables, sorted. Query the index for one service, scan the table for all services."""
    if service is None:
        pages = dynamodb.get_paginator("scan").paginate(TableName=table)
    else:
        pages = dynamodb.get_paginator("query").paginate(
            TableName=table,
            IndexName=_INDEX,
            KeyConditionExpression="service_name = :service",
            ExpressionAttributeValues={":service": {"S": service}},
        )
    items = [from_item(item) for page in pages for item in page["Items"]]
    observed = {_service(item) for item in items if item.get("observed")}
    found = [_recorded(item, is_observed=_service(item) in observed) for item in items]
    return sorted(found, key=lambda each: (each.service, each.variable))


def _service(item: Mapping[str, Any]) -> str:
    return str(item.get("service_name") or str(item.get("service_var_key", "")).partition("#")[0])


def _recorded(item: Mapping[str, Any], *, is_observed: bool) -> RecordedVariable:
    seen = [str(item[name]) for name in ("last_seen", "observed_at") if item.get(name)]
    return RecordedVariable(
        service=_service(item),
        variable=str(item.get("variable") or str(item.get("service_var_key", "")).rpartition("#")[2]),
        stage=str(item.get("stage") or ""),
        declared=frozenset(_texts(item.get("operations"))),
        used=frozenset([*_texts(item.get("observed")), *_texts(item.get("undeclared"))]),
        is_observed=is_observed,
        functions=tuple(sorted(_texts(item.get("functions")))),
        found_in=str(item.get("found_in") or ""),
        parameter_path=str(item.get("parameter_path") or ""),
        first_seen=str(item.get("first_seen") or ""),
        last_seen=max(seen, default=""),
        observed_at=str(item.get("observed_at") or ""),
    )


def _texts(value: Any) -> Iterable[str]:
    """Return the members of a set. Return no members for another value, which another program may have written."""
    return map(str, value) if isinstance(value, set | frozenset | list | tuple) else ()


def _before(moment: str, limit: datetime) -> bool:
    """Return whether an ISO 8601 time is before the limit. A time that cannot be parsed counts as before."""
    try:
        seen = datetime.fromisoformat(moment)
    except ValueError:
        return True
    return (seen if seen.tzinfo else seen.replace(tzinfo=UTC)) < limit
