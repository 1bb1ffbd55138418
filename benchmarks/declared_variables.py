"""Compare two decorators in a warm call: `@required_env_vars` with five variables, and a decorator without any effect.

    .venv/bin/python benchmarks/declared_variables.py

The two decorators take turns. If the machine becomes slower, both are affected. The output has medians and quartiles.
"""

from __future__ import annotations

import functools
import statistics
import sys
import timeit
from functools import partial
from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars
from pycommon.testing import fresh_execution_environment

if TYPE_CHECKING:
    from collections.abc import Callable

VARIABLES = [f"TABLE_{number}" for number in range(5)]
CALLS, ROUNDS = 20_000, 25
NS = 1_000_000_000


def handler(event: Any, context: Any) -> None:
    """Do nothing, so that only the decorator is measured."""


def does_nothing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate without any effect. This decorator shows the lowest possible cost."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


def main() -> None:
    """Print the times of both decorators, and the difference for each call."""
    declared = required_env_vars({name: [DynamoDBOperation.GET_ITEM] for name in VARIABLES})(handler)
    peers = {"a decorator that does nothing": does_nothing(handler), "@required_env_vars, five variables": declared}
    times: dict[str, list[float]] = {name: [] for name in peers}
    with fresh_execution_environment({**dict.fromkeys(VARIABLES, "x"), "SERVICE_NAME": None, "STAGE": None}):
        for _ in range(ROUNDS):
            for name, function in peers.items():
                took = timeit.timeit(partial(function, {}, None), number=CALLS)
                times[name].append(took / CALLS * NS)
    medians = []
    for name, each in times.items():
        low, median, high = statistics.quantiles(each, n=4)
        medians.append(median)
        sys.stdout.write(f"{name:36} {median:7.0f} ns a call ({low:.0f} to {high:.0f})\n")
    sys.stdout.write(f"{'difference':36} {medians[1] - medians[0]:7.0f} ns, ratio {medians[1] / medians[0]:.2f}\n")


if __name__ == "__main__":
    main()
