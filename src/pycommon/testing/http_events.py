"""Build the events of Lambda's HTTP event sources.

Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html,
https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html, https://docs.aws.amazon.com/lambda/latest/dg/services-alb.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["alb_event", "function_url_event", "http_api_event", "rest_api_event"]

Event = dict[str, Any]


def rest_api_event(  # noqa: PLR0913 - the parts of a request
    method: str,
    path: str,
    body: Any = None,
    *,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
    resource: str | None = None,
    stage: str = "test",
) -> Event:
    """Return an event of a REST API (payload 1.0). A body that is not a text is sent as JSON."""
    sent = _headers(token, headers)
    return {
        "resource": resource or path,
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource or path,
            "httpMethod": method,
            "path": f"/{stage}{path}",
            "stage": stage,
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "apiId": "1234567890",
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": _body(body),
        "isBase64Encoded": False,
    }


def http_api_event(  # noqa: PLR0913 - the parts of a request
    method: str,
    path: str,
    body: Any = None,
    *,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
    route: str | None = None,
    stage: str = "$default",
) -> Event:
    """Return an event of an HTTP API (payload 2.0). Header names are in lower case, as in real events."""
    raw_path = path if stage == "$default" else f"/{stage}{path}"
    return {
        "version": "2.0",
        "routeKey": f"{method} {route or path}",
        "rawPath": raw_path,
        "rawQueryString": "",
        "headers": {name.lower(): value for name, value in _headers(token, headers).items()},
        "requestContext": {
            "apiId": "1234567890",
            "http": {"method": method, "path": raw_path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": f"{method} {route or path}",
            "stage": stage,
        },
        "body": _body(body),
        "isBase64Encoded": False,
    }


def function_url_event(
    method: str, path: str, body: Any = None, *, token: str | None = None, headers: Mapping[str, str] | None = None
) -> Event:
    """Return an event of a function URL: payload 2.0 without routes."""
    event = http_api_event(method, path, body, token=token, headers=headers)
    event["routeKey"] = event["requestContext"]["routeKey"] = "$default"
    return event


def alb_event(  # noqa: PLR0913 - the parts of a request
    method: str,
    path: str,
    body: Any = None,
    *,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
    multi_value_headers: bool = False,
) -> Event:
    """Return an event of a load balancer. `multi_value_headers` is the target group's setting of that name."""
    sent = {name.lower(): value for name, value in _headers(token, headers).items()}
    event: Event = {
        "requestContext": {
            "elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/t/1"}
        },
        "httpMethod": method,
        "path": path,
        "queryStringParameters": {},
        "body": _body(body) or "",
        "isBase64Encoded": False,
    }
    if multi_value_headers:
        return {**event, "multiValueHeaders": {name: [value] for name, value in sent.items()}}
    return {**event, "headers": sent}


def _headers(token: str | None, headers: Mapping[str, str] | None) -> dict[str, str]:
    sent = {"Content-Type": "application/json", **(headers or {})}
    return sent if token is None else {"Authorization": f"Bearer {token}", **sent}


def _body(body: Any) -> str | None:
    return body if body is None or isinstance(body, str) else json.dumps(body)
