"""Test the responses to good and bad requests of every event source, by a table."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.testing import (
    LambdaContext,
    alb_event,
    function_url_event,
    http_api_event,
    rest_api_event,
)
from tests.authz.conftest import CANARY
from tests.authz.service import ANYTHING, PATH, body_of, charge

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon.testing import TokenIssuer
    from tests.conftest import Aws

GOOD = {"accountId": "a", "charge": 1}
TOKEN = object()  # in a case: a valid token of jane
ERROR_MEMBERS = {"success", "error", "requestId", "details"}


def alb_multi_value_event(*args: Any, **kwargs: Any) -> dict[str, Any]:
    return alb_event(*args, multi_value_headers=True, **kwargs)


EVENTS: dict[str, Callable[..., dict[str, Any]]] = {
    "REST API": rest_api_event,
    "HTTP API": http_api_event,
    "function URL": function_url_event,
    "load balancer": alb_event,
    "load balancer, multi-value headers": alb_multi_value_event,
}


@dataclass
class Case:
    """A request and its response: status, pointer and rule of the first fault, and a part of the error text."""

    status: int
    body: Any = field(default_factory=lambda: {"data": GOOD})
    token: Any = TOKEN
    method: str = "POST"
    path: str = PATH
    headers: dict[str, str] = field(default_factory=dict)
    change: Callable[[dict[str, Any]], object] = lambda _: None
    pointer: str | None = None
    rule: str | None = None
    error: str = ""


def data(**members: Any) -> dict[str, Any]:
    return {"data": {**GOOD, **members}}


def drop_headers(event: dict[str, Any]) -> None:
    event.pop("headers", None)
    event.pop("multiValueHeaders", None)


def set_header(name: str, *values: Any) -> Callable[[dict[str, Any]], None]:
    def change(event: dict[str, Any]) -> None:
        if "headers" in event:
            event["headers"][name] = values[-1]
        if "multiValueHeaders" in event:
            event["multiValueHeaders"][name] = list(values)

    return change


def as_base64(event: dict[str, Any]) -> None:
    event.update(body=base64.b64encode(event["body"].encode()).decode(), isBase64Encoded=True)


CASES: dict[str, Case] = {
    # 200
    "good": Case(200),
    "charge a float": Case(200, data(charge=0.5)),
    "charge a large integer": Case(200, data(charge=-(10**30))),
    "more members beside data": Case(200, {"data": GOOD, "more": [1, 2]}),
    "text beyond ASCII": Case(200, data(note="Zürich 東京 🚀")),
    "body in base64": Case(200, change=as_base64),
    "body with white space": Case(200, " \n" + json.dumps({"data": GOOD}) + "\t\n"),
    "bearer in lower case": Case(200, headers={"Authorization": "bearer {token}"}, token=None),
    "BEARER in upper case": Case(200, headers={"Authorization": "BEARER {token}"}, token=None),
    "two blanks after Bearer": Case(200, headers={"Authorization": "Bearer  {token}"}, token=None),
    "header name in upper case": Case(200, headers={"AUTHORIZATION": "Bearer {token}"}, token=None),
    "schema {} takes an object": Case(200, {"data": {"x": 1}}, path=ANYTHING),
    "schema {} takes a list": Case(200, {"data": [1]}, path=ANYTHING),
    "schema {} takes null": Case(200, {"data": None}, path=ANYTHING),
    "schema {} takes no data": Case(200, {}, path=ANYTHING),
    "schema {} takes no body": Case(200, None, path=ANYTHING),
    "GET without a body where anything goes": Case(200, None, path=ANYTHING, method="GET"),
    "DELETE with a body": Case(200, method="DELETE"),
    "headers that are null": Case(200, headers={}, change=set_header("x-null", None)),
    "a claim in the body counts for nothing": Case(200, {"data": GOOD, "account": "stolen", "user": "root"}),
    # 400: the body
    "body {": Case(400, "{", error="not JSON"),
    "body a word": Case(400, "hello", error="not JSON"),
    "body NaN": Case(400, '{"data": {"accountId": "a", "charge": NaN}}', error="not JSON"),
    "body with a trailing comma": Case(400, '{"data": {},}', error="not JSON"),
    "body with single quotes": Case(400, "{'data': {}}", error="not JSON"),
    "body cut": Case(400, '{"data": {"accountId": "a", "char', error="not JSON"),
    "body nested 100,000 deep": Case(400, "[" * 100_000, error="not JSON"),
    "body with a lone surrogate": Case(400, '{"data": "\ud800"}', error="not JSON"),
    "body a list": Case(400, "[1]", error="object"),
    "body a number": Case(400, "1", error="object"),
    "body null": Case(400, "null", pointer="", rule="required"),
    "body a text": Case(400, '"data"', error="object"),
    "body empty": Case(400, "", pointer="", rule="required"),
    "no body": Case(400, None, pointer="", rule="required"),
    "no data": Case(400, {"dat": 1}, pointer="", rule="required"),
    "body marked base64 that is none": Case(400, change=lambda e: e.update(isBase64Encoded=True), error="base64"),
    "body in base64 that is no UTF-8": Case(
        400, change=lambda e: e.update(body=base64.b64encode(b"\xff\xfe{").decode(), isBase64Encoded=True)
    ),
    "body of the event not a text": Case(400, change=lambda e: e.update(body={"data": GOOD}), error="not text"),
    # 400: the schema, with pointer and rule
    "data null": Case(400, {"data": None}, pointer="/data", rule="type"),
    "data a text": Case(400, {"data": CANARY}, pointer="/data", rule="type"),
    "data empty": Case(400, {"data": {}}, pointer="/data", rule="required"),
    "accountId a number": Case(400, data(accountId=7), pointer="/data/accountId", rule="type"),
    "accountId null": Case(400, data(accountId=None), pointer="/data/accountId", rule="type"),
    "charge a text": Case(400, data(charge=CANARY), pointer="/data/charge", rule="type"),
    "charge true": Case(400, data(charge=True), pointer="/data/charge", rule="type"),
    "charge too high": Case(400, data(charge=1000.01), pointer="/data/charge", rule="maximum"),
    "nested: wrong type": Case(400, data(details={"category": 1}), pointer="/data/details/category", rule="type"),
    "nested: not allowed": Case(400, data(details={CANARY: 1}), pointer="/data/details", rule="additionalProperties"),
    "GET without a body where a schema asks": Case(400, None, method="GET", pointer="/data", rule="required"),
    # 401
    "no token": Case(401, token=None),
    "no headers": Case(401, change=drop_headers),
    "headers null": Case(401, change=lambda e: (drop_headers(e), e.update(headers=None))),
    "headers a list": Case(401, change=lambda e: (drop_headers(e), e.update(headers=["Authorization"]))),
    "scheme Basic": Case(401, headers={"Authorization": "Basic dXNlcjpwYXNz"}, token=None),
    "no scheme": Case(401, headers={"Authorization": "{token}"}, token=None),
    "Bearer without a token": Case(401, headers={"Authorization": "Bearer "}, token=None),
    "Bearer and two tokens": Case(401, headers={"Authorization": "Bearer {token} {token}"}, token=None),
    "two bearers with a comma": Case(401, headers={"Authorization": "Bearer {token}, Bearer x"}, token=None),
    "token in another header": Case(401, headers={"X-Authorization": "Bearer {token}"}, token=None),
    "token that is none": Case(401, token="not.a.token"),
    "API key that nobody has": Case(401, token="amp-v1-" + "x" * 43),
    "no token and a broken body: the token comes first": Case(401, "{", token=None),
    # 403
    "denied": Case(403, data(accountId="denied"), error="permitted"),
    "checker that raises": Case(403, data(accountId="broken-checker"), error="permitted"),
    "path without rules": Case(403, path="/other", error="not defined"),
    "path with a slash more": Case(403, path=PATH + "/", error="not defined"),
    "path in upper case": Case(403, path=PATH.upper(), error="not defined"),
    "path above the rule's": Case(403, path="/state/accounts", error="not defined"),
    "path with the rule's inside": Case(403, path="/x" + PATH, error="not defined"),
    "path percent-encoded": Case(403, path=PATH.replace("charge", "%63harge"), error="not defined"),
    # errors of handlers
    "handler: 404": Case(404, data(accountId="missing"), error="No such account"),
    "handler: 409": Case(409, data(accountId="conflict"), error="changed"),
    "handler: 418": Case(418, data(accountId="teapot"), error="coffee"),
    "handler: an error of its own": Case(500, data(accountId="boom"), error="Internal server error"),
    "handler: a result without JSON form": Case(500, data(accountId="unencodable"), error="Internal server error"),
    "handler: a proxy answer": Case(202, data(accountId="proxy")),
}


def headers_of(answer: dict[str, Any]) -> dict[str, str]:
    if "multiValueHeaders" in answer:
        return {name.lower(): values[0] for name, values in answer["multiValueHeaders"].items()}
    return {name.lower(): value for name, value in answer["headers"].items()}


@pytest.mark.parametrize("kind", EVENTS)
def test_every_request_gets_the_answer_of_the_table(kind: str, cold_start: object, issuer: TokenIssuer) -> None:
    assert len(CASES) >= 60
    token = issuer.token("jane", name="Jane Doe")
    for name, case in CASES.items():
        headers = {key: value.format(token=token) for key, value in case.headers.items()}
        sent = token if case.token is TOKEN else case.token
        event = EVENTS[kind](case.method, case.path, case.body, token=sent, headers=headers)
        case.change(event)
        context = LambdaContext()
        answer = charge(event, context)
        assert answer["statusCode"] == case.status, f"{name}: {answer}"
        assert json.loads(json.dumps(answer)) == answer, name
        assert CANARY not in json.dumps(answer), name
        assert headers_of(answer)["access-control-allow-origin"] == "*", name
        body = body_of(answer)
        if case.status < 400:
            continue
        assert body.keys() == ERROR_MEMBERS, name
        assert body["success"] is False, name
        assert body["requestId"] == context.aws_request_id, name
        assert case.error in body["error"], f"{name}: {body}"
        assert ("www-authenticate" in headers_of(answer)) == (case.status == 401), name
        if case.pointer is not None:
            assert (body["details"][0]["pointer"], body["details"][0]["rule"]) == (case.pointer, case.rule), name


def test_the_handler_gets_the_caller(cold_start: object, issuer: TokenIssuer) -> None:
    event = rest_api_event(
        "POST", PATH, {"data": GOOD, "account": "stolen"}, token=issuer.token("jane", name="Jane Doe")
    )
    assert body_of(charge(event, LambdaContext())) == {
        "success": True,
        "user": "jane",
        "name": "Jane Doe",
        "data": {
            "data": GOOD,
            "account": "general_account",
            "api_key_id": None,
            "api_accessed": False,
            "allowed_access": ["full_access"],
            "rate_limit": None,
            "purpose": None,
            "path": PATH,
        },
    }


@pytest.mark.parametrize(
    ("claims", "user", "name"),
    [
        ({"username": "idp_jane"}, "jane", "jane"),
        ({"username": "jane"}, "jane", "jane"),
        ({"username": "idp_jane", "given_name": "Jane", "family_name": "Doe"}, "jane", "Jane Doe"),
        ({"username": "idp_jane", "name": " ", "given_name": "Jane"}, "jane", "Jane"),
        ({"username": None, "sub": "auth0|1"}, "auth0|1", "auth0|1"),
        ({"username": "idp_idp_jane"}, "idp_jane", "idp_jane"),
    ],
)
def test_user_and_display_name(
    cold_start: object, issuer: TokenIssuer, monkeypatch: pytest.MonkeyPatch, claims: Any, user: str, name: str
) -> None:
    monkeypatch.setenv("IDP_PREFIX", "idp")
    answer = charge(rest_api_event("POST", PATH, {"data": GOOD}, token=issuer.token("x", **claims)), LambdaContext())
    assert (body_of(answer)["user"], body_of(answer)["name"]) == (user, name)


@pytest.mark.parametrize(
    "event",
    [
        rest_api_event("POST", "/files/42", {"data": GOOD}, resource="/files/{id}"),
        http_api_event("POST", "/files/42", {"data": GOOD}, route="/files/{id}"),
        http_api_event("POST", "/files/42", {"data": GOOD}, route="/files/{id}", stage="v1"),
        http_api_event("POST", PATH, {"data": GOOD}, stage="v1"),
        rest_api_event("POST", f"/base{PATH}", {"data": GOOD}, resource=PATH),
        rest_api_event("POST", f"/test{PATH}", {"data": GOOD}),
    ],
    ids=["REST template", "HTTP template", "HTTP template and stage", "HTTP stage", "REST base path", "REST stage"],
)
def test_rules_are_found_behind_templates_stages_and_base_paths(
    cold_start: object, issuer: TokenIssuer, event: dict[str, Any]
) -> None:
    event["headers"]["authorization"] = f"Bearer {issuer.token('jane')}"
    event.pop("multiValueHeaders", None)
    answer = charge(event, LambdaContext())
    assert answer["statusCode"] == 200
    assert body_of(answer)["data"]["path"] in {PATH, "/files/{id}"}


def test_two_different_authorization_headers_are_refused(cold_start: object, issuer: TokenIssuer) -> None:
    event = rest_api_event("POST", PATH, {"data": GOOD}, token=issuer.token("jane"))
    event["multiValueHeaders"]["authorization"] = [f"Bearer {issuer.token('john')}"]
    assert charge(event, LambdaContext())["statusCode"] == 401


def test_cors_origins(cold_start: object, issuer: TokenIssuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ALLOW_ORIGIN", "https://a.example, https://b.example")
    for origin, allowed in {
        "https://b.example": "https://b.example",
        "https://evil.example": "https://a.example",
    }.items():
        event = rest_api_event("POST", PATH, {"data": GOOD}, token=issuer.token("jane"), headers={"Origin": origin})
        headers = charge(event, LambdaContext())["headers"]
        assert (headers["Access-Control-Allow-Origin"], headers["Vary"]) == (allowed, "Origin")


def test_a_refused_request_of_a_known_user_has_its_payer_too(cold_start: object, aws: Aws, issuer: TokenIssuer) -> None:
    aws.put("ACCOUNTS_DYNAMO_TABLE", {"user": "jane", "accounts": [{"id": "acc-1", "isDefault": True}]})
    for body in ({"data": GOOD}, {"data": {}}, "{", data(accountId="denied"), data(accountId="boom")):
        charge(rest_api_event("POST", PATH, body, token=issuer.token("jane")), LambdaContext())
    charge(rest_api_event("POST", PATH, {"data": GOOD}), LambdaContext())
    items = sorted(aws.items("USAGE_METRICS_DYNAMO_TABLE"), key=lambda item: item["timestamp"])
    assert [(item["status_code"], item["success"], item["error_type"]) for item in items] == [
        (200, True, None),
        (400, False, "HTTPBadRequest"),
        (400, False, "HTTPBadRequest"),
        (403, False, "HTTPForbidden"),
        (500, False, "ValueError"),
    ]
    assert {(item["account"], item["user"], item["endpoint"], item["operation"]) for item in items} == {
        ("acc-1", "jane", PATH, "create_charge")
    }


def test_an_unhandled_error_reaches_the_critical_errors_queue_and_not_the_caller(
    cold_start: object, aws: Aws, issuer: TokenIssuer, caplog: pytest.LogCaptureFixture
) -> None:
    context = LambdaContext()
    answer = charge(rest_api_event("POST", PATH, data(accountId="boom"), token=issuer.token("jane")), context)
    assert "must not read" not in json.dumps(answer)
    (report,) = [json.loads(message) for message in aws.messages()]
    assert report["errorType"] == "ValueError"
    assert report["currentUser"] == "jane"
    assert report["context"] == {"requestId": context.aws_request_id}
    assert "must not read" not in json.dumps(report)
    assert any(context.aws_request_id in record.getMessage() and record.exc_info for record in caplog.records)
