"""Build HTTP responses in the form that API Gateway, function URLs and load balancers accept from a Lambda function."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from pycommon.encoders import dumps
from pycommon.env import process_environment
from pycommon.proxy_response import is_proxy_response, is_status_code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pycommon.authz.http_request import Request
    from pycommon.exceptions import HTTPException

__all__ = ["error_response", "response_for_exception", "response_for_result"]

ProxyResponse = dict[str, Any]

_EXPOSED = "Retry-After, WWW-Authenticate"


def response_for_result(result: Any, request: Request) -> ProxyResponse:
    """Return a handler's proxy response unchanged, or a response with status 200 and any other result as JSON.

    Raises:
        TypeError: the result has no JSON form.
    """
    if is_proxy_response(result):
        return _complete_proxy_response(result, request)
    return _response(200, dumps(result), {}, request)


def response_for_exception(error: HTTPException, request: Request | None, request_id: str | None) -> ProxyResponse:
    """Return the response for an HTTPException."""
    status = error.status if is_status_code(error.status) else 500
    return error_response(status, error.message, request, request_id, details=error.details, headers=error.headers)


def error_response(  # noqa: PLR0913 - the parts of a response
    status: int,
    message: str,
    request: Request | None,
    request_id: str | None,
    *,
    details: Sequence[Any] = (),
    headers: Mapping[str, str] | None = None,
) -> ProxyResponse:
    """Return a response with the error body: `{"success": false, "error": ..., "requestId": ..., "details": [...]}`."""
    body = {"success": False, "error": message, "requestId": request_id, "details": list(details)}
    return _response(status, dumps(body), headers or {}, request)


def _response(status: int, body: str, headers: Mapping[str, str], request: Request | None) -> ProxyResponse:
    all_headers = {"Content-Type": "application/json", **headers, **_cors(request)}
    response: ProxyResponse = {"statusCode": status, "headers": all_headers, "body": body, "isBase64Encoded": False}
    return _for_load_balancer(response) if request is not None and request.multi_value_headers else response


def _complete_proxy_response(result: Mapping[str, Any], request: Request) -> ProxyResponse:
    given = result.get("headers")
    headers = dict(given) if isinstance(given, dict) else {}
    names = {str(name).lower() for name in headers}
    headers.update({name: value for name, value in _cors(request).items() if name.lower() not in names})
    response = {**result, "headers": headers}
    body = result.get("body")
    if body is not None and not isinstance(body, str):
        response["body"] = dumps(body)
        if "content-type" not in names:
            headers["Content-Type"] = "application/json"
    else:
        dumps(result)  # API Gateway accepts only JSON; an error here is logged
    return _for_load_balancer(response) if request.multi_value_headers else response


def _for_load_balancer(response: ProxyResponse) -> ProxyResponse:
    """Return the response with `multiValueHeaders`. A target group with multi-value headers ignores `headers`."""
    headers = response.pop("headers")
    many = {name: [str(value)] for name, value in headers.items()}
    description = f"{response['statusCode']} {_phrases().get(response['statusCode'], '')}".strip()
    return {
        **response,
        "multiValueHeaders": {**many, **(response.get("multiValueHeaders") or {})},
        "statusDescription": description,
    }


@cache
def _phrases() -> dict[int, str]:
    from http import HTTPStatus

    return {status.value: status.phrase for status in HTTPStatus}


def _cors(request: Request | None) -> dict[str, str]:
    """Return the CORS headers (https://fetch.spec.whatwg.org/#http-cors-protocol) that CORS_ALLOW_ORIGIN allows."""
    allowed = process_environment.get("CORS_ALLOW_ORIGIN") or "*"
    headers = {"Access-Control-Expose-Headers": _EXPOSED}
    if allowed == "*":
        return {"Access-Control-Allow-Origin": "*", **headers}
    origins = [origin.strip() for origin in allowed.split(",")]
    sent = request.headers.get("origin", ("",))[0] if request is not None else ""
    return {"Access-Control-Allow-Origin": sent if sent in origins else origins[0], "Vary": "Origin", **headers}
