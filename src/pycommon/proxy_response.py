"""Decide whether a handler's result is a proxy response: an HTTP response in the form that API Gateway accepts.

A proxy response is a dict whose `statusCode` is an HTTP status code: an `int` from 100 to 599. A text such as "404",
`True` and 99999 are not status codes. Every part of the library that looks for a proxy response uses this module.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

from typing import Any

__all__ = ["is_proxy_response", "is_status_code", "status_of"]

_LOWEST_STATUS = 100
_HIGHEST_STATUS = 599


def is_status_code(value: Any) -> bool:
    """Return whether `value` is an HTTP status code (RFC 9110 section 15)."""
    return isinstance(value, int) and not isinstance(value, bool) and _LOWEST_STATUS <= value <= _HIGHEST_STATUS


def status_of(result: Any) -> int | None:
    """Return the status code of a proxy response, or None when `result` is not a proxy response.

    Example:
        >>> status_of({"statusCode": 404}), status_of({"statusCode": "404"})
        (404, None)
    """
    status = result.get("statusCode") if isinstance(result, dict) else None
    return status if is_status_code(status) else None


def is_proxy_response(result: Any) -> bool:
    """Return whether `result` is a proxy response."""
    return status_of(result) is not None
