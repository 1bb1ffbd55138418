"""Run the samples of docs/specification, and compare its names with the library and with the guidelines."""

from __future__ import annotations

import ast
import inspect
import json
import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.api import ops
from pycommon.api.ops import registry
from pycommon.authz import add_api_access_types, setup_validated, validated
from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation
from pycommon.decorators import required_env_vars, track_execution
from pycommon.logger import getLogger
from pycommon.metrics import get_usage_tracker
from pycommon.testing import LambdaContext, fresh_execution_environment, rest_api_event
from tests.spec.samples import SPECIFICATION, ServiceFolder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Aws

    from pycommon.testing import TokenIssuer

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "specification"
PAGES = {page.stem: page.read_text() for page in sorted(FOLDER.glob("*.md"))}
ALL_PAGES = "\n".join(PAGES.values())
SAMPLE = re.compile(r'^```python(?: title="(?P<title>[^"]+)")?\n(?P<code>.*?)^```$', re.MULTILINE | re.DOTALL)
SIGNATURES = (
    required_env_vars,
    validated,
    setup_validated,
    add_api_access_types,
    ops.api_tool,
    ops.set_route_data,
    track_execution,
    getLogger,
    get_usage_tracker,
)
NOTE = {"title": "list", "text": "milk"}


def samples(page: str) -> list[tuple[str, str]]:
    """Return the samples of a page: title (or "") and code."""
    return [(match["title"] or "", match["code"]) for match in SAMPLE.finditer(PAGES[page])]


@pytest.mark.parametrize("page", PAGES)
def test_samples_without_a_file_name_run(page: str) -> None:
    names: dict[str, Any] = {}
    for title, code in samples(page):
        if not title:
            exec(compile(code, page, "exec"), names)  # noqa: S102 - the sample
    assert names.get("MEMBERS", [None])
    assert all(isinstance(each, AWSOperation) for each in names.get("MEMBERS", ()))


@pytest.mark.parametrize("function", SIGNATURES, ids=lambda function: function.__name__)
def test_signature_is_that_of_the_function(function: Any) -> None:
    code = dict(samples("imports"))["signatures"]
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the sample
    stated = inspect.signature(names[function.__name__]).parameters.values()
    found = inspect.signature(function).parameters.values()
    assert [(each.name, each.default, each.kind) for each in stated] == [
        (each.name, each.default, each.kind) for each in found
    ]


def test_every_signature_is_compared() -> None:
    tree = ast.parse(dict(samples("imports"))["signatures"])
    assert {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} == {
        each.__name__ for each in SIGNATURES
    }


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServiceFolder]:
    """The service of the page "Patterns", as files on `sys.path`; its operations are alone in the registry."""
    monkeypatch.setattr(registry, "_by_path", {})
    monkeypatch.setattr(registry, "_permissions", None)
    folder = ServiceFolder(tmp_path)
    for title, code in samples("patterns"):
        folder.write(title, code)
    for package in ("schemata", "service"):
        folder.write(f"{package}/__init__.py")
    yield from folder.on_path()


@pytest.fixture
def function_environment(aws: Aws, cold_start: dict[str, str]) -> Iterator[Aws]:
    """The environment of the service, with the table of its notes and a user with a default account."""
    notes = {"NOTES_DYNAMO_TABLE": f"{cold_start['SERVICE_NAME']}-notes"}
    extended = replace(aws, variables={**cold_start, **notes})
    extended.create_table("NOTES_DYNAMO_TABLE", "id")
    account = {"id": "acc-1", "name": "Lab", "isDefault": True}
    extended.put("ACCOUNTS_DYNAMO_TABLE", {"user": "jane", "accounts": [account]})
    with fresh_execution_environment(notes):
        yield extended


def asked(path: str, data: dict[str, Any], issuer: TokenIssuer) -> dict[str, Any]:
    return rest_api_event("POST", path, {"data": data}, token=issuer.token("jane"))


