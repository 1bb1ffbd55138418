"""Give a test a fresh execution environment, which has chosen variables and no state of earlier tests."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pycommon.env import process_environment
from pycommon.execution_environment import renew

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["fresh_execution_environment"]


@contextmanager
def fresh_execution_environment(variables: Mapping[str, str | None]) -> Iterator[None]:
    """Simulate a cold start with `variables` (None removes a variable). Restore everything afterwards.

    Example:
        >>> with fresh_execution_environment({"STAGE": "test", "SERVICE_NAME": "files"}):
        ...     handler({}, LambdaContext())
    """
    before = process_environment.snapshot()
    for name, value in variables.items():
        process_environment.replace(name, value)
    renew()
    try:
        yield
    finally:
        renew()
        after = process_environment.snapshot()
        for name in before.keys() | after.keys():
            if before.get(name) != after.get(name):
                process_environment.replace(name, before.get(name))
