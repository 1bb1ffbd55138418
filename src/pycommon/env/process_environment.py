"""The process environment, read and written in this one module.

Everything else asks here, so that "which variables does the library look at" has one answer, and a test can look at it.
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
    """The value of `name`, or None where it is unset or empty: an empty value configures nothing."""
    return os.environ.get(name) or None


def publish(name: str, value: str) -> None:
    """Let `os.environ[name]` give `value` from now on, as the specification's handlers read it."""
    os.environ[name] = value


def replace(name: str, value: str | None) -> None:
    """Set `name` to `value`; None takes it away. For tests."""
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def snapshot() -> Mapping[str, str]:
    """A copy of the environment as it is."""
    return dict(os.environ)


def number(name: str, default: float, *, at_least: float = 0.0, at_most: float = float("inf")) -> float:
    """The number that `name` holds; `default` where it is unset, is no number, or lies outside the bounds.

    A setting that cannot be read must not stop a function that guards itself with the default: it is said in the log.
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
    _logger.warning(
        "%s is set to something that is no number from %g to %g; %g is used", name, at_least, at_most, default
    )
    return default