@pytest.mark.parametrize(
    ("data", "status"), [(NOTE, 200), ({"title": "list"}, 400), ({**NOTE, "owner": "joe"}, 403)], ids=str
)
@pytest.mark.usefixtures("service")
def test_pattern_1(function_environment: Aws, issuer: TokenIssuer, data: dict[str, Any], status: int) -> None:
    response = import_module("service.core").add_note(asked("/notes/add", data, issuer), LambdaContext())
    assert response["statusCode"] == status
    assert len(function_environment.items("NOTES_DYNAMO_TABLE")) == (status == 200)
    (usage,) = function_environment.items("USAGE_METRICS_DYNAMO_TABLE")
    assert (usage["operation"], usage["endpoint"], usage["event_source"]) == ("add_note", "/notes/add", "HTTP")


@pytest.mark.parametrize(
    ("path", "data", "body"),
    [
        ("/vu-agent/read-note", {"title": "list"}, {"success": True, "text": "milk"}),
        ("/vu-agent/read-note", {"title": "none"}, {"success": False, "error": "No such note"}),
        ("/vu-agent/read-note", {}, {"success": False, "error": "The arguments are not valid"}),
        ("/vu-agent/unknown", {}, {"success": False, "error": "Invalid path"}),
    ],
)
@pytest.mark.usefixtures("service")
def test_pattern_2(
    function_environment: Aws, issuer: TokenIssuer, path: str, data: dict[str, Any], body: dict[str, Any]
) -> None:
    function_environment.put("NOTES_DYNAMO_TABLE", {"id": "jane/list", "text": "milk"})
    response = import_module("service.router").route(asked(path, data, issuer), LambdaContext())
    assert json.loads(response["body"]) == body
    found = [item["operation"] for item in function_environment.items("USAGE_METRICS_DYNAMO_TABLE")]
    assert found == (["read_note"] if path.endswith("read-note") and data else [])


@pytest.mark.usefixtures("service")
def test_pattern_3_writes_the_fields_of_the_usage_item(function_environment: Aws) -> None:
    event = json.loads((Path(__file__).parents[1] / "events" / "sqs.json").read_text())
    for record in event["Records"]:
        record["body"] = json.dumps({"id": "jane/list", "text": "milk"})
    assert import_module("service.events").store_notes(event, LambdaContext()) == {"statusCode": 200}
    (usage,) = function_environment.items("USAGE_METRICS_DYNAMO_TABLE")
    assert (usage["operation"], usage["event_source"]) == ("store_notes", "SQS")
    rows = re.findall(r"^\| (`.+?) \| \w", PAGES["usage-item"], re.MULTILINE)
    fields = {field for row in rows for field in re.findall(r"`(\w+)`", row)}
    assert len(fields) == 14
    assert fields - set(usage) == {"api_key_id"}  # only a caller with an API key has one


def test_standard_variables_are_those_of_the_sample_base() -> None:
    table = PAGES["variables"].partition("## Standard variables")[2]
    stated = {name for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    serverless = (FOLDER.parents[1] / "amplify-lambda-python-base" / "serverless.yml").read_text()
    assert len(stated) == 12
    assert [name for name in stated if not re.search(rf"^    {name}: ", serverless, re.MULTILINE)] == []


@pytest.mark.skipif(not SPECIFICATION.is_file(), reason="the guidelines are not beside this checkout")
def test_every_name_of_the_guidelines_is_on_our_pages() -> None:
    guidelines = SPECIFICATION.read_text()
    contract = (
        guidelines.partition("## Lambda Implementation Patterns")[0] + guidelines.partition("### Available AWS")[2]
    )
    variables = re.findall(r"^([A-Z][A-Z_]{4,}): ", contract, re.MULTILINE)
    members = re.findall(r"^(\w+Operation\.[A-Z_]+)$", contract, re.MULTILINE)
    modules = re.findall(r"^from (pycommon[\w.]+) import", contract, re.MULTILINE)
    item = guidelines.partition("### Metrics Storage")[2].partition("}")[0]
    fields = re.findall(r'^    "(\w+)": ', item, re.MULTILINE)
    names = {*variables, *members, *modules, *fields}
    assert len(names) > 60
    assert sorted(name for name in names if name not in ALL_PAGES) == []
