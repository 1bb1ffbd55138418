"""Read and write the process environment. No other module of the library uses `os.environ`.

This module therefore shows which variables the library reads, and tests can check these reads.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["get", "number", "publish", "replace", "snapshot"]

_logger = logging.getLogger(__name__)


def get(name: str) -> str | None:
    """Return the value of `name`, or None if it is unset or empty."""
    return os.environ.get(name) or None


def publish(name: str, value: str) -> None:
    """Set `os.environ[name]` to `value`, so that handlers can read it there."""
    os.environ[name] = value


def replace(name: str, value: str | None) -> None:
    """Set the variable `name` to `value`, or delete the variable if `value` is None. Only tests use this function."""
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def snapshot() -> Mapping[str, str]:
    """Return a copy of the environment."""
    return dict(os.environ)


def number(name: str, default: float, *, at_least: float = 0.0, at_most: float = float("inf")) -> float:
    """Return the number in the variable `name`, or `default` if the value is unset, not a number, or out of range.

    Only log an invalid setting, because such a setting must not stop a function.
    """
    text = get(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if at_least <= value <= at_most:
        return value
    _logger.warning("%s is not a number from %g to %g; the default %g is used", name, at_least, at_most, default)
    return default
