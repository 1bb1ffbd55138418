"""Test `pycommon openapi` and `tools`: the description of a service folder, and the error messages."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator
from typer.testing import CliRunner, Result

from pycommon.interfaces.guarded_endpoints import HttpEvent
from pycommon_cli.interfaces.service_http_events import http_events
from pycommon_cli.local.serverless_file import ServerlessFile
from pycommon_cli.main import app

if TYPE_CHECKING:
    from pathlib import Path

    from pycommon_cli.local.project_folders import Project

SERVERLESS = """
service: amplify-days
provider:
  name: aws
  region: eu-west-1
  environment:
    TABLE: ${ssm:/days/TABLE}
    PLAIN: plain
functions:
  route:
    handler: service/core.route
    events:
      - http: { path: "days/{proxy+}", method: post }
      - http: "GET days/{proxy+}"
  note:
    handler: service/core.note
    events:
      - httpApi: { path: "/notes/{id}", method: "*" }
      - httpApi: "*"
      - sqs: arn:aws:sqs:eu-west-1:000000000000:queue
"""
CORE = '''
import os

from pycommon.api.ops import api_tool
from pycommon.api.router import route
from pycommon.authz import setup_validated, validated

print("printed at import")
assert os.environ["TABLE"] == "${ssm:/days/TABLE}" and os.environ["PLAIN"] == "plain"
assert "AWS_ACCESS_KEY_ID" not in os.environ and os.environ["AWS_REGION"] == "eu-west-1"
setup_validated({"validators": {"/notes/{id}": {"note": {"type": "object"}}}}, lambda: None)


@api_tool(path="/days/close", name="day.close", description="Close a day.",
          parameters={"type": "object", "properties": {"day": {"type": "string"}}, "required": ["day"]})
def close(day):
    return day


@validated("note")
def note(event, context, user, name, data):
    """Keep a note.

    Args:
        event: for who reads the code.
    """
'''


TWIN = '''

@api_tool(path="/days/shut", name="day_close", description="Shut a day.")
def shut():
    """Has another name of `close` in some formats."""
'''


@pytest.fixture
def days(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Create a service folder, and change to the project."""
    folder = project.root / "amplify-days"
    write(folder / "serverless.yml", SERVERLESS)
    write(folder / "service" / "core.py", CORE)
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a key of the caller's own")
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def result_of(*arguments: str) -> Any:
    ran = run(*arguments)
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def test_the_document_of_a_service(days: Path) -> None:
    document = result_of("openapi", "amplify-days", "--server", "https://api.example.com/dev")
    OpenAPIV31SpecValidator(document).validate()
    assert document["info"]["title"] == "amplify-days"
    assert document["servers"] == [{"url": "https://api.example.com/dev"}]
    assert {path: list(item) for path, item in document["paths"].items()} == {
        "/days/close": ["post"],
        "/notes/{id}": ["post"],
    }
    note = document["paths"]["/notes/{id}"]["post"]
    assert (note["summary"], "description" in note) == ("Keep a note.", False)
    assert not list(days.rglob("__pycache__")), "the package of the service would have it"


def test_yaml_is_the_same_document(days: Path) -> None:
    ran = run("openapi", "amplify-days/", "--format", "yaml")
    assert yaml.safe_load(ran.stdout) == result_of("openapi", str(days))


@pytest.mark.parametrize(("form", "name"), [("openai", "day_close"), ("anthropic", "day_close"), ("mcp", "day.close")])
def test_the_tools_of_a_service(days: Path, form: str, name: str) -> None:
    ran = run("tools", "amplify-days", "--for", form)
    (tool,) = json.loads(ran.stdout)
    assert (tool.get("function") or tool)["name"] == name
    assert ("its tool name is day_close" in ran.stderr) == (name == "day_close")


@pytest.mark.parametrize(
    ("core", "sentences"),
    [
        ("import nowhere\n", ["there is no module nowhere (service/core.py:1)", "Install the packages of"]),
        ("1 / 0\n", ["ZeroDivisionError: division by zero (service/core.py:1)"]),
        ("def broken(:\n", ["SyntaxError: invalid syntax (service/core.py:1)"]),
        ("raise SystemExit(3)\n", ["SystemExit: 3 (service/core.py:1)"]),
        ("nothing = 1\n", ["offers nothing"]),
        (CORE + TWIN, ["'day.close'", "'day_close'", "rename one"]),
    ],
)
def test_what_is_wrong_with_a_service_is_a_sentence_and_1(days: Path, core: str, sentences: list[str]) -> None:
    write(days / "service" / "core.py", core)
    command = ("tools", "amplify-days", "--for", "openai") if "rename one" in sentences else ("openapi", "amplify-days")
    ran = run(*command)
    assert ran.exit_code == 1
    said = " ".join(ran.stderr.split())
    assert all(sentence in said for sentence in sentences), said
    assert "Traceback" not in ran.output


def test_what_cannot_be_run_is_a_sentence_and_2(days: Path) -> None:
    write(days / "service" / "core.py", "import os\nos._exit(4)\n")
    ran = run("openapi", "amplify-days")
    assert (ran.exit_code, "ended the process that imported them (4)" in " ".join(ran.stderr.split())) == (2, True)
    write(days / "serverless.yml", "{")
    assert run("openapi", "amplify-days").exit_code == 2
    assert run("openapi", "amplify-nowhere").exit_code == 1
    assert run("tools", "amplify-days").exit_code == 2  # without --for


def test_a_service_without_operations_has_no_tools(project: Project) -> None:
    ran = run("tools", "amplify-greeting", "--for", "mcp", "--project", str(project.root))
    assert (ran.exit_code, "has no operation with @api_tool" in " ".join(ran.stderr.split())) == (1, True)


def test_the_events_of_a_service(days: Path) -> None:
    assert http_events(ServerlessFile(days / "serverless.yml")) == [
        HttpEvent("service/core.route", "POST", "/days/{proxy+}"),
        HttpEvent("service/core.route", "GET", "/days/{proxy+}"),
        HttpEvent("service/core.note", "ANY", "/notes/{id}"),
        HttpEvent("service/core.note", "ANY", "/"),
    ]
