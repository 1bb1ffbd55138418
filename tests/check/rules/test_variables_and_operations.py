"""Edge cases of the ENV and OPS rules, on facts."""

import pytest

from pycommon_cli.analysis.lambda_environment import nobodys_to_declare, read_by_library
from tests.check.rules.building import TABLE, call, declared, found, function, handler, place, read, service

GET = "dynamodb:GetItem"


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_LAMBDA_FUNCTION_NAME", "TZ", "PATH", "AWS_ENDPOINT_URL_S3"])
def test_what_lambda_sets_is_nobodys_to_declare(variable):
    assert nobodys_to_declare(variable)
    assert found("ENV001", service(handler(declared=(declared(),), reads=(read(variable),)), function())) == []


@pytest.mark.parametrize(
    "variable", ["LOG_LEVEL", "STAGE", "SERVICE_NAME", "CORS_ALLOW_ORIGIN", "JWKS_TIMEOUT_SECONDS"]
)
def test_what_the_library_reads_may_be_declared_and_not_read(variable):
    assert read_by_library(variable)
    assert found("ENV003", service(handler(declared=(declared(variable=variable),)), function())) == []


@pytest.mark.parametrize(
    ("environment", "calls", "expected"),
    [
        ({}, (), []),
        ({"COLOUR": "red"}, (), [("core.py", 10)]),
        ({}, (call("GetItem", variable="COLOUR"),), [("core.py", 10)]),
    ],
    ids=["not set", "set", "names a resource"],
)
def test_optional_read(environment, calls, expected):
    needy = handler(declared=(declared(GET),), reads=(read("COLOUR", optional=True),), calls=calls)
    assert found("ENV001", service(needy, function(environment=environment))) == expected


def test_variable_that_is_not_declared_is_one_finding_with_its_operations():
    from pycommon_cli.check.rules import rules

    calls = (call("GetItem", line=20), call("PutItem", line=21))
    of = service(
        handler(declared=(declared(variable="STAGE"),), reads=(read(line=10), read(line=11)), calls=calls), function()
    )
    [finding] = rules()["ENV001"].findings(of)
    assert finding.place == place(10)
    assert "DynamoDBOperation.GET_ITEM, DynamoDBOperation.PUT_ITEM" in finding.help_text
    assert found("OPS001", of) == []


def test_function_below_with_a_declaration_of_its_own_speaks_for_itself():
    outer = handler(declared=(declared(variable="STAGE"),), reads=(read(),), calls=(call("GetItem"),))
    inner = handler("files.find", declared=(declared(GET, line=40),), reads=(read(),), calls=(call("GetItem"),))
    of = service(outer, inner, function())
    assert found("ENV001", of) == found("OPS001", of) == []


def test_variable_of_one_function_is_asked_for_in_that_function():
    of = service(
        handler("core.a", declared=(declared(line=2),)),
        handler("core.b", declared=(declared(line=3),)),
        function("a", "core.a"),
        function("b", "core.b", environment={}),
    )
    assert found("ENV002", of) == [("core.py", 3)]


def test_empty_value_is_none():
    needy = handler(declared=(declared(),))
    assert found("ENV002", service(needy, function(environment={TABLE: ""}))) == [("core.py", 2)]


def test_operation_is_idle_only_where_others_through_the_variable_are_seen():
    two = declared(GET, "dynamodb:DeleteItem")
    unseen = handler(declared=(two,), reads=(read(),))
    seen = handler(declared=(two,), reads=(read(),), calls=(call("GetItem"),))
    elsewhere = handler(
        declared=(two,), reads=(read(),), calls=(call("GetItem"), call("DeleteItem", variable=None, line=21))
    )
    assert found("OPS002", service(unseen, function())) == []
    assert found("OPS002", service(seen, function())) == [("core.py", 2)]
    assert found("OPS002", service(elsewhere, function())) == []


def test_call_that_only_some_cases_make_need_not_be_declared():
    abort = call("AbortMultipartUpload", service="s3", conditional=True)
    assert found("OPS001", service(handler(declared=(declared(GET),), calls=(abort,)), function())) == []


def test_call_of_the_library_need_not_be_declared():
    own = call("UpdateItem", by_library=True)
    assert found("OPS001", service(handler(declared=(declared(GET),), calls=(own,)), function())) == []
    assert found("ENV006", service(handler(calls=(own,)), function())) == []


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("FILES_TABLE", "files", True),
        ("PLACE", "<ref:FilesTable>", True),
        ("PLACE", "arn:aws:sqs:us-east-1:1:jobs", True),
        ("QUEUE_LENGTH", "10", False),
        ("PLACE", "here", False),
    ],
)
def test_variable_that_names_a_resource(variable, value, expected):
    needy = handler(declared=(declared(variable=variable),), reads=(read(variable),))
    assert bool(found("ENV004", service(needy, function(environment={variable: value})))) is expected
