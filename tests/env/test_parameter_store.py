"""Test reading parameters from the local AWS: ten at a time, decrypted, and with roles that lack permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pycommon.dal.providers.aws.clients import client
from pycommon.decorators import required_env_vars
from pycommon.env.parameter_store import fetch
from pycommon.exceptions import EnvVarError
from pycommon.testing import fresh_execution_environment

if TYPE_CHECKING:
    from conftest import Aws

pytestmark = pytest.mark.usefixtures("cold_start")

UNREACHABLE = "http://127.0.0.1:9"  # the discard port, which is closed


def calls_of(operation: str) -> list[Any]:
    """Return a list that collects the library's requests from botocore's event."""
    sent: list[Any] = []
    client("ssm").meta.events.register(
        f"before-parameter-build.ssm.{operation}", lambda params, **_: sent.append(params)
    )
    return sent


def allow(action: str, aws: Aws) -> dict[str, Any]:
    """Return a policy statement for the parameters of the service."""
    path = f"amplify/{aws.variables['STAGE']}/{aws.variables['SERVICE_NAME']}"
    return {"Effect": "Allow", "Action": action, "Resource": f"arn:aws:ssm:*:*:parameter/{path}/*"}


@pytest.mark.parametrize(("parameters", "calls"), [(1, [1]), (10, [10]), (11, [10, 1]), (23, [10, 10, 3])])
def test_one_call_for_every_ten(aws: Aws, parameters: int, calls: list[int]) -> None:
    paths = [aws.put_parameter(f"V{n}", str(n)) for n in range(parameters)]
    sent = calls_of("GetParameters")
    fetched = fetch(paths)
    assert (fetched.values, fetched.reasons) == ({path: str(n) for n, path in enumerate(paths)}, {})
    assert [len(params["Names"]) for params in sent] == calls


@pytest.mark.parametrize("kind", ["String", "SecureString", "StringList"])
def test_values_arrive_decrypted(aws: Aws, kind: str) -> None:
    path = aws.put_parameter("SECRET_NAME", "open,sesame", kind)
    assert fetch([path]).values == {path: "open,sesame"}


def test_what_is_not_there_has_its_reason(aws: Aws) -> None:
    there = aws.put_parameter("THERE", "yes")
    fetched = fetch([there, "/amplify/x/NOWHERE"])
    assert fetched.values == {there: "yes"}
    assert fetched.reasons == {"/amplify/x/NOWHERE": "no parameter /amplify/x/NOWHERE"}


def test_where_get_parameters_is_denied_get_parameter_is_tried(aws: Aws) -> None:
    there = aws.put_parameter("THERE", "yes", "SecureString")
    nowhere = there.replace("THERE", "NOWHERE")
    with fresh_execution_environment(aws.role_variables(allow("ssm:GetParameter", aws))):
        fetched = fetch([there, nowhere])
    assert fetched.values == {there: "yes"}
    assert fetched.reasons == {nowhere: f"no parameter {nowhere}"}


def test_a_role_without_both_actions_is_an_error_that_names_them(aws: Aws) -> None:
    path = aws.put_parameter("THERE", "yes")

    @required_env_vars("THERE")
    def handler(_event: Any, _context: Any) -> str:
        return "ran"

    with fresh_execution_environment({**aws.role_variables(), "THERE": None}), pytest.raises(EnvVarError) as caught:
        handler({}, None)
    assert f"the role lacks ssm:GetParameters or ssm:GetParameter on parameter{path}" in str(caught.value)


def test_a_role_for_another_service_does_not_read_this_ones(aws: Aws) -> None:
    path = aws.put_parameter("THERE", "yes")
    elsewhere = {"Effect": "Allow", "Action": "ssm:GetParameter*", "Resource": "arn:aws:ssm:*:*:parameter/other/*"}
    with fresh_execution_environment(aws.role_variables(elsewhere)):
        fetched = fetch([path])
    assert fetched.values == {}
    assert "lacks" in fetched.reasons[path]


def test_an_address_where_nobody_listens_is_a_reason_too(aws: Aws) -> None:
    with fresh_execution_environment({**aws.variables, "AWS_ENDPOINT_URL": UNREACHABLE}):
        fetched = fetch(["/a", "/b"])
    assert fetched.reasons == dict.fromkeys(["/a", "/b"], "Parameter Store did not answer (EndpointConnectionError)")
