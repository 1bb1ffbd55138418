"""Answers to an HTTP request, as API Gateway, function URLs and load balancers take them from a Lambda function."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from pycommon.encoders import dumps
from pycommon.env import process_environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pycommon.authz.http_request import Request
    from pycommon.exceptions import HTTPException

__all__ = ["answer_result", "error_answer", "from_exception"]

Answer = dict[str, Any]

_EXPOSED = "Retry-After, WWW-Authenticate"


def answer_result(result: Any, request: Request) -> Answer:
    """The answer for what a handler returned: a proxy response passes through, anything else is 200 with it as JSON.

    Raises:
        TypeError: the result has no JSON form.
    """
    if isinstance(result, dict) and _is_status(result.get("statusCode")):
        return _proxy_answer(result, request)
    return _answer(200, dumps(result), {}, request)


def from_exception(error: HTTPException, request: Request | None, request_id: str | None) -> Answer:
    """The answer that an HTTPException stands for."""
    status = error.status if _is_status(error.status) else 500
    return error_answer(status, error.message, request, request_id, details=error.details, headers=error.headers)


def error_answer(  # noqa: PLR0913 - the parts of an answer
    status: int,
    message: str,
    request: Request | None,
    request_id: str | None,
    *,
    details: Sequence[Any] = (),
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """The one error body: `{"success": false, "error": ..., "requestId": ..., "details": [...]}`."""
    body = {"success": False, "error": message, "requestId": request_id, "details": list(details)}
    return _answer(status, dumps(body), headers or {}, request)


def _answer(status: int, body: str, headers: Mapping[str, str], request: Request | None) -> Answer:
    all_headers = {"Content-Type": "application/json", **headers, **_cors(request)}
    answer: Answer = {"statusCode": status, "headers": all_headers, "body": body, "isBase64Encoded": False}
    return _for_load_balancer(answer) if request is not None and request.multi_value_headers else answer


def _proxy_answer(result: Mapping[str, Any], request: Request) -> Answer:
    given = result.get("headers")
    headers = dict(given) if isinstance(given, dict) else {}
    names = {str(name).lower() for name in headers}
    headers.update({name: value for name, value in _cors(request).items() if name.lower() not in names})
    answer = {**result, "headers": headers}
    body = result.get("body")
    if body is not None and not isinstance(body, str):
        answer["body"] = dumps(body)
        if "content-type" not in names:
            headers["Content-Type"] = "application/json"
    else:
        dumps(result)  # API Gateway takes JSON only: what has no JSON form must fail here, with a line in the log
    return _for_load_balancer(answer) if request.multi_value_headers else answer


def _for_load_balancer(answer: Answer) -> Answer:
    """A target group with multi-value headers ignores `headers`."""
    headers = answer.pop("headers")
    many = {name: [str(value)] for name, value in headers.items()}
    description = f"{answer['statusCode']} {_phrases().get(answer['statusCode'], '')}".strip()
    return {
        **answer,
        "multiValueHeaders": {**many, **(answer.get("multiValueHeaders") or {})},
        "statusDescription": description,
    }


@cache
def _phrases() -> dict[int, str]:
    from http import HTTPStatus

    return {status.value: status.phrase for status in HTTPStatus}


def _cors(request: Request | None) -> dict[str, str]:
    """CORS (https://fetch.spec.whatwg.org/#http-cors-protocol) by CORS_ALLOW_ORIGIN: "*" or a list of origins."""
    allowed = process_environment.get("CORS_ALLOW_ORIGIN") or "*"
    headers = {"Access-Control-Expose-Headers": _EXPOSED}
    if allowed == "*":
        return {"Access-Control-Allow-Origin": "*", **headers}
    origins = [origin.strip() for origin in allowed.split(",")]
    sent = request.headers.get("origin", ("",))[0] if request is not None else ""
    return {"Access-Control-Allow-Origin": sent if sent in origins else origins[0], "Vary": "Origin", **headers}


def _is_status(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599  # noqa: PLR2004 - RFC 9110
