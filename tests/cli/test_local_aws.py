"""Test `pycommon local` with a running local AWS. The end-to-end tests test the services."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from pycommon_cli.cli_error import CliError
from pycommon_cli.local import local_processes, local_stacks
from pycommon_cli.local.local_aws import LocalAws
from pycommon_cli.local.local_deploy import DeploymentMethod
from pycommon_cli.local.ministack import _bindable
from pycommon_cli.main import app

pytestmark = pytest.mark.local_aws

SERVICE = "amplify-greeting"
PYCOMMON = str(Path(sys.executable).with_name("pycommon"))


def run(stack, *arguments):
    return CliRunner().invoke(app, ["local", arguments[0], "--project", str(stack.project.root), *arguments[1:]])


def test_up_again_deploys_nothing(local_stack):
    assert [d.how for d in local_stack.up()] == [DeploymentMethod.NOT_NEEDED, DeploymentMethod.NOT_NEEDED]


def test_a_function_sees_what_the_lambda_runtime_offers_and_no_more(local_stack):
    answer = local_stack.call("POST", "/greeting", data={"a": 1}).json()
    assert answer["sees"] == {"boto3": True, "cryptography": False, "ministack": False}
    assert json.loads(answer["body"]) == {"a": 1}


def test_a_signed_in_user_is_sent_along(local_stack):
    result = run(local_stack, "call", "POST", "greeting", "--data", "{}", "--user", "ann")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["authorized"] is True
    assert json.loads(run(local_stack, "call", "POST", "greeting", "--no-token").stdout)["authorized"] is False


def test_an_answer_of_400_or_above_is_exit_code_1(local_stack):
    result = run(local_stack, "call", "POST", "/greeting", "--data", "teapot", "--no-token", "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["status"] == 418


def test_tokens_are_of_the_two_uses(local_stack):
    access, identity = run(local_stack, "token"), run(local_stack, "token", "--id-token")
    assert access.stdout.count(".") == identity.stdout.count(".") == 2
    assert access.stdout != identity.stdout


def test_logs_hold_what_the_function_wrote(local_stack):
    local_stack.call("POST", "/greeting")
    result = run(local_stack, "logs", f"{SERVICE}:greet")
    assert "greeting asked for by amplify-cli-greeting-local-greet" in result.stdout


def test_following_logs_yields_each_event_once(local_stack):
    local_stack.call("POST", "/greeting")
    events = local_stack.logs(f"{SERVICE}:greet")
    following = local_stack.follow(f"{SERVICE}:greet", since=0)
    assert [next(following) for _ in events] == events


def test_a_changed_line_is_deployed_without_osls(local_stack):
    words = local_stack.project.root / SERVICE / "service" / "words.py"
    words.write_text('GREETING = "good day"\n')
    status = json.loads(run(local_stack, "status", "--format", "json").stdout)
    assert [s["changed"] for s in status["services"]] == [False, True]
    done = local_stack.deploy(SERVICE)
    assert done.how is DeploymentMethod.CODE
    assert local_stack.call("POST", "/greeting").json()["greeting"] == "good day"


def test_run_gives_a_program_the_local_aws(local_stack):
    code = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    command = [PYCOMMON, "local", "run", "--project", str(local_stack.project.root), "--", sys.executable, "-c", code]
    environment = {**os.environ, "AWS_PROFILE": "of-the-caller"}
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert result.stdout.strip() == "000000000000"


def test_a_failed_deployment_names_the_cause_and_leaves_the_rest(local_stack):
    serverless = local_stack.project.root / SERVICE / "serverless.yml"
    good = serverless.read_text()
    serverless.write_text(good.replace("RestApiRootResourceId\n", "NoSuchExport\n"))
    with pytest.raises(CliError, match="NoSuchExport"):
        local_stack.up()
    serverless.write_text(good)
    assert local_stack.status().running
    assert local_stack.up()[1].how is DeploymentMethod.FULL
    assert local_stack.status().well


def test_a_kill_in_the_middle_of_a_deployment_is_recovered(local_stack):
    serverless = local_stack.project.root / SERVICE / "serverless.yml"
    serverless.write_text(serverless.read_text() + "# changed\n")
    command = subprocess.Popen(
        [PYCOMMON, "local", "deploy", SERVICE, "--project", str(local_stack.project.root)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not (left := local_processes.of_home(local_stack.home.path, role="osls")):
        assert command.poll() is None
    command.kill()
    command.wait()
    assert local_stack.up()[1].how is DeploymentMethod.FULL
    assert not any(process.is_running() for process in left)
    assert local_stack.call("POST", "/greeting").status == 200


def test_objects_users_and_stacks_survive_a_restart(local_stack):
    bucket = local_stacks.exports(local_stack.client("cloudformation"))["local-UploadsBucket"]
    local_stack.client("s3").put_object(Bucket=bucket, Key="kept", Body=b"yes")
    port = local_stack.status().port
    assert local_stack.down()
    assert _bindable(port)
    assert local_processes.of_home(local_stack.home.path) == []
    assert [d.how for d in local_stack.up()] == [DeploymentMethod.NOT_NEEDED, DeploymentMethod.NOT_NEEDED]
    assert local_stack.status().port == port
    assert local_stack.client("s3").get_object(Bucket=bucket, Key="kept")["Body"].read() == b"yes"


def test_a_killed_ministack_goes_on_from_the_last_orderly_stop(local_stack):
    bucket = local_stacks.exports(local_stack.client("cloudformation"))["local-UploadsBucket"]
    local_stack.client("s3").put_object(Bucket=bucket, Key="after", Body=b"lost")
    victim = psutil.Process(local_stack.status().pid)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    local_stack.up()
    assert "Contents" not in local_stack.client("s3").list_objects_v2(Bucket=bucket, Prefix="after")
    assert local_stack.call("POST", "/greeting").status == 200


def test_two_local_aws_of_one_checkout_do_not_meet(local_stack, tmp_path):
    other = LocalAws(local_stack.project.root, home=tmp_path / "home", runtime=local_stack.runtime.path)
    assert not other.status().running
    assert not other.down()
    assert local_stack.status().running
