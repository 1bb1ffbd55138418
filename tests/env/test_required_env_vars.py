"""Test `@required_env_vars` on the local AWS: the values, the record and the errors."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.api.ops import api_tool, set_route_data
from pycommon.authz import setup_validated, validated
from pycommon.background import background_writes
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, S3Operation
from pycommon.decorators import required_env_vars
from pycommon.env.variable_resolver import resolver
from pycommon.exceptions import EnvVarError
from pycommon.testing import LambdaContext, fresh_execution_environment, rest_api_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Aws

    from pycommon.testing import TokenIssuer

pytestmark = pytest.mark.usefixtures("cold_start")

RECORD = "ENV_VARS_TRACKING_TABLE"
AT_MOST_S = 10.0


def reads(*variables: str) -> Callable[..., dict[str, str]]:
    """Return a handler that declares `variables` and returns their values."""

    @required_env_vars({name: [DynamoDBOperation.GET_ITEM] for name in variables})
    def handler(_event: Any, _context: Any) -> dict[str, str]:
        return {name: os.environ[name] for name in variables}

    return handler


def eventually(holds: Callable[[], bool]) -> bool:
    """Return whether `holds()` becomes true; background writes may end after the response."""
    deadline = time.monotonic() + AT_MOST_S
    pause = threading.Event()
    while not holds() and time.monotonic() < deadline:
        pause.wait(0.005)  # without a pause the loop would block the other threads
    return holds()


def record_of(aws: Aws, *variables: str) -> dict[str, dict[str, Any]]:
    """Return the record by variable, when it has all of `variables`."""

    def items() -> dict[str, dict[str, Any]]:
        return {item["variable"]: item for item in aws.items(RECORD) if "variable" in item}

    assert eventually(lambda: set(variables) <= set(items()))
    return items()


def test_values_of_both_places_are_in_the_environment(aws: Aws, cold_start: dict[str, str]) -> None:
    aws.put_parameter("FROM_STORE", "by parameter")
    aws.put_parameter("SECRET", "open sesame", "SecureString")
    answer = reads("FROM_STORE", "SECRET", "STAGE")({}, LambdaContext())
    assert answer == {"FROM_STORE": "by parameter", "SECRET": "open sesame", "STAGE": cold_start["STAGE"]}


def test_a_handler_never_runs_without_all_its_variables(aws: Aws) -> None:
    ran = []

    @required_env_vars("NOWHERE_1", "NOWHERE_2", "STAGE")
    def handler(event: Any, context: Any) -> None:
        ran.append((event, context))

    with pytest.raises(EnvVarError) as caught:
        handler({}, None)
    assert (caught.value.missing, ran) == (("NOWHERE_1", "NOWHERE_2"), [])
    aws.put_parameter("NOWHERE_1", "now")
    aws.put_parameter("NOWHERE_2", "now")
    handler({}, None)  # fixed without a new container
    assert len(ran) == 1


def test_arguments_result_and_exception_go_through() -> None:
    @required_env_vars("STAGE")
    def handler(*args: Any, **kwargs: Any) -> Any:
        if kwargs.get("fails"):
            raise LookupError("of the handler")
        return args, kwargs

    assert handler(1, 2, three=3) == ((1, 2), {"three": 3})
    with pytest.raises(LookupError, match="of the handler"):
        handler(fails=True)


def test_methods_can_declare(cold_start: dict[str, str]) -> None:
    class Service:
        @required_env_vars("STAGE")
        def stage(self) -> str:
            return os.environ["STAGE"] + self.suffix

        suffix = "!"

    assert Service().stage() == cold_start["STAGE"] + "!"


@pytest.mark.parametrize("declared_outside", [True, False])
def test_the_router_calls_the_operation_with_its_variables(aws: Aws, *, declared_outside: bool) -> None:
    aws.put_parameter("OPERATION_TABLE", "by parameter")
    declare = required_env_vars({"OPERATION_TABLE": [DynamoDBOperation.PUT_ITEM]})
    path = f"/tests/order-{declared_outside}".lower()
    describe = api_tool(path=path, name=path.replace("/", "-"), description="", parameters={"type": "object"})

    def operation(current_user: str) -> tuple[str, str]:
        return current_user, os.environ["OPERATION_TABLE"]

    route_data: dict[str, Any] = {}
    set_route_data(route_data)
    called = declare(describe(operation)) if declared_outside else describe(declare(operation))
    assert route_data[path]["handler"]("jane") == ("jane", "by parameter")
    assert called("jane") == ("jane", "by parameter")


def test_in_front_of_validated_a_missing_variable_is_a_500(
    issuer: TokenIssuer, caplog: pytest.LogCaptureFixture
) -> None:
    setup_validated({"validators": {"/a": {"a": {}}}}, lambda: lambda *_: True)

    @required_env_vars("NOWHERE")
    @validated("a")
    def handler(event: Any, context: Any, user: str, name: str, data: Any) -> str:
        return "ran"

    context = LambdaContext()
    answer: Any = handler(rest_api_event("POST", "/a", {"data": {}}, token=issuer.token("jane")), context)
    assert (answer["statusCode"], json.loads(answer["body"])) == (
        500,
        {"success": False, "error": "Internal server error", "requestId": context.aws_request_id, "details": []},
    )
    assert answer["headers"]["Access-Control-Allow-Origin"] == "*"
    assert "NOWHERE" in caplog.text


def test_each_use_is_recorded_without_its_value(aws: Aws, cold_start: dict[str, str]) -> None:
    path = aws.put_parameter("SHARE_BUCKET", "value-of-the-bucket")

    @required_env_vars({"SHARE_BUCKET": [S3Operation.HEAD_OBJECT, S3Operation.PUT_OBJECT], "STAGE": []})
    def handler(event: Any, context: Any) -> None: ...

    with fresh_execution_environment({"AWS_LAMBDA_FUNCTION_NAME": "files-dev-upload"}):
        handler({}, None)
        record = record_of(aws, "SHARE_BUCKET", "STAGE")
    service = cold_start["SERVICE_NAME"]
    bucket, stage = record["SHARE_BUCKET"], record["STAGE"]
    seen = bucket.pop("first_seen")
    assert bucket.pop("last_seen") == seen
    assert seen.endswith("Z")
    assert bucket == {
        "service_var_key": f"{service}#SHARE_BUCKET",
        "service_name": service,
        "stage": cold_start["STAGE"],
        "variable": "SHARE_BUCKET",
        "found_in": "parameter_store",
        "parameter_path": path,
        "operations": {"s3:GetObject", "s3:PutObject"},
        "functions": {"files-dev-upload"},
    }
    assert (stage["found_in"], stage["parameter_path"], "operations" in stage) == ("lambda_environment", None, False)
    assert "value-of-the-bucket" not in str(record)


def test_a_later_container_adds_to_the_record(aws: Aws, cold_start: dict[str, str]) -> None:
    handler = reads("FILES_TABLE")
    first_seen = "2020-01-01T00:00:00Z"
    key = f"{cold_start['SERVICE_NAME']}#FILES_TABLE"
    with fresh_execution_environment({"FILES_TABLE": "files", "AWS_LAMBDA_FUNCTION_NAME": "one"}):
        aws.put(RECORD, {"service_var_key": key, "first_seen": first_seen, "functions": {"zero"}})
        handler({}, None)
        assert record_of(aws, "FILES_TABLE")["FILES_TABLE"]["functions"] == {"zero", "one"}
    with fresh_execution_environment({"FILES_TABLE": "files", "AWS_LAMBDA_FUNCTION_NAME": "two"}):
        handler({}, None)
        assert eventually(lambda: "two" in record_of(aws)["FILES_TABLE"]["functions"])
        item = record_of(aws)["FILES_TABLE"]
    assert item["functions"] == {"zero", "one", "two"}
    assert item["first_seen"] == first_seen
    assert item["last_seen"] > first_seen


def test_a_warm_invocation_records_nothing_more(aws: Aws) -> None:
    handler = reads("STAGE")
    handler({}, None)
    assert set(record_of(aws, "STAGE", RECORD)) == {"STAGE", RECORD}
    aws.client("dynamodb").delete_item(
        TableName=aws.variables[RECORD], Key={"service_var_key": {"S": f"{aws.variables['SERVICE_NAME']}#STAGE"}}
    )
    handler({}, None)
    assert background_writes().wait()
    assert set(record_of(aws)) == {RECORD}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({RECORD: "no-such-table"}, "ResourceNotFoundException"),
        ({RECORD: None}, f"{RECORD} is not set"),
        ({"SERVICE_NAME": None}, "SERVICE_NAME or STAGE is not set"),
    ],
)
def test_a_record_that_cannot_be_written_is_a_warning(
    caplog: pytest.LogCaptureFixture, changes: dict[str, str | None], said: str
) -> None:
    with fresh_execution_environment({**changes, "FILES_TABLE": "files"}):
        assert reads("FILES_TABLE")({}, None) == {"FILES_TABLE": "files"}
        assert eventually(lambda: said in caplog.text)
    assert {record.levelname for record in caplog.records} == {"WARNING"}


def test_a_record_that_hangs_holds_the_answer_up_no_longer_than_the_bound() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts connections and never answers
        silent_url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with fresh_execution_environment({"AWS_ENDPOINT_URL": silent_url, "FILES_TABLE": "files"}):
            reads("STAGE")({}, None)  # import the SDK before the measurement
            begun = time.monotonic()
            assert reads("FILES_TABLE")({}, None) == {"FILES_TABLE": "files"}
            took = time.monotonic() - begun
    assert took < 1.0


def test_a_stale_parameter_is_read_again_on_the_next_invocation(aws: Aws) -> None:
    aws.put_parameter("FROM_STORE", "old")
    handler = reads("FROM_STORE")
    with fresh_execution_environment({"PARAMETER_REFRESH_SECONDS": "1"}):
        assert handler({}, None) == {"FROM_STORE": "old"}
        aws.put_parameter("FROM_STORE", "new")
        origin = resolver().origin("FROM_STORE")
        assert origin is not None
        assert handler({}, None) == {"FROM_STORE": "old"}
        assert eventually(lambda: time.monotonic() >= origin.fresh_until)
        assert handler({}, None) == {"FROM_STORE": "new"}
