"""Edge cases of the IAM rules, on facts: needs compared with grants."""

import pytest

from pycommon.authz.authentication_settings import ALWAYS_NEEDED, LIBRARY_DECLARATION
from pycommon_cli.analysis.facts import ReadingTrouble
from pycommon_cli.analysis.handler_needs import library_needs, library_variables
from pycommon_cli.analysis.serverless.symbolic_text import joined, symbol
from tests.check.rules.building import (
    ARN,
    TABLE,
    call,
    declared,
    found,
    function,
    grant,
    handler,
    place,
    read,
    service,
    yml,
)

GET, PUT, QUERY = "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"


def test_library_needs_are_the_librarys_own_declarations():
    guarded = handler(decorators=(("validated", place(1)),))
    needs = library_needs(guarded)
    actions = {need.variable: tuple(each.action for each in needs if each.variable == need.variable) for need in needs}
    assert actions == {name: own or ("",) for name, own in LIBRARY_DECLARATION.actions.items()}
    assert {need.variable for need in needs if need.required} == set(ALWAYS_NEEDED)
    assert set(actions) <= library_variables()


def test_a_handler_is_asked_once_for_what_two_decorators_need():
    both = handler(decorators=(("required_env_vars", place(1)), ("validated", place(2))))
    needs = [(need.variable, need.action) for need in library_needs(both)]
    assert len(needs) == len(set(needs))
    by = {(need.variable, need.by) for need in library_needs(both)}
    assert len(by) == len({variable for variable, _ in by})


@pytest.mark.parametrize(
    ("action", "resource", "parts", "expected"),
    [
        (QUERY, ARN, (), {}),
        (QUERY, f"{ARN}/index/*", (), {}),
        (QUERY, f"{ARN}/index/by-owner", ("by-owner",), {}),
        (QUERY, ARN, ("by-owner",), {"IAM003": [("serverless.yml", 32)]}),
        (QUERY, f"{ARN}/index/*", ("",), {"IAM003": [("serverless.yml", 32)]}),
        (GET, f"{ARN}/index/*", ("",), {"IAM003": [("serverless.yml", 32)]}),
        (GET, "arn:aws:dynamodb:us-east-1:*:table/others", ("",), {"IAM001": [("core.py", 2)]}),
        (GET, "arn:aws:dynamodb:us-east-1:*:table/f*", ("",), {}),
    ],
)
def test_parts_of_a_table(action, resource, parts, expected):
    calls = tuple(call(action.partition(":")[2], part=part) for part in parts)
    of = service(
        handler(declared=(declared(action),), calls=calls), function(grants=(grant(action, resources=(resource,)),))
    )
    assert {code: places for code in ("IAM001", "IAM003") if (places := found(code, of))} == expected


def test_where_nothing_is_declared_the_use_is_what_is_needed():
    of = service(handler(calls=(call("GetItem", line=20), call("GetItem", line=25))), function(grants=(grant(PUT),)))
    assert found("IAM001", of) == [("core.py", 20)]
    assert found("IAM002", of) == [("serverless.yml", 31)]


def test_use_that_is_not_declared_is_told_once_and_its_grant_is_not_idle():
    of = service(handler(declared=(declared(GET),), calls=(call("PutItem"),)), function(grants=(grant(GET, PUT),)))
    assert found("OPS001", of) == [("core.py", 20)]
    assert found("IAM002", of) == found("IAM001", of) == []


def test_role_that_two_functions_share_is_needed_by_either():
    shared = grant(GET, PUT)
    of = service(
        handler("core.read", declared=(declared(GET),)),
        handler("core.write", declared=(declared(PUT),)),
        function("read", "core.read", grants=(shared,)),
        function("write", "core.write", grants=(shared,)),
    )
    assert found("IAM002", of) == []


def test_operations_behind_a_router_count_for_its_role():
    of = service(
        handler("core.route", dispatches=("core.tool",)),
        handler("core.tool", declared=(declared(GET),)),
        function("route", "core.route", grants=(grant(GET),)),
    )
    assert found("IAM002", of) == []
    assert found("IAM001", service(*of.code.handlers.values(), function("route", "core.route"))) == [("core.py", 2)]


def test_call_on_a_resource_that_no_variable_names_keeps_its_grant():
    of = service(handler(declared=(), calls=(call("Scan", variable=None),)), function(grants=(grant("dynamodb:Scan"),)))
    assert found("IAM002", of) == []


