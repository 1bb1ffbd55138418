"""API: routers, and the operations behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.check.findings import Severity
from pycommon_cli.check.rules.rule_registry import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.service_facts import Service


@rule("API001", "late-route-data", Severity.WARNING)
def late_route_data(service: Service) -> Iterator[Problem]:
    """`set_route_data` is called after the import of the modules with operations."""
    for place in service.code.late_route_data:
        yield Problem(
            place,
            "set_route_data is called after the import of the modules with operations",
            "call set_route_data before these imports",
        )
