"""Workflow templates through the router: only their owner stores, reads, lists, changes and removes them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycommon.exceptions import HTTPBadRequest
from workflows.page_token import page_token, position_in

if TYPE_CHECKING:
    from tests.agent_loop.conftest import Client
    from tests.conftest import Aws

COUNT: dict[str, Any] = {"operation": "addToCounter", "arguments": {"key": "visits"}}
STATISTICS: dict[str, Any] = {"id": "s", "operation": "textStatistics", "arguments": {"text": "one two"}}
UNKNOWN = "0" * 32


def reference(step: str, path: str = "") -> dict[str, Any]:
    return {"$result": {"step": step, "path": path}}


def test_a_workflow_from_its_creation_to_its_end(jane: Client, aws: Aws) -> None:
    workflow_id = jane.create(STATISTICS, COUNT, name="close day")
    workflow = jane("GET", f"get-workflow?workflowId={workflow_id}")["workflow"]
    assert (workflow["workflowName"], workflow["version"]) == ("close day", 1)
    assert workflow["steps"] == [STATISTICS, {"id": "step-2", **COUNT}]
    changed = jane("PATCH", "update-workflow", {"workflowId": workflow_id, "version": 1, "workflowName": "close week"})
    assert changed == {"success": True, "version": 2}
    workflow = jane("GET", f"get-workflow?workflowId={workflow_id}")["workflow"]
    assert (workflow["workflowName"], workflow["version"], len(workflow["steps"])) == ("close week", 2, 2)
    jane("PATCH", "update-workflow", {"workflowId": workflow_id, "version": 2, "steps": [COUNT]})
    assert len(jane("GET", f"get-workflow?workflowId={workflow_id}")["workflow"]["steps"]) == 1
    assert jane("DELETE", f"delete-workflow?workflowId={workflow_id}")["deleted"] is True
    assert jane("DELETE", f"delete-workflow?workflowId={workflow_id}")["deleted"] is False
    jane("GET", f"get-workflow?workflowId={workflow_id}")
    assert jane.status == 404
    assert aws.items("WORKFLOW_TEMPLATES_TABLE") == []


def test_a_change_of_what_has_changed_meanwhile_is_409(jane: Client) -> None:
    workflow_id = jane.create(COUNT)
    change = {"workflowId": workflow_id, "version": 1, "workflowName": "mine"}
    assert jane("PATCH", "update-workflow", change)["version"] == 2
    refused = jane("PATCH", "update-workflow", change)
    assert (jane.status, refused["error"]) == (
        409,
        "The workflow has version 2 now, not 1; read it and try again",
    )
    jane("PATCH", "update-workflow", {**change, "workflowId": UNKNOWN})
    assert jane.status == 404


def test_what_is_anothers_is_not_there(jane: Client, eve: Client) -> None:
    workflow_id = jane.create(COUNT)
    run_id = jane.run(workflow_id)["runId"]
    jane("PUT", "put-note", {"key": "secret", "value": 1})
    assert eve("GET", "list-workflows")["workflows"] == eve("GET", "list-runs")["runs"] == []
    assert eve("GET", "list-notes")["keys"] == []
    assert eve("DELETE", f"delete-workflow?workflowId={workflow_id}")["deleted"] is False
    for method, path, data in (
        ("GET", f"get-workflow?workflowId={workflow_id}", None),
        ("PATCH", "update-workflow", {"workflowId": workflow_id, "version": 1, "workflowName": "hers"}),
        ("POST", "run-workflow", {"workflowId": workflow_id}),
        ("POST", "resume-workflow", {"runId": run_id}),
        ("GET", f"get-run?runId={run_id}", None),
        ("GET", "get-note?key=secret", None),
    ):
        eve(method, path, data)
        assert eve.status == 404, path
    assert jane("GET", f"get-workflow?workflowId={workflow_id}")["workflow"]["version"] == 1


@pytest.mark.parametrize(
    ("steps", "pointer", "message"),
    [
        ([{"operation": "launchRocket"}], "/0/operation", "is not an operation of this service"),
        ([STATISTICS, STATISTICS], "/1/id", "is the id of an earlier step"),
        ([{"operation": "textStatistics"}], "/0/arguments", 'lacks the required property "text"'),
        ([{"operation": "textStatistics", "arguments": {"text": 5}}], "/0/arguments/text", 'must be of type "string"'),
        ([{**COUNT, "arguments": {"key": "k", "current_user": "root"}}], "/0/arguments", "a property that is not"),
        ([{**STATISTICS, "arguments": {"text": reference("s")}}], "/0/arguments/text", "does not name an earlier step"),
        ([{**STATISTICS, "arguments": {"text": reference("t")}}], "/0/arguments/text", "does not name an earlier step"),
        ([STATISTICS, {**COUNT, "arguments": {"key": reference("s", "words")}}], "/1/arguments/key", "JSON pointer"),
        ([STATISTICS, {**COUNT, "arguments": {"key": reference("s", "/~2")}}], "/1/arguments/key", "JSON pointer"),
        ([STATISTICS, {**COUNT, "arguments": {"key": {"$result": "s"}}}], "/1/arguments/key", "$result must be"),
        (
            [STATISTICS, {**COUNT, "arguments": {"key": {"$result": {"step": "s", "as": "x"}}}}],
            "/1/arguments/key",
            "$result must be",
        ),
        (
            [STATISTICS, {**COUNT, "arguments": {"by": reference("s", "/words")}}],
            "/1/arguments",
            'lacks the required property "key"',
        ),
        (
            [STATISTICS, {"operation": "putNote", "arguments": {"key": "k", "value": [reference("s")] * 21}}],
            "/1/arguments",
            "has 21 references",
        ),
        (
            [{"operation": "putNote", "arguments": {"key": "k", "value": "x" * 110_000}}],
            "",
            "at most 100000 are allowed",
        ),
    ],
)
def test_steps_that_cannot_be_run_are_refused_at_creation(
    jane: Client, aws: Aws, steps: list[dict[str, Any]], pointer: str, message: str
) -> None:
    refused = jane("POST", "create-workflow", {"workflowName": "w", "steps": steps})
    assert jane.status == 400
    assert refused["details"][0]["pointer"] == f"/data/steps{pointer}"
    assert message in refused["details"][0]["message"]
    assert aws.items("WORKFLOW_TEMPLATES_TABLE") == []


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [COUNT] * 26,
        [{}],
        [{"operation": ""}],
        [{**COUNT, "id": "a b"}],
        [{**COUNT, "when": "later"}],
        ["count"],
        {},
    ],
)
def test_steps_that_are_no_steps_are_refused_by_the_schema(jane: Client, steps: Any) -> None:
    jane("POST", "create-workflow", {"workflowName": "w", "steps": steps})
    assert jane.status == 400


def test_a_nest_of_arguments_is_refused_and_never_a_500(jane: Client) -> None:
    for depth in (40, 200, 900):
        value: Any = 1
        for _ in range(depth):
            value = [value]
        step = {"operation": "putNote", "arguments": {"key": "k", "value": value}}
        jane("POST", "create-workflow", {"workflowName": "w", "steps": [step]})
        assert jane.status == 400
        jane("PUT", "put-note", step["arguments"])
        assert jane.status == 400


def test_a_reference_stands_for_a_value_that_only_the_run_knows(jane: Client) -> None:
    words = reference("s", "/words")
    jane.create(STATISTICS, {"operation": "addToCounter", "arguments": {"key": "k", "by": words}})
    jane.create(STATISTICS, {"operation": "wait", "arguments": {"seconds": words}})
    jane.create(
        STATISTICS, {"operation": "putNote", "arguments": {"key": "k", "value": {"deep": [words, {"a": words}]}}}
    )


def pages(client: Client, path: str, members: str, limit: int) -> list[list[Any]]:
    """Return all pages of a list."""
    found, token = [], None
    while True:
        page = client("GET", f"{path}?limit={limit}" + (f"&nextToken={token}" if token else ""))
        assert client.status == 200, page
        found.append(page[members])
        token = page["nextToken"]
        if token is None:
            return found


def test_pages_have_each_workflow_once_and_the_newest_first(jane: Client, eve: Client) -> None:
    created = [jane.create(COUNT, name=f"w{number}") for number in range(12)]
    eve.create(COUNT)
    found = pages(jane, "list-workflows", "workflows", 5)
    assert [len(page) for page in found] == [5, 5, 2]
    assert sorted(each["workflowId"] for page in found for each in page) == sorted(created)
    assert [each["createdAt"] for page in found for each in page] == sorted(
        (each["createdAt"] for page in found for each in page), reverse=True
    )
    assert "steps" not in found[0][0]


@settings(max_examples=15)
@given(keys=st.sets(st.text(min_size=1, max_size=200), max_size=9), limit=st.integers(1, 5))
def test_notes_under_any_key_are_listed_page_by_page(jane: Client, keys: set[str], limit: int) -> None:
    before = [key for page in pages(jane, "list-notes", "keys", 100) for key in page]
    for key in keys:
        assert jane("PUT", "put-note", {"key": key, "value": {"of": key}})["success"]
    found = pages(jane, "list-notes", "keys", limit)
    assert [key for page in found for key in page] == sorted({*before, *keys}, key=lambda key: key.encode())
    assert all(len(page) <= limit for page in found)


def test_a_token_is_good_for_its_owner_and_its_list_only(jane: Client, eve: Client) -> None:
    for client in (jane, eve):
        for number in range(2):
            client("PUT", "put-note", {"key": f"n{number}", "value": None})
            client.create(COUNT)
    token = jane("GET", "list-notes?limit=1")["nextToken"]
    jane("GET", f"list-notes?nextToken={token}")
    assert jane.status == 200
    for client, path in ((eve, "list-notes"), (jane, "list-workflows"), (jane, "list-runs")):
        client("GET", f"{path}?nextToken={token}")
        assert client.status == 400
    for damaged in (token[:-2], token[1:], "x", "%", "AAAA", base64.urlsafe_b64encode(b"note/n1").decode()):
        jane("GET", f"list-notes?nextToken={damaged}")
        assert jane.status == 400


@given(st.text(min_size=1), st.text(), st.text(), st.text(max_size=40))
def test_any_text_for_a_token(position: str, owner: str, list_of: str, other: str) -> None:
    token = page_token(position, owner, list_of)
    assert position_in(token, owner, list_of) == position
    for damaged, of in ((other, owner), (token, f"{owner}x"), (f"{token}A", owner)):
        with pytest.raises(HTTPBadRequest):
            position_in(damaged, of, list_of)


@pytest.mark.parametrize("value", [None, 1.5, "text", [], {"a": [1, {"b": None}]}, 2**53, "ä🙂"])
def test_a_note_is_any_json_value(jane: Client, value: Any) -> None:
    jane("PUT", "put-note", {"key": "k", "value": value})
    assert jane("GET", "get-note?key=k")["value"] == value


def test_a_note_that_is_too_large_is_refused(jane: Client) -> None:
    refused = jane("PUT", "put-note", {"key": "k", "value": "x" * 60_001})
    assert (jane.status, "at most 60000 are allowed" in refused["error"]) == (400, True)
    jane("GET", "get-note?key=k")
    assert jane.status == 404
    assert jane("DELETE", "delete-note?key=k") == {"success": True, "deleted": False}
