"""Check a usage item in DynamoDB JSON before it is written.

Sources: docs/metering.md for the attributes,
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html for the format.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from pycommon.dal.providers.aws.attribute_values import to_item

_TEXT, _NUMBER, _FLAG, _NONE = "text", "a number", "true or false", "null"

_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "account": (_TEXT,),
    "timestamp": (_TEXT,),
    "user": (_TEXT,),
    "operation": (_TEXT,),
    "endpoint": (_TEXT, _NONE),
    "event_source": (_TEXT,),
    "duration_ms": (_NUMBER,),
    "memory_used_mb": (_NUMBER,),
    "memory_allocated_mb": (_NUMBER,),
    "lambda_cost": (_NUMBER,),
    "success": (_FLAG,),
    "error_type": (_TEXT, _NONE),
    "ttl": (_NUMBER,),
}
_POSSIBLE: Final[Mapping[str, tuple[str, ...]]] = {
    "api_key_id": (_TEXT, _NONE),
    "started_at": (_TEXT,),
    "request_id": (_TEXT, _NONE),
    "service": (_TEXT, _NONE),
    "function": (_TEXT, _NONE),
    "version": (_TEXT, _NONE),
    "stage": (_TEXT, _NONE),
    "architecture": (_TEXT,),
    "status_code": (_NUMBER, _NONE),
    "cold_start": (_FLAG,),
    "billed_duration_ms": (_NUMBER,),
    "init_duration_ms": (_NUMBER, _NONE),
    "request_cost": (_NUMBER, _NONE),
    "records": (_NUMBER, _NONE),
    "batch_records": (_NUMBER, _NONE),
    "failed_records": (_NUMBER, _NONE),
}
_NOT_OF_A_FUNCTION: Final = "counted_at"  # the roll-up sets this attribute, and skips items that have it
_LARGEST_EXPONENT: Final = 125
_KEY_BYTES: Final = 2048  # of a partition key


class DamagedItemError(ValueError):
    """No function wrote this item: an attribute is wrong. The message names the attribute, but never its value."""


def read_item(item: Any) -> dict[str, Any]:
    """Return the values of an item in DynamoDB JSON, in the form that `pycommon.metrics.usage_store.write_once` takes.

    Unknown attributes stay in the item, because a later version of the library may write more attributes.

    Raises:
        DamagedItemError: `item` is not an object, an attribute is missing, or an attribute has the wrong type.

    Example:
        >>> read_item({"account": {"S": "acc-1"}})
        Traceback (most recent call last):
        pycommon_cli.usage.usage_items.DamagedItemError: timestamp is missing
    """
    if not isinstance(item, dict):
        raise DamagedItemError("it has no item")
    values = {name: _value(name, attribute) for name, attribute in item.items()}
    _check_types(values)
    _check_key(values)
    if _NOT_OF_A_FUNCTION in values:
        raise DamagedItemError(f"{_NOT_OF_A_FUNCTION} is present, but functions do not write it")
    try:
        to_item(values)
    except ValueError as error:
        raise DamagedItemError(str(error)) from None
    return values


def _check_types(values: Mapping[str, Any]) -> None:
    for name in _NEEDED:
        if name not in values:
            raise DamagedItemError(f"{name} is missing")
    for name, kinds in {**_NEEDED, **_POSSIBLE}.items():
        if name not in values:
            continue
        if _kind(values[name]) not in kinds:
            raise DamagedItemError(f"{name} is not {' or '.join(kinds)}")
        if _NUMBER in kinds and values[name] is not None and values[name] < 0:
            raise DamagedItemError(f"{name} is negative")


def _check_key(values: Mapping[str, Any]) -> None:
    account, timestamp = values["account"], values["timestamp"]
    if not 0 < len(account.encode()) <= _KEY_BYTES:
        raise DamagedItemError(f"account does not have 1 to {_KEY_BYTES} bytes")
    try:
        well = timestamp.endswith("Z") and "T" in timestamp and bool(datetime.fromisoformat(timestamp))
    except ValueError:
        well = False
    if not well:
        raise DamagedItemError("timestamp is not a UTC time in ISO 8601 that ends in Z")


def _kind(value: Any) -> str | None:
    if value is None:
        return _NONE
    return {bool: _FLAG, str: _TEXT, Decimal: _NUMBER}.get(type(value))


def _value(name: str, attribute: Any) -> Any:
    match attribute:
        case {"S": str(text), **rest} if not rest and _encodable(text):
            return text
        case {"N": str(text), **rest} if not rest:
            return _number(name, text)
        case {"BOOL": bool(flag), **rest} if not rest:
            return flag
        case {"NULL": True, **rest} if not rest:
            return None
        case {"L": list(members), **rest} if not rest:
            return [_value(name, member) for member in members]
        case {"M": dict(members), **rest} if not rest:
            return {key: _value(name, member) for key, member in members.items()}
        case _:  # also sets and bytes, because functions do not write these types
            raise DamagedItemError(f"{name} is not an attribute value that a function writes")


def _number(name: str, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise DamagedItemError(f"{name} is not a valid DynamoDB number")
    return number


def _encodable(text: str) -> bool:
    """Return whether the text can be encoded as UTF-8. A lone surrogate cannot be encoded (RFC 3629, section 3)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
