"""Edge cases of the VAL and EVT rules, on facts."""

import pytest

from pycommon_cli.analysis.facts import FunctionEvent, SchemaRule
from tests.check.rules.building import found, function, handler, place, service, yml


def http(path, **members):
    return FunctionEvent(members.pop("kind", "http"), yml(4), path, "post", **members)


def guarded(operation="add", *, validates_body=True):
    return handler(
        decorators=(("validated", place(1)),), operation=operation, validates_body=validates_body, sets_up=True
    )


def entry(path, operation="add", line=50, kind="validators", **members):
    return SchemaRule(kind, path, operation, place(line), **members)


def permission(path, operation="add", line=60, **members):
    return entry(path, operation, line, "permission", **members)


def validation(rules, permissions, event="notes/add", **members):
    of = service(guarded(**members), function(events=(http(event),)), code={"rules": rules, "permissions": permissions})
    codes = ("VAL001", "VAL002", "VAL003", "VAL004", "VAL005", "VAL006", "VAL007")
    return {code: places for code in codes if (places := found(code, of))}


@pytest.mark.parametrize("event", ["notes/add", "/notes/add", "/notes/add/", "notes/{proxy+}", "/{proxy+}"])
def test_path_of_an_event_in_the_forms_that_are_one(event):
    assert validation((entry("/notes/add"),), (permission("/notes/add"),), event) == {}


def test_path_is_never_guessed():
    assert validation((entry("/Notes/add"),), (permission("/notes/add"),)) == {"VAL003": [("core.py", 50)]}


def test_wrong_path_is_told_once_for_tokens_and_keys():
    rules = (entry("/x", line=50), entry("/x", line=51, kind="api_validators"))
    assert validation(rules, (permission("/notes/add"),)) == {"VAL003": [("core.py", 50)]}


def test_checker_that_knows_no_paths():
    assert validation((entry("/notes/add"),), (permission(None),)) == {}


def test_permission_for_whatever_is_asked():
    rules, everything = (entry("/notes/add"),), permission(None, "*")
    assert validation(rules, (everything,)) == {}
    assert validation(rules, (permission(None, "*", always_true=True),)) == {"VAL007": [("core.py", 60)]}


def test_router_needs_neither_rule_nor_permission():
    assert validation((), (), validates_body=False) == {}


def test_checker_that_decides_by_code_is_left_alone():
    assert validation((entry("/notes/add"),), ()) == {}


def test_one_operation_under_two_paths_of_which_one_is_served():
    rules = (entry("/notes/add"), entry("/old/add", line=51))
    assert validation(rules, (permission("/notes/add"),)) == {"VAL005": [("core.py", 51)]}


def test_guarded_function_that_nobody_deploys():
    of = service(guarded(), function("other", "other.run"), code={"rules": (entry("/notes/add"),)})
    assert found("VAL003", of) == [("core.py", 1)]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (http("a"), True),
        (http("a", kind="httpApi"), True),
        (http(None, kind="url"), True),
        (http("a", properties={"authorizer": {"name": "x"}}), False),
        (http("a", properties={"private": True}), False),
        (FunctionEvent("websocket", yml(4)), False),
        (FunctionEvent("sqs", yml(4)), False),
    ],
)
def test_endpoint_without_a_guard(event, expected):
    assert bool(found("EVT005", service(handler(), function(events=(event,))))) is expected


@pytest.mark.parametrize("kind", ["sqs", "stream", "s3", "schedule", "sns", "eventBridge", "kafka", "cloudwatchLog"])
def test_event_function_wants_to_be_tracked(kind):
    event = FunctionEvent(kind, yml(4))
    assert found("EVT001", service(handler(), function(events=(event,)))) == [("core.py", 5)]
    tracked = handler(decorators=(("track_execution", place(1)),))
    assert found("EVT001", service(tracked, function(events=(event,)))) == []
    assert found("EVT002", service(tracked, function(events=(event,)))) == [("core.py", 1)]


def test_guarded_function_with_both_kinds_of_triggers():
    events = (http("notes/add"), FunctionEvent("schedule", yml(5)))
    assert found("EVT003", service(guarded(), function(events=events))) == []
    assert found("EVT003", service(guarded(), function(events=events[1:]))) == [("core.py", 1)]
