"""The OpenAPI document: valid by its own metaschema, complete, and true of the service that it describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation.exceptions import ExtraParametersError

from pycommon.api.ops import registry
from pycommon.interfaces.guarded_endpoints import GuardedEndpoint, HttpEvent, guarded_endpoints, reaches
from pycommon.interfaces.openapi import OpenAPI, openapi_document
from tests.interfaces.interface_service import NAMES
from tests.interfaces.schema_strategies import PARAMETERS
from tests.interfaces.test_tools import RECURSIVE, operation

if TYPE_CHECKING:
    from pycommon.api.api_operation import Operation

ERRORS = {"400", "401", "403", "404", "405", "429", "4XX", "500", "503"}


def own_operations() -> list[Operation]:
    return [each for each in registry.operations() if each.name in NAMES]


def own_endpoints(events: list[HttpEvent] | None = None) -> tuple[list[GuardedEndpoint], list[str]]:
    """Those of the service beside this file, and the notes on them: other tests have guarded functions too."""
    endpoints, notes = guarded_endpoints(events)
    return [each for each in endpoints if each.path.startswith("/interfaces/")], [
        str(each) for each in notes if each.operation == "note_visit"
    ]


@pytest.fixture
def made() -> OpenAPI:
    return openapi_document(own_operations(), own_endpoints()[0], title="interfaces", servers=["https://a.example"])


def test_the_document_is_valid(made: OpenAPI) -> None:
    OpenAPIV31SpecValidator(made.document).validate()
    assert made.document["openapi"] == "3.1.0"
    assert made.document["servers"] == [{"url": "https://a.example"}]


def test_a_routed_operation_takes_the_envelope(made: OpenAPI) -> None:
    described = made.document["paths"]["/interfaces/create-workflow"]["post"]
    assert (described["operationId"], described["tags"]) == ("createWorkflow", ["workflows"])
    body = described["requestBody"]["content"]["application/json"]["schema"]
    assert body == {
        "type": "object",
        "properties": {"data": {"$ref": "#/components/schemas/createWorkflowArguments"}},
        "required": ["data"],
    }
    arguments = made.document["components"]["schemas"]["createWorkflowArguments"]
    assert arguments["properties"]["steps"]["items"] == {
        "$ref": "#/components/schemas/createWorkflowArguments/$defs/step"
    }
    assert described["responses"].keys() == {"200", *ERRORS}
    result = described["responses"]["200"]["content"]["application/json"]["schema"]
    assert result["required"] == ["success", "workflowId"]


def test_a_get_takes_a_query(made: OpenAPI) -> None:
    described = made.document["paths"]["/interfaces/days"]["get"]
    assert "requestBody" not in described
    parameters = {each["name"]: each for each in described["parameters"]}
    assert (parameters["limit"]["in"], parameters["limit"]["required"]) == ("query", True)
    assert parameters["names"]["schema"]["items"] == {"enum": ["monday", "tuesday"]}


def test_a_guarded_endpoint_has_its_rules_and_its_docstring(made: OpenAPI) -> None:
    described = made.document["paths"]["/interfaces/visits"]["post"]
    assert described["summary"] == "Note a visit."
    assert described["description"].endswith("kept until the next one.")
    assert described["security"] == [{"token": []}, {"apiKey": []}]
    template = made.document["paths"]["/interfaces/visits/{id}"]["post"]
    assert template["security"] == [{"token": []}]
    assert template["parameters"] == [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
    assert {described["operationId"], template["operationId"]} == {"note_visit", "note_visit_2"}


def test_the_methods_come_from_the_events() -> None:
    put = HttpEvent("tests/interfaces/interface_service.note_visit", "PUT", "/interfaces/visits")
    lost = HttpEvent("tests/interfaces/interface_service.note_visit", "POST", "/interfaces/elsewhere")
    endpoints, notes = own_endpoints([put, lost])
    assert {(each.method, each.path) for each in endpoints} == {
        ("PUT", "/interfaces/visits"),
        ("POST", "/interfaces/visits/{id}"),
    }
    assert notes == [
        "note_visit: no event of serverless.yml leads to /interfaces/visits/{id}; described as a POST",
        "note_visit: left out at /interfaces/elsewhere: the path has no rules, so every request gets 403",
    ]


@pytest.mark.parametrize(
    ("event", "method", "path", "reached"),
    [
        ("/a/{proxy+}", "POST", "/a/b", True),
        ("/a/{proxy+}", "POST", "/a/b/c", True),
        ("/a/{proxy+}", "POST", "/a/", False),
        ("/a/{proxy+}", "POST", "/ab", False),
        ("/a/{proxy+}", "GET", "/a/b", False),
        ("/a", "POST", "/a", True),
    ],
)
def test_which_requests_an_event_takes(event: str, method: str, path: str, reached: bool) -> None:  # noqa: FBT001
    assert reaches(HttpEvent("service/core.route", "POST", event), method, path) == reached
    assert reaches(HttpEvent("service/core.route", "ANY", event), "POST", path) == (reached or method == "GET")


def test_an_operation_that_no_event_reaches_is_said() -> None:
    events = [HttpEvent("service/core.route", "POST", "/interfaces/{proxy+}")]
    notes = openapi_document(own_operations(), title="interfaces", events=events).notes
    assert [str(each) for each in notes] == [
        "findDays: no event of serverless.yml leads GET requests to /interfaces/days"
    ]


def test_two_schemas_for_two_kinds_of_callers_are_said() -> None:
    endpoint = GuardedEndpoint("POST", "/x", "x", "", {"type": "string"}, {"type": "integer"})
    made = openapi_document([], [endpoint], title="x")
    OpenAPIV31SpecValidator(made.document).validate()
    schema = made.document["paths"]["/x"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert schema["properties"]["data"] == {"anyOf": [{"type": "string"}, {"type": "integer"}]}
    assert "different schemas" in made.notes[0].text


def test_a_schema_that_takes_anything_needs_no_body() -> None:
    made = openapi_document([], [GuardedEndpoint("POST", "/x", "x", "", {}, None)], title="x")
    body = made.document["paths"]["/x"]["post"]["requestBody"]
    assert body["required"] is False
    assert "required" not in body["content"]["application/json"]["schema"]


def test_a_described_endpoint_is_there_once_with_what_api_tool_says() -> None:
    def own(event: Any, context: Any) -> None: ...

    described = operation("visit", handler=own, path="/x", description="From api_tool.", output={"type": "object"})
    endpoint = GuardedEndpoint("POST", "/x", "note", "From the docstring.", {"type": "string"}, None)
    made = openapi_document([described], [endpoint], title="x")
    found = made.document["paths"]["/x"]["post"]
    assert (found["operationId"], found["summary"]) == ("visit", "From api_tool.")
    assert found["responses"]["200"]["content"]["application/json"]["schema"] == {"type": "object"}


def test_what_a_query_cannot_say_is_said() -> None:
    parameters = {"type": "object", "properties": {"a": {"type": "object"}, "b": True}, "anyOf": [{"required": ["a"]}]}
    made = openapi_document([operation("x", parameters=parameters, method="GET")], title="x")
    OpenAPIV31SpecValidator(made.document).validate()
    assert str(made.notes[0]) == "x: a query cannot express anyOf of its parameters; calls are still validated"
    found = {each["name"]: each for each in made.document["paths"]["/x"]["get"]["parameters"]}
    assert found["a"]["content"] == {"application/json": {"schema": {"type": "object"}}}
    assert found["b"]["schema"] is True


def test_a_schema_may_refer_to_itself() -> None:
    made = openapi_document([operation("tree", parameters=RECURSIVE)], title="x")
    OpenAPIV31SpecValidator(made.document).validate()
    assert made.notes == ()
    arguments = {"$ref": "#/components/schemas/treeArguments", "components": made.document["components"]}
    validator = jsonschema_rs.validator_for(arguments)
    assert validator.is_valid({"node": {"node": {}}})
    assert not validator.is_valid({"node": 1})


@settings(suppress_health_check=list(HealthCheck), max_examples=25)
@given(PARAMETERS)
def test_any_schema_makes_a_valid_document(parameters: Any) -> None:
    try:
        each = operation("any", parameters=parameters, output=parameters)
    except Exception:  # noqa: BLE001 - @api_tool refuses it, e.g. for a reference that leads nowhere
        return
    for method in ("POST", "GET"):
        each.entry["method"] = method
        document = openapi_document([each], title="x").document
        try:
            OpenAPIV31SpecValidator(document).validate()
        except RecursionError:  # of the validator: it follows a reference that leads back through `allOf` for ever
            assume("allOf" not in str(document))
            raise
        except ExtraParametersError:  # again: that a required property is described nowhere is no fault in JSON Schema
            assume("required" not in str(parameters))
            raise
