"""Test that a guarded handler returns JSON with a known status for any event, and never raises."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon.testing import LambdaContext, alb_event, http_api_event, rest_api_event
from tests.authz.service import PATH, charge

if TYPE_CHECKING:
    from pycommon.testing import TokenIssuer

STATUSES = {200, 202, 400, 401, 403, 404, 409, 418, 429, 500, 503}

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
anything = json_values | st.binary(max_size=20) | st.sets(st.integers(), max_size=3) | st.builds(object)


def check(answer: Any) -> None:
    assert answer["statusCode"] in STATUSES
    assert isinstance(json.loads(answer["body"]), dict)
    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.usefixtures("cold_start")
@given(event=anything)
def test_any_value_for_an_event(event: Any) -> None:
    check(charge(event, LambdaContext()))


@pytest.mark.usefixtures("cold_start")
@given(data=st.data())
def test_an_event_with_any_member_replaced(issuer: TokenIssuer, data: st.DataObject) -> None:
    make = data.draw(st.sampled_from([rest_api_event, http_api_event, alb_event]))
    event = make("POST", PATH, {"data": {"accountId": "a", "charge": 1}}, token=issuer.token("jane"))
    for name in data.draw(st.sets(st.sampled_from(sorted(event)), max_size=3)):
        event[name] = data.draw(anything)
    context = event.get("requestContext")
    if isinstance(context, dict) and context:
        context[data.draw(st.sampled_from(sorted(context)))] = data.draw(anything)
    check(charge(event, data.draw(st.sampled_from([None, LambdaContext(), "no context", 1]))))


@pytest.mark.usefixtures("cold_start")
@given(
    body=st.text(max_size=200) | json_values.map(lambda value: json.dumps({"data": value})), base64_flag=st.booleans()
)
def test_any_body(issuer: TokenIssuer, body: str, base64_flag: bool) -> None:  # noqa: FBT001 - drawn
    event = rest_api_event("POST", PATH, body, token=issuer.token("jane"))
    check(charge({**event, "isBase64Encoded": base64_flag}, LambdaContext()))


@pytest.mark.usefixtures("cold_start")
@given(header=st.text(max_size=300), name=st.sampled_from(["Authorization", "authorization", "AUTHORIZATION"]))
def test_any_authorization_header(header: str, name: str) -> None:
    event = rest_api_event("POST", PATH, {"data": {}}, headers={name: header})
    answer = charge(event, LambdaContext())
    check(answer)
    assert answer["statusCode"] == 401
