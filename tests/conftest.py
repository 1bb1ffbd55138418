"""What every test may ask for: a local AWS that enforces IAM, an account's worth of tables in it, an issuer of tokens.

One MiniStack without any resources serves the whole run, all worker processes together. Each test gets tables, a queue,
a stage and a service name of its own, so no test sees or removes what another one made.

A test of the library alone needs nothing but the library and pytest: what fixtures need beyond, they import themselves.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.testing import TokenIssuer, fresh_execution_environment
from tests.shared_run import locked, run_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pycommon_cli.local.local_clients import LocalClients

pytest_plugins = ["tests.distribution"]

REGION = "us-east-1"
ACCOUNT_ID = "000000000000"

_KEYS = {
    "ACCOUNTS_DYNAMO_TABLE": ["user"],
    "API_KEYS_DYNAMODB_TABLE": ["api_owner_id"],
    "COGNITO_USERS_DYNAMODB_TABLE": ["user_id"],
    "COST_CALCULATIONS_DYNAMO_TABLE": ["id", "accountInfo"],
    "ENV_VARS_TRACKING_TABLE": ["service_var_key"],
    "USAGE_METRICS_DYNAMO_TABLE": ["account", "timestamp"],
}
_INDEXES = {
    "API_KEYS_DYNAMODB_TABLE": ("ApiKeyIndex", "apiKey"),
    "ENV_VARS_TRACKING_TABLE": ("ServiceIndex", "service_name"),
}
_QUEUE = "CRITICAL_ERRORS_SQS_QUEUE_NAME"

_CREDENTIAL = re.compile(r"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+|amp-v1-[A-Za-z0-9_-]{20,}")


def _load_hypothesis_profile() -> None:
    """Set how many examples Hypothesis tries, if it is installed: most tests do not need it."""
    try:
        from hypothesis import HealthCheck, settings
    except ImportError:
        return
    # The fixtures of a test serve all its examples, and the first example pays for imports: neither is an error.
    suppressed = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=suppressed)
    settings.register_profile("ci", max_examples=1000, deadline=None, suppress_health_check=suppressed)
    settings.load_profile("ci" if os.environ.get("CI") else "dev")


_load_hypothesis_profile()


@dataclass(frozen=True, slots=True)
class Aws:
    """One test's part of the local AWS.

    Attributes:
        variables: what a function of this test has in its environment, root's credentials included.
        client: `client(service)` is a boto3 client with root's rights, for arranging and for looking afterwards.
    """

    variables: Mapping[str, str]
    client: LocalClients

    def create_table(self, variable: str, *keys: str, index: tuple[str, str] | None = None) -> str:
        """Make the table that `variable` names: hash key, range key if there are two; return its name."""
        self.client("dynamodb").create_table(TableName=self.variables[variable], **_table(keys, index))
        return self.variables[variable]

    def put(self, variable: str, item: Mapping[str, Any]) -> None:
        """Write an item into the table that `variable` names. Numbers as int or Decimal."""
        from boto3.dynamodb.types import TypeSerializer

        write = TypeSerializer().serialize
        self.client("dynamodb").put_item(
            TableName=self.variables[variable], Item={name: write(value) for name, value in item.items()}
        )

    def items(self, variable: str) -> list[dict[str, Any]]:
        """Everything in the table that `variable` names. Numbers as Decimal."""
        from boto3.dynamodb.types import TypeDeserializer

        read = TypeDeserializer().deserialize
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=self.variables[variable])
        return [{name: read(value) for name, value in item.items()} for page in pages for item in page["Items"]]

    def queue_url(self, name: str | None = None) -> str:
        """The URL of a queue; without a name, of the critical-errors queue."""
        return str(self.client("sqs").get_queue_url(QueueName=name or self.variables[_QUEUE])["QueueUrl"])

    def messages(self, name: str | None = None) -> list[str]:
        """Take the bodies of all messages (up to ten) out of a queue; without a name, of the critical-errors queue."""
        answer = self.client("sqs").receive_message(QueueUrl=self.queue_url(name), MaxNumberOfMessages=10)
        return [message["Body"] for message in answer.get("Messages", [])]

    def put_parameter(self, name: str, value: str, kind: str = "String") -> str:
        """Keep `value` where the function's fallback looks for the variable `name`; return the path."""
        path = f"/amplify/{self.variables['STAGE']}/{self.variables['SERVICE_NAME']}/{name}"
        self.client("ssm").put_parameter(Name=path, Value=value, Type=kind, Overwrite=True)
        return path

    def role_variables(self, *statements: Mapping[str, Any]) -> dict[str, str]:
        """The variables of a function whose role allows `statements` and nothing else."""
        role = f"role-{uuid.uuid4().hex[:12]}"
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        arn = self.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument=_policy(trust))["Role"]["Arn"]
        if statements:
            self.client("iam").put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=_policy(*statements))
        keys = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return {
            **self.variables,
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
        }


