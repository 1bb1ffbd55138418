"""Test `pycommon keys` with an empty local AWS as a deployed stage, and with the local AWS of a checkout."""

import json
import shutil
import uuid

import pytest
from typer.testing import CliRunner

from pycommon.authz.accounts import RateLimit
from pycommon.authz.api_key_store import ApiKeyStore
from pycommon.authz.api_keys import stored_form
from pycommon.testing import LambdaContext, fresh_execution_environment, rest_api_event
from pycommon_cli.cli_error import CliError
from pycommon_cli.keys.keys_commands import _rate_limit
from pycommon_cli.main import app
from tests.authz.service import PATH, charge

TABLE = "API_KEYS_DYNAMODB_TABLE"
UNKNOWN = "jane/ownerKey/0f0e0d0c"


def run(*arguments):
    return CliRunner().invoke(app, ["keys", *map(str, arguments)])


@pytest.fixture
def stage(aws, project):
    """Create a deployed stage (variables in the checkout, parameter and table in AWS). Yield the options for it."""
    name = f"dev{uuid.uuid4().hex[:8]}"
    file = project.root / "var" / f"{name}-var.yml"
    file.write_text(f"DEP_NAME: main\nDEP_REGION: {aws.variables['AWS_REGION']}\n")
    path = f"/amplify/{name}/amplify-main-object-access/{TABLE}"
    aws.client("ssm").put_parameter(Name=path, Value=aws.variables[TABLE], Type="String")
    elsewhere = {**aws.variables, "AWS_REGION": None, "AWS_DEFAULT_REGION": "eu-central-1"}
    with fresh_execution_environment(elsewhere):
        yield ["--project", project.root, "--stage", name]


def status(key):
    event = rest_api_event("POST", PATH, {"data": {"accountId": "a", "charge": 1}}, token=key)
    return charge(event, LambdaContext())["statusCode"]


def test_create_prints_the_key_and_nothing_else_on_stdout(aws, stage):
    result = run("create", "--owner", "jane", *stage)
    assert result.exit_code == 0, result.stderr
    (item,) = aws.items(TABLE)
    assert result.stdout.startswith("amp-v1-")
    assert result.stdout.count("\n") == 1
    assert stored_form(result.stdout.strip()) == item["apiKey"]
    assert item["api_owner_id"] in result.stderr
    assert "shown only now" in result.stderr
    assert result.stdout.strip() not in result.stderr


def test_create_as_json_with_everything(stage):
    options = "--owner jane --system nightly --account acme --access chat --access share --expires 2999-12-31"
    more = ["--rate-limit", "daily:2.5", "--purpose", "p", "--application-name", "N", "--application-description", "D"]
    result = run("create", *options.split(), *more, *stage, "--format", "json")
    made = json.loads(result.stdout)
    assert made.pop("key").startswith("amp-v1-")
    key_id = made.pop("id")
    assert key_id.startswith("jane/systemKey/")
    assert made.pop("created_at")
    assert made == {
        "owner": "jane",
        "user": "nightly",
        "state": "active",
        "account_id": "acme",
        "access_types": ["chat", "share"],
        "rate_limit": {"period": "Daily", "rate": "2.5"},
        "expiration_date": "2999-12-31",
        "purpose": "p",
        "application_name": "N",
        "application_description": "D",
        "rotated_at": None,
        "revoked_at": None,
        "last_accessed": None,
    }
    (listed,) = json.loads(run("list", *stage, "--format", "json").stdout)
    assert listed["id"] == key_id
    assert "key" not in listed


def test_list_rotate_revoke(aws, stage, cold_start):
    old = run("create", "--owner", "jane", *stage).stdout.strip()
    run("create", "--owner", "joe", *stage)
    key_id = next(item["api_owner_id"] for item in aws.items(TABLE) if item["owner"] == "jane")

    rotated = run("rotate", key_id, *stage)
    new = rotated.stdout.strip()
    assert "shown only now" in rotated.stderr
    with fresh_execution_environment(cold_start):
        assert (status(old), status(new)) == (401, 200)

    listed = run("list", "--owner", "jane", *stage).stdout
    assert [line.split()[0] for line in listed.splitlines()] == ["STATE", "active"]
    assert key_id in listed

    for _ in range(2):
        revoked = run("revoke", key_id, *stage)
        assert (revoked.exit_code, revoked.stdout) == (0, f"{key_id} is revoked.\n")
    with fresh_execution_environment(cold_start):
        assert status(new) == 401
    refused = run("rotate", key_id, *stage)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "is revoked and was not rotated" in refused.stderr

    everything = run("list", *stage).stdout + run("list", *stage, "--format", "json").stdout
    for item in aws.items(TABLE):
        assert item["apiKey"] not in everything
    assert old not in everything
    assert new not in everything


@pytest.mark.parametrize("command", ["rotate", "revoke"])
def test_an_id_that_does_not_exist_is_a_finding(stage, command):
    result = run(command, UNKNOWN, *stage)
    assert result.exit_code == 1
    assert f"has no API key '{UNKNOWN}'" in result.stderr
    assert "pycommon keys list" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--expires", "2020-01-01"], "is not in the future"),
        (["--expires", "soon"], "Invalid value"),
        (["--rate-limit", "Weekly:1"], "'Weekly' of the rate limit is unknown"),
        (["--rate-limit", "Daily:-1"], "The rate -1 is negative"),
        (["--rate-limit", "Daily"], "'Daily' is not a rate limit"),
        (["--delegate", "joe", "--system", "s"], "has one user"),
        (["--access", ""], "The access type '' is not a valid name"),
    ],
)
def test_a_key_that_cannot_be_is_not_made(aws, stage, options, says):
    result = run("create", "--owner", "jane", *options, *stage)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stdout == ""
    assert aws.items(TABLE) == []


