"""Read the HTTP request from a Lambda event.

The module reads the events of four kinds of sources: REST API (payload 1.0), HTTP API and function URL (payload 2.0),
and Application Load Balancer.

Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
and https://docs.aws.amazon.com/lambda/latest/dg/services-alb.html
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

from pycommon.exceptions import HTTPBadRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Request", "recognise"]

_NO_BODY_EXPECTED = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})
_PAYLOAD_2 = "2.0"
_DEFAULT_STAGE = "$default"


class Request(NamedTuple):
    """One HTTP request.

    Attributes:
        method: the HTTP method in upper case.
        paths: the paths under which the library looks up the rules of this request, in this order and by exact match:
            the path of the request, the path without the stage, and the API's route template (`/files/{id}`).
        headers: all values of each header, by the header's name in lower case.
        body: the body as bytes, or None when the request has no body.
        multi_value_headers: whether the response needs `multiValueHeaders` (a load balancer's setting).
    """

    method: str
    paths: tuple[str, ...]
    headers: Mapping[str, tuple[str, ...]]
    body: bytes | None
    multi_value_headers: bool = False

    def __repr__(self) -> str:
        """Show the request without headers and body. Headers and body may hold credentials and personal data."""
        return f"Request(method={self.method!r}, paths={self.paths!r})"

    @property
    def path(self) -> str:
        """Return the path that the client requested."""
        return self.paths[0]

    @property
    def may_lack_body(self) -> bool:
        """Return whether requests of this method usually have no body (RFC 9110 section 9.3)."""
        return self.method in _NO_BODY_EXPECTED

    def json(self) -> Any:
        """Parse the body as JSON, and return the value. Return None when there is no body.

        Raises:
            HTTPBadRequest: the body is not valid JSON.
        """
        if self.body is None:
            return None
        import orjson  # imported here, for the reason that `encoders.dumps` gives

        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise HTTPBadRequest(f"The body is not JSON (line {error.lineno}, column {error.colno})") from None


def recognise(event: Any) -> Request:
    """Return the request in `event`.

    Raises:
        HTTPBadRequest: the event is not an HTTP request, or its body cannot be decoded.
    """
    if not isinstance(event, dict):
        raise HTTPBadRequest("The event is not an HTTP request")
    context = _mapping(event.get("requestContext"))
    if isinstance(context.get("http"), dict) or event.get("version") == _PAYLOAD_2:
        method, paths = _payload_2(event, context)
    else:
        method, paths = _payload_1(event, context)
    return Request(
        method=method,
        paths=paths,
        headers=_headers(event),
        body=_body(event),
        multi_value_headers="elb" in context and isinstance(event.get("multiValueHeaders"), dict),
    )


def _payload_1(event: Mapping[str, Any], context: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    method, path = event.get("httpMethod"), event.get("path")
    if not _is_text(method) or not _is_path(path):
        raise HTTPBadRequest("The event is not an HTTP request")
    return method.upper(), _candidates(path, context.get("stage"), event.get("resource"))


def _payload_2(event: Mapping[str, Any], context: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    http = _mapping(context.get("http"))
    method, path = http.get("method"), event.get("rawPath", http.get("path"))
    if not _is_text(method) or not _is_path(path):
        raise HTTPBadRequest("The event is not an HTTP request")
    _, _, template = str(event.get("routeKey") or "").partition(" ")  # e.g. "POST /files/{id}", or "$default"
    return method.upper(), _candidates(path, context.get("stage"), template)


def _candidates(path: str, stage: Any, template: Any) -> tuple[str, ...]:
    candidates = [path]
    if _is_text(stage) and stage != _DEFAULT_STAGE and path.startswith(f"/{stage}/"):
        candidates.append(path.removeprefix(f"/{stage}"))
    if _is_path(template):
        candidates.append(template)
    return tuple(dict.fromkeys(candidates))


def _headers(event: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    headers: dict[str, tuple[str, ...]] = {}
    for name, value in _mapping(event.get("headers")).items():
        if _is_text(name) and isinstance(value, str):
            headers[name.lower()] = (*headers.get(name.lower(), ()), value)
    for name, values in _mapping(event.get("multiValueHeaders")).items():
        if _is_text(name) and isinstance(values, list):
            texts = tuple(value for value in values if isinstance(value, str))
            headers[name.lower()] = tuple(dict.fromkeys((*headers.get(name.lower(), ()), *texts)))
    return headers


def _body(event: Mapping[str, Any]) -> bytes | None:
    body = event.get("body")
    if body is None or body == "":
        return None
    if not isinstance(body, str):
        raise HTTPBadRequest("The body of the event is not text")
    if event.get("isBase64Encoded") is True:
        try:
            return binascii.a2b_base64(body, strict_mode=True) or None
        except (binascii.Error, ValueError):
            raise HTTPBadRequest("The body is marked as base64 but is not valid base64") from None
    return body.encode("utf-8", "surrogatepass")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_text(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and value != ""


def _is_path(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and value.startswith("/")
