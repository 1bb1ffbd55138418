import pytest

from pycommon_cli.local import osls
from pycommon_cli.local.local_clients import settings
from pycommon_cli.local.local_stacks import updatable
from pycommon_cli.local.ministack import _bindable, _choose_port
from pycommon_cli.local.project_folders import Home

FAILED = """
Deploying amplify-cli-greeting to stage local (us-east-1)

\x1b[31mError:\x1b[39m
UPDATE_FAILED: Table (AWS::DynamoDB::Table)
Table already exists: t
    at Object.next (/somewhere/monitor-stack.js:12:3)

View the full error: https://us-east-1.console.aws.amazon.com/x

Environment: linux, node 20.20.2, osls 4.3.1
Credentials: Local, environment variables
"""


def test_the_reason_is_the_lines_about_the_error():
    assert osls.reason(FAILED).split("\n") == [
        "  Error:",
        "  UPDATE_FAILED: Table (AWS::DynamoDB::Table)",
        "  Table already exists: t",
    ]


def test_without_an_error_the_last_lines_are_printed():
    said = osls.reason("\n".join(f"line {n}" for n in range(50)))
    assert said.splitlines()[-1] == "  line 49"
    assert len(said.splitlines()) == osls.SAID_LINES


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("v20.19.0", True),
        ("v20.18.9", False),
        ("v21.9.0", False),
        ("v22.13.0", True),
        ("v22.12.9", False),
        ("v23.1.0", False),
        ("v24.0.0", True),
        ("v26.1.0", True),
        ("", False),
    ],
)
def test_which_node_osls_runs_on(version, enough):
    assert osls._new_enough(version) is enough


def test_nothing_of_the_callers_aws_reaches_osls(project):
    caller = {"AWS_PROFILE": "prod", "AWS_SESSION_TOKEN": "t", "SLS_DEBUG": "1", "HOME": "/h", "NO_PROXY": "corp"}
    found = osls.environment(caller, settings("http://127.0.0.1:1", "eu-west-1"), project)
    assert "AWS_PROFILE" not in found
    assert "AWS_SESSION_TOKEN" not in found
    assert found["AWS_REGION"] == "eu-west-1"
    assert found["HOME"] == "/h"
    assert found["NO_PROXY"] == "corp,127.0.0.1,localhost"
    assert found["PATH"].startswith(str(project.root))


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (None, True),
        ("CREATE_COMPLETE", True),
        ("UPDATE_ROLLBACK_COMPLETE", True),
        ("ROLLBACK_COMPLETE", False),
        ("REVIEW_IN_PROGRESS", False),
        ("UPDATE_IN_PROGRESS", False),
        ("UPDATE_ROLLBACK_FAILED", False),
    ],
)
def test_which_stacks_take_an_update(status, answer):
    assert updatable(status) is answer


def test_two_homes_begin_at_different_ports(tmp_path):
    first, second = (_choose_port(Home(tmp_path / name), None, skip=0) for name in ("one", "two"))
    assert first != second
    assert _bindable(first)


def test_the_last_port_is_taken_again(tmp_path):
    home = Home(tmp_path)
    port = _choose_port(home, None, skip=7)
    home.port.write_text(str(port))
    assert _choose_port(home, None, skip=0) == port