def _policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _table(keys: tuple[str, ...], index: tuple[str, str] | None) -> dict[str, Any]:
    kinds = ("HASH", "RANGE")
    attributes = [*keys, *([index[1]] if index else [])]
    table: dict[str, Any] = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in attributes],
        "KeySchema": [{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, kinds, strict=False)],
    }
    if index:
        name, key = index
        schema = [{"AttributeName": key, "KeyType": "HASH"}]
        projection = {"ProjectionType": "ALL"}
        table["GlobalSecondaryIndexes"] = [{"IndexName": name, "KeySchema": schema, "Projection": projection}]
    return table


@pytest.fixture(scope="session")
def shared_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all worker processes of this run share."""
    return run_folder(request.config, tmp_path_factory)


@pytest.fixture(scope="session")
def local_aws(shared_folder: Path) -> LocalClients:
    """Clients with root's rights of the MiniStack of this run. The run ends it: see `tests/distribution.py`."""
    from pycommon_cli.local.lambda_runtime import Runtime
    from pycommon_cli.local.local_clients import LocalClients
    from pycommon_cli.local.ministack import HOST, MiniStack
    from pycommon_cli.local.project_folders import Home, find_project_root
    from pycommon_cli.terminal import Silent

    runtime = Runtime(find_project_root(Path(__file__).parent) / ".pycommon" / "runtime")
    runtime.ensure(Silent())
    home = Home(shared_folder / "local-aws")
    with locked(shared_folder / "local-aws.lock"):
        home.create()
        ministack = MiniStack(home, runtime)
        run = ministack.healthy() or ministack.start()[0]
    return LocalClients(f"http://{HOST}:{run.port}", REGION)


@pytest.fixture(scope="session")
def issuer() -> Iterator[TokenIssuer]:
    """An issuer of real tokens, whose keys are served over HTTP. `issuer.environment()` makes a function trust it."""
    with TokenIssuer() as issuer:
        yield issuer


@pytest.fixture
def aws(local_aws: LocalClients) -> Aws:
    """This test's tables and critical-errors queue, and the variables that name them."""
    from pycommon_cli.local import local_clients

    unique = uuid.uuid4().hex[:12]
    tables = {variable: f"{unique}-{variable.lower().replace('_', '-')}" for variable in _KEYS}
    aws = Aws(
        {
            **local_clients.settings(local_aws.endpoint, local_aws.region),
            **tables,
            _QUEUE: f"{unique}-critical-errors",
            "STAGE": f"test-{unique}",
            "SERVICE_NAME": f"service-{unique}",
        },
        local_aws,
    )
    for variable, keys in _KEYS.items():
        aws.create_table(variable, *keys, index=_INDEXES.get(variable))
    aws.client("sqs").create_queue(QueueName=aws.variables[_QUEUE])
    return aws


@pytest.fixture
def cold_start(aws: Aws, issuer: TokenIssuer) -> Iterator[dict[str, str]]:
    """A fresh execution environment with everything that a guarded function needs; yields its variables."""
    variables = {**aws.variables, **issuer.environment()}
    with fresh_execution_environment(variables):
        yield variables


@pytest.fixture(autouse=True)
def _nothing_secret_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """After each test of the run: no token, no API key and no planted value in anything that was logged."""
    yield
    for record in caplog.get_records("call"):
        line = caplog.handler.format(record)
        assert "CANARY" not in line, "a planted value was logged"
        assert not _CREDENTIAL.search(line), "a credential was logged"


@pytest.fixture(autouse=True)
def _nobody_elses_environment() -> Iterator[None]:
    """Each test begins cold, without credentials, endpoint or Lambda variables that the caller happens to have."""
    foreign = [name for name in os.environ if name.startswith(("AWS_", "OAUTH_", "_LAMBDA_"))]
    with fresh_execution_environment(dict.fromkeys([*foreign, "STAGE", "SERVICE_NAME", "LOG_LEVEL", "IDP_PREFIX"])):
        yield
