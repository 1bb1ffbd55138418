"""Encode the results of handlers as JSON. The encoding is exact, and covers more types than `json.dumps`.

`orjson` encodes str, int, float, bool, None, dict, list, tuple, datetime (RFC 3339), date, time, UUID, Enum, dataclass
and integers up to 64 bits. This module adds Decimal (exact, without a conversion to float), bytes (base64), set and
frozenset (sorted if possible), pydantic models, mappings, pathlib paths and larger integers.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = ["dumps"]

_ORJSON_INTEGER_BITS = 63


def dumps(value: Any) -> str:
    """Encode `value` as JSON text (RFC 8259).

    Raises:
        TypeError: the value contains an object that has no JSON form. The message names the type of the object, and
            does not show the object.

    Example:
        >>> from decimal import Decimal
        >>> dumps({"cost": Decimal("0.10"), "ids": {3, 1}})
        '{"cost":0.10,"ids":[1,3]}'
    """
    import orjson  # imported here: orjson takes 9 ms, because it imports `dataclasses`, `uuid` and `json`

    try:
        return orjson.dumps(value, default=_default, option=orjson.OPT_NON_STR_KEYS).decode()
    except orjson.JSONEncodeError as error:
        if "surrogates" in str(error) or "64-bit" in str(error):
            return _dumps_slowly(value)
        raise


def _default(value: Any) -> Any:
    from decimal import Decimal

    if isinstance(value, Decimal):
        return _fragment(_exact(value))
    return _plain(value)


def _exact(value: Decimal) -> str:
    if not value.is_finite():
        return "null"  # RFC 8259 has no NaN or infinity; for a float, orjson also writes null
    return str(value)


def _plain(value: Any) -> Any:
    """Convert `value` to a value of a type that JSON has."""
    from pathlib import PurePath

    if isinstance(value, bytes | bytearray | memoryview):
        import base64

        return base64.b64encode(value).decode()
    if isinstance(value, AbstractSet):
        try:
            return sorted(value)
        except TypeError:
            return list(value)
    if hasattr(value, "model_dump"):  # pydantic 2
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"a value of type {type(value).__qualname__} has no JSON form; return str, numbers, lists or dicts")


def _dumps_slowly(value: Any) -> str:
    import orjson

    def default(inner: Any) -> Any:
        return _encodable(_default(inner))

    return orjson.dumps(_encodable(value), default=default, option=orjson.OPT_NON_STR_KEYS).decode()


def _encodable(value: Any) -> Any:
    """Convert the values that orjson refuses: integers beyond 64 bits and lone surrogates."""
    from dataclasses import fields, is_dataclass

    if isinstance(value, Enum):
        return _encodable(value.value)
    if is_dataclass(value) and not isinstance(value, type):
        members = (field.name for field in fields(value))
        return {name: _encodable(getattr(value, name)) for name in members if not name.startswith("_")}  # as orjson
    if isinstance(value, dict):
        return {_key(key): _encodable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(inner) for inner in value]
    if isinstance(value, str):
        return _text(value)
    return _fragment(str(value)) if _is_large(value) else value


def _fragment(json: str) -> Any:
    import orjson

    return orjson.Fragment(json)


def _key(key: Any) -> Any:
    if isinstance(key, Enum):
        return _key(key.value)
    if isinstance(key, str):
        return _text(key)
    return str(key) if _is_large(key) else key


def _is_large(value: Any) -> bool:
    return isinstance(value, int) and value.bit_length() >= _ORJSON_INTEGER_BITS


def _text(value: str) -> str:
    """Replace lone surrogates, which have no UTF-8 form (RFC 3629 section 3), with question marks."""
    return value.encode("utf-8", "replace").decode()