@pytest.mark.parametrize(("parameter", "expected"), [("/tables/files", []), ("/tables/other", [("core.py", 2)])])
def test_value_that_only_aws_knows_is_compared_as_a_symbol(parameter, expected):
    resource = joined(("arn:aws:dynamodb:*:*:table/", symbol("ssm", parameter)))
    one = function(environment={TABLE: symbol("ssm", "/tables/files")}, grants=(grant(GET, resources=(resource,)),))
    assert found("IAM001", service(handler(declared=(declared(GET),)), one)) == expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"JOBS_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/jobs"}, []),
        (
            {"JOBS_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/jobs", "ERRORS_QUEUE": symbol("ssm", "/errors")},
            [("core.py", 2)],
        ),
    ],
    ids=["may be it", "is what another variable names"],
)
def test_queue_whose_name_only_aws_knows(environment, expected):
    send = "sqs:SendMessage"
    resource = joined(("arn:aws:sqs:us-east-1:1:", symbol("ssm", "/errors")))
    one = function(environment=environment, grants=(grant(send, resources=(resource,)),))
    assert found("IAM001", service(handler(declared=(declared(send, variable="JOBS_QUEUE_URL"),)), one)) == expected


@pytest.mark.parametrize("action", ["logs:CreateLogGroup", "xray:PutTraceSegments", "kms:Decrypt"])
def test_what_aws_asks_for_around_a_call_need_not_be_declared(action):
    assert found("IAM002", service(handler(declared=()), function(grants=(grant(action, resources=("*",)),)))) == []


def test_what_the_framework_grants_is_nobodys_fault():
    trigger = grant("sqs:ReceiveMessage", resources=("arn:aws:sqs:us-east-1:*:jobs",), by_framework=True)
    again = grant("sqs:ReceiveMessage", resources=("arn:aws:sqs:us-east-1:*:jobs",), line=40)
    assert found("IAM002", service(handler(declared=()), function(grants=(trigger, again)))) == []


def test_one_of_two_tables_that_nobody_needs():
    two = grant(GET, resources=(ARN, "arn:aws:dynamodb:us-east-1:*:table/others"))
    of = service(handler(declared=(declared(GET),)), function(grants=(two,)))
    assert found("IAM002", of) == [("serverless.yml", 33)]


def test_code_that_could_not_be_read_accuses_nobody():
    of = service(
        handler(declared=(declared(GET),)),
        function(grants=(grant(PUT),)),
        code={"troubles": (ReadingTrouble(place(1), "x"),)},
    )
    assert found("IAM001", of) == found("IAM002", of) == found("ENV003", of) == []


def test_role_of_a_function_whose_handler_is_not_found_accuses_nobody():
    of = service(handler(), function("other", "gone.run", grants=(grant(PUT),)))
    assert found("IAM002", of) == []
    assert found("SRC003", of) == [("serverless.yml", 3)]


def test_parameters_of_the_service_may_be_read_and_must_be():
    own = {"STAGE": "dev", "SERVICE_NAME": "files"}
    path = "arn:aws:ssm:us-east-1:*:parameter/amplify/dev/files/*"
    reads = grant("ssm:GetParameters", "ssm:GetParameter", resources=(path,))
    needy = handler(declared=(declared(variable="SENDER", line=4),), reads=(read("SENDER"),))
    published = frozenset({"/amplify/dev/files/SENDER"})
    may = service(needy, function(environment=own, grants=(reads,)), published=published)
    may_not = service(needy, function(environment=own), published=published)
    assert [found(code, may) for code in ("ENV002", "IAM001", "IAM002")] == [[], [], []]
    assert found("IAM001", may_not) == [("core.py", 4)]
    assert found("ENV002", service(needy, function(environment=own, grants=(reads,)))) == [("core.py", 4)]
    named = service(needy, function(environment={}), expected_parameters=frozenset({"SENDER"}))
    assert found("ENV002", named) == []


def test_condition_on_a_tag_narrows_every_resource():
    tagged = grant(GET, resources=("*",), conditions=("aws:ResourceTag/team",))
    assert found("IAM005", service(handler(), function(grants=(tagged,)))) == []
    assert found("IAM005", service(handler(), function(grants=(grant(GET, resources=("*",)),)))) == [yml_at(32)]


def test_action_that_knows_no_resource_is_allowed_on_all():
    anything = grant("s3:ListAllMyBuckets", resources=("*",))
    assert found("IAM005", service(handler(), function(grants=(anything,)))) == []


def yml_at(line):
    return (yml(line).path, line)
