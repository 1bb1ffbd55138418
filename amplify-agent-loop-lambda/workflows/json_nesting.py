"""Limit the nesting of JSON values. The limit is below the limits of the code that walks or encodes the values."""

from __future__ import annotations

from typing import Any

__all__ = ["MAX_DEPTH", "is_nested_too_deeply"]

MAX_DEPTH = 32


def is_nested_too_deeply(value: Any) -> bool:
    """Return whether lists and objects are nested more than `MAX_DEPTH` levels deep.

    Example:
        >>> is_nested_too_deeply([[{"a": 1}]])
        False
    """
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        inner = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        if not inner:
            return False
        level = [each for members in inner for each in members]
    return True
