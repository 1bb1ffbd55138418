"""How deep a JSON value is nested. What walks or encodes one has limits of its own, and is not to meet them."""

from __future__ import annotations

from typing import Any

__all__ = ["MAX_DEPTH", "is_nested_too_deeply"]

MAX_DEPTH = 32


def is_nested_too_deeply(value: Any) -> bool:
    """Whether `value` has lists and objects within each other on more than `MAX_DEPTH` levels.

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
