"""Define the axes of the growth benchmark: the things that can grow, with their sizes and expected costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks import growth_services as services

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.growth_services import Event
    from pycommon.testing import TokenIssuer

__all__ = ["AXES", "Axis"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One thing that grows.

    Attributes:
        title: the name of the thing that grows, which is the title of its plot.
        unit: the unit of the sizes.
        sizes: the sizes, in ascending order.
        service: returns the source of the service for a size.
        events: returns the requests for a size. The benchmark sends these requests in turn.
        of_import: the expected growth of an import: "flat", "linear", or None if imports are not measured.
        of_request: the expected growth of a warm request: "flat" or "linear".
        bounds: the largest allowed ratios between the costs of the largest and the smallest size. They are given if
            "flat" allows too much.
        environment: returns additional variables of the function for a size.
        accounts: returns the number of the user's accounts for a size.
        records: returns the number of usage records of a request for a size. The table must have all these records.
        modules: returns additional modules of the service for a size.
    """

    title: str
    unit: str
    sizes: tuple[int, ...]
    service: Callable[[int], str]
    events: Callable[[int, TokenIssuer], list[Event]] = services.to_the_first
    of_import: str | None = None
    of_request: str | None = None
    bounds: Mapping[str, float] = field(default_factory=dict)
    environment: Callable[[int], Mapping[str, str]] = field(default=lambda _size: {})
    accounts: Callable[[int], int] = field(default=lambda _size: 1)
    records: Callable[[int], int] = field(default=lambda _size: 1)
    modules: Callable[[int], Mapping[str, str]] = field(default=lambda _size: {})


OPERATIONS = (10, 100, 1_000, 10_000)
AXES: Mapping[str, Axis] = {
    "rules": Axis(
        title="Operations in `rules`, one handler",
        unit="operations",
        sizes=OPERATIONS,
        service=services.many_rules,
        events=services.to_one_in_the_middle,
        of_import="flat",
        of_request="flat",
        bounds={"import": 1.2, "request": 1.05},
    ),
    "rules-on-demand": Axis(
        title="Operations in `rules`, read when asked for",
        unit="operations",
        sizes=OPERATIONS,
        service=services.rules_on_demand,
        modules=services.modules_of_rules,
        events=services.to_one_in_an_area,
        of_import="flat",
        of_request="flat",
        bounds={"import": 1.2, "request": 1.05},
    ),
    "handlers": Axis(
        title="Operations in `rules`, a handler for each",
        unit="handlers",
        sizes=OPERATIONS,
        service=services.many_handlers,
        of_import="linear",
    ),
    "routes": Axis(
        title="Operations behind the router (`@api_tool`)",
        unit="operations",
        sizes=OPERATIONS,
        service=services.many_routes,
        events=services.to_one_in_the_middle,
        of_import="linear",
        of_request="flat",
    ),
    "variables": Axis(
        title="Declared variables of one function",
        unit="variables",
        sizes=(1, 10, 100, 1_000),
        service=services.many_variables,
        environment=lambda size: {f"VARIABLE_{number}": f"table-{number}" for number in range(size)},
        of_import="linear",
        of_request="flat",
    ),
    "accounts": Axis(
        title="Accounts of one user, looked up for each request",
        unit="accounts",
        sizes=(1, 10, 100, 1_000),
        service=services.one_operation,
        events=services.to_the_only_one,
        environment=lambda _size: {"ACCOUNT_CACHE_SECONDS": "0"},
        accounts=lambda size: size,
        of_request="linear",
    ),
    "accounts-kept": Axis(
        title="Accounts of one user, looked up once",
        unit="accounts",
        sizes=(1, 10, 100, 1_000),
        service=services.one_operation,
        events=services.to_the_only_one,
        accounts=lambda size: size,
        of_request="flat",
    ),
    "body": Axis(
        title="Size of the body",
        unit="bytes",
        sizes=(1_000, 10_000, 100_000, 1_000_000, 6_000_000),
        service=services.any_size_of_body,
        events=services.of_body_size,
        of_request="linear",
    ),
    "claims": Axis(
        title="Claims of a token that was not seen before",
        unit="claims",
        sizes=(3, 10, 30, 100, 300),
        service=services.one_operation,
        events=services.of_new_tokens,
        of_request="linear",
    ),
    "batch": Axis(
        title="Messages of an SQS batch, one payer",
        unit="messages",
        sizes=(1, 10, 100, 1_000, 10_000),
        service=services.tracked,
        events=services.batch_of_one_payer,
        of_request="linear",
    ),
    "payers": Axis(
        title="Accounts that pay for one SQS batch",
        unit="accounts",
        sizes=(1, 10, 100, 1_000),
        service=services.tracked,
        events=services.batch_of_many_payers,
        records=lambda size: size,
        of_request="linear",
    ),
    "users": Axis(
        title="Users of one account that pay for one SQS batch",
        unit="users",
        sizes=(1, 10, 100, 1_000),
        service=services.tracked,
        events=services.batch_of_many_users,
        records=lambda size: size,
        of_request="linear",
    ),
}