def test_an_access_type_that_only_services_may_know_is_pointed_out(stage):
    result = run("create", "--owner", "jane", "--access", "chatt", "--access", "chat", *stage)
    assert result.exit_code == 0
    assert "Unknown access type chatt. Only services that register it" in result.stderr
    assert "type chat." not in result.stderr


def test_no_keys(stage):
    result = run("list", *stage)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "There are no keys." in result.stderr
    assert json.loads(run("list", *stage, "--format", "json").stdout) == []


def test_control_characters_in_the_table_do_not_reach_the_terminal(aws, stage):
    aws.put(TABLE, {"api_owner_id": "x/ownerKey/\x1b[2J", "owner": "\x1b]0;x\x07"})
    assert "\x1b" not in run("list", *stage).stdout


def test_a_table_by_its_name_needs_neither_parameter_nor_checkout(aws, stage, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.rmtree(tmp_path / "project")
    with fresh_execution_environment({"AWS_DEFAULT_REGION": aws.variables["AWS_REGION"]}):
        result = run("create", "--owner", "jane", "--stage", stage[-1], "--table", aws.variables[TABLE])
    assert result.exit_code == 0, result.stderr
    assert len(aws.items(TABLE)) == 1


def test_a_table_that_does_not_exist(stage):
    result = run("list", *stage, "--table", "gone")
    assert result.exit_code == 2
    assert "table gone): " in result.stderr
    assert "Name an existing table with --table" in result.stderr


def test_a_stage_without_the_platform(project, stage):
    (project.root / "var" / "empty-var.yml").write_text("DEP_NAME: main\nDEP_REGION: us-east-1\n")
    result = run("list", "--project", project.root, "--stage", "empty")
    assert result.exit_code == 1
    assert "/amplify/empty/amplify-main-object-access/API_KEYS_DYNAMODB_TABLE" in result.stderr
    assert "Deploy amplify-platform there" in result.stderr


def test_a_stage_whose_name_osls_would_have_to_resolve(project, stage):
    (project.root / "var" / "odd-var.yml").write_text("DEP_NAME: ${env:NAME}\nDEP_REGION: us-east-1\n")
    result = run("list", "--project", project.root, "--stage", "odd")
    assert result.exit_code == 2
    assert "has no DEP_NAME that is plain text" in result.stderr


def test_a_stage_that_the_checkout_does_not_know(project):
    result = run("list", "--project", project.root, "--stage", "nowhere")
    assert result.exit_code == 2
    assert "There is no stage 'nowhere'" in result.stderr
    assert "Known stages: local." in result.stderr


def test_without_credentials(project, stage):
    nobody = dict.fromkeys(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
    with fresh_execution_environment(nobody):
        result = run("list", *stage)
    assert result.exit_code == 2
    assert "Unable to locate credentials" in result.stderr
    assert "Traceback" not in result.stderr


def test_rights_that_are_missing_are_named(aws, stage):
    path = f"arn:aws:ssm:{aws.variables['AWS_REGION']}:000000000000:parameter/amplify/*"
    variables = aws.role_variables({"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": path})
    with fresh_execution_environment({**variables, "AWS_REGION": None}):
        result = run("list", *stage)
    assert result.exit_code == 2
    assert "dynamodb:Scan" in result.stderr


def test_the_local_aws_does_not_run(project):
    result = run("list", "--project", project.root)
    assert result.exit_code == 2
    assert "does not run" in result.stderr
    assert "pycommon local up" in result.stderr


def test_outside_of_a_project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "No project found" in run("list").stderr


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        (None, None),
        ("unlimited", None),
        ("Daily:5", RateLimit("Daily", 5)),
        ("monthly : 0.10", RateLimit("Monthly", 10 / 100)),
    ],
)
def test_a_rate_limit_as_it_is_written(text, limit):
    read = _rate_limit(text)
    assert (read and (read.period, float(read.rate))) == (limit and (limit.period, limit.rate))


@pytest.mark.parametrize("text", ["", "Daily", "Daily:", "Daily:x", "Daily:1:2", ":"])
def test_no_rate_limit(text):
    with pytest.raises(CliError, match="is not a rate limit"):
        _rate_limit(text)


@pytest.mark.local_aws
def test_the_checkouts_own_local_aws_is_the_default(local_stack):
    """Create the table and the parameter in the test, because the platform of the test project has none."""
    project = ["--project", local_stack.project.root]
    missing = run("list", *project)
    assert missing.exit_code == 1
    assert "/amplify/local/amplify-cli-object-access/API_KEYS_DYNAMODB_TABLE" in missing.stderr

    name = f"keys-{uuid.uuid4().hex[:8]}"
    local_stack.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "api_owner_id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "api_owner_id", "KeyType": "HASH"}],
    )
    parameter = f"/amplify/local/amplify-cli-object-access/{TABLE}"
    local_stack.client("ssm").put_parameter(Name=parameter, Value=name, Type="String")
    try:
        assert run("create", "--owner", "jane", *project).exit_code == 0
        assert run("create", "--owner", "joe", *project, "--table", name).exit_code == 0
        store = ApiKeyStore(name, local_stack.client("dynamodb"))
        assert [view.owner for view in store.list()] == ["jane", "joe"]
    finally:
        local_stack.client("ssm").delete_parameter(Name=parameter)
        local_stack.client("dynamodb").delete_table(TableName=name)
