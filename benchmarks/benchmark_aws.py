"""Set up the local AWS of the benchmarks, with users, API keys, and a role for the functions."""

from __future__ import annotations

import http.client
import json
import os
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from benchmarks.benchmark_peers import PEERS
from pycommon.authz.api_key_store import ApiKeyStore
from pycommon.testing import rest_api_event
from pycommon_cli.local import osls
from pycommon_cli.local.local_aws import LocalAws
from pycommon_cli.local.ministack import MiniStack
from pycommon_cli.local.project_folders import PLATFORM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pycommon_cli.terminal import Progress

__all__ = ["API_KEY", "JWT", "NEW_JWT", "BenchmarkAws", "local_aws"]

ROOT = Path(__file__).resolve().parent.parent
USERS = ("ada", "edsger", "grace", "tony")
JWT, NEW_JWT, API_KEY = "jwt", "new_jwt", "api_key"
PATH, BODY = "/sample/visits", {"data": {"message": "How long does it take until this is answered?"}}
ROLE = "pycommon-bench"
ACCOUNT = "000000000000"
LIMIT = {"M": {"period": {"S": "Daily"}, "rate": {"N": "1000"}}}


@dataclass(frozen=True, slots=True)
class BenchmarkAws:
    """The local AWS for the functions.

    Attributes:
        stack: the local AWS itself.
        shared: the value of each variable that the platform has published.
        credentials: the credentials of the functions' role.
    """

    stack: LocalAws
    shared: Mapping[str, str]
    credentials: Mapping[str, str]

    @property
    def python(self) -> Path:
        """An interpreter that has boto3 and no other packages, like the interpreter of the Lambda runtime."""
        return self.stack.runtime.python

    def environment(self, peer: str, endpoint: str | None = None) -> dict[str, str]:
        """Return the variables of the peer's function, as on a real stage.

        Args:
            peer: the peer's name. Each peer has its own usage table, in which the benchmark counts the peer's records.
            endpoint: the endpoint of AWS; by default the local AWS.
        """
        endpoint = endpoint or self.stack.endpoint
        pool = self.shared["OAUTH_ISSUER_BASE_URL"].rpartition("/")[2]
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.stack.home.temporary),  # a function has no ~/.aws
            "LANG": "C.UTF-8",
            **self.shared,
            **self.credentials,
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_LAMBDA_FUNCTION_NAME": f"bench-{peer}",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "OAUTH_JWKS_URL": f"{endpoint}/{pool}/.well-known/jwks.json",
            "USAGE_METRICS_DYNAMO_TABLE": _usage_table(peer),
            "SERVICE_NAME": f"bench-{peer}",
            "STAGE": "prod",
            "LOG_LEVEL": "INFO",
            "OBSERVE_AWS_CALLS": "false",
        }

    def events(self, new_tokens: int) -> dict[str, list[dict[str, Any]]]:
        """Return requests of several users, by kind of token.

        The kinds are the user's access token, a new token for each request, and the user's API key.
        """
        dynamodb = self.stack.client("dynamodb")
        keys = ApiKeyStore(self.shared["API_KEYS_DYNAMODB_TABLE"], dynamodb)
        return {
            JWT: [_event(self.stack.token(user)) for user in USERS],
            NEW_JWT: [_event(self.stack.token(USERS[each % len(USERS)])) for each in range(new_tokens)],
            API_KEY: [_event(keys.create(user, account_id=f"account-of-{user}").key) for user in USERS],
        }

    def records(self, peer: str) -> int:
        """Return the number of usage records that `peer` has written."""
        pages = (
            self.stack.client("dynamodb").get_paginator("scan").paginate(TableName=_usage_table(peer), Select="COUNT")
        )
        return sum(page["Count"] for page in pages)

    def put_item_ms(self, requests: int) -> float:
        """Return the time that the local AWS needs for one usage record.

        The request is signed beforehand and sent over an open connection.
        """
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        table, address = _usage_table("nobody"), urlsplit(self.stack.endpoint).netloc
        item = {"account": {"S": "a"}, "timestamp": {"S": "t"}, "user": {"S": "u"}, "duration_ms": {"N": "1.5"}}
        body = json.dumps({"TableName": table, "Item": item})
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "DynamoDB_20120810.PutItem",
            "Host": address,
        }
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        request = AWSRequest("POST", self.stack.endpoint + "/", data=body, headers=headers)
        SigV4Auth(Credentials(*(self.credentials[n] for n in names)), "dynamodb", "us-east-1").add_auth(request)
        connection = http.client.HTTPConnection(address, timeout=30)
        connection.connect()
        started = time.perf_counter()
        for _ in range(requests):
            connection.request("POST", "/", body, dict(request.headers.items()))
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != http.client.OK:
                raise RuntimeError(f"The local AWS refused a usage record: {text!r}")
        took = time.perf_counter() - started
        connection.close()
        return took / requests * 1000


@contextmanager
def local_aws(home: Path, progress: Progress) -> Iterator[BenchmarkAws]:
    """Provide a local AWS with the platform, and stop it afterwards. Its state stays in `home` for later benchmarks."""
    stack = LocalAws(ROOT, home=home)
    osls.ensure(stack.project, progress)
    stack.runtime.ensure(progress)
    ministack = MiniStack(stack.home, stack.runtime)
    ministack.stop()  # an earlier benchmark that was killed may have left MiniStack running
    stack.home.create()
    with progress.step("Starting a local AWS"):
        ministack.start()
    try:
        stack.deploy(PLATFORM, progress)
        with progress.step("Creating users, a role and tables"):
            furnished = _furnished(stack)
        yield furnished
    finally:
        stack.down(progress=progress)


def _furnished(stack: LocalAws) -> BenchmarkAws:
    _put_at_rest(stack)
    shared = _published(stack)
    for peer in [*PEERS, "nobody"]:
        _make_usage_table(stack.client("dynamodb"), _usage_table(peer))
    for user in USERS:
        _put_account(stack.client("dynamodb"), shared["ACCOUNTS_DYNAMO_TABLE"], user)
    return BenchmarkAws(stack, shared, _credentials(stack))


def _put_at_rest(stack: LocalAws) -> None:
    """Stop the platform's schedules and streams, because they would use processor time during the measurements."""
    events = stack.client("events")
    for rule in events.list_rules()["Rules"]:
        events.disable_rule(Name=rule["Name"])
    functions = stack.client("lambda")
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


def _published(stack: LocalAws) -> dict[str, str]:
    """Return the platform's parameters by variable. The last part of a parameter's name is the variable's name."""
    pages = stack.client("ssm").get_paginator("get_parameters_by_path").paginate(Path="/amplify/local/", Recursive=True)
    return {each["Name"].rpartition("/")[2]: each["Value"] for page in pages for each in page["Parameters"]}


def _usage_table(peer: str) -> str:
    return f"bench-usage-{peer}"


def _make_usage_table(dynamodb: Any, name: str) -> None:
    """Create an empty table for usage records, with the same keys as the platform's usage table."""
    with suppress(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.delete_table(TableName=name)
        dynamodb.get_waiter("table_not_exists").wait(TableName=name)
    keys = {"account": "HASH", "timestamp": "RANGE"}
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
    )


def _put_account(dynamodb: Any, table: str, user: str) -> None:
    """Store an account with a rate limit, so that the library checks the limit in each request."""
    account = {"id": {"S": f"account-of-{user}"}, "isDefault": {"BOOL": True}, "rateLimit": LIMIT}
    dynamodb.put_item(TableName=table, Item={"user": {"S": user}, "accounts": {"L": [{"M": account}]}})


def _credentials(stack: LocalAws) -> dict[str, str]:
    """Return credentials of a role with the permissions that the endpoint needs."""
    iam, lambda_ = stack.client("iam"), {"Service": "lambda.amazonaws.com"}
    trust = _policy({"Principal": lambda_, "Action": "sts:AssumeRole"})
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust)
    actions = [f"dynamodb:{action}" for action in ("GetItem", "PutItem", "Query", "UpdateItem")]
    allowed = _policy({"Action": actions, "Resource": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/*"})
    iam.put_role_policy(RoleName=ROLE, PolicyName="tables", PolicyDocument=allowed)
    role = stack.client("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{ROLE}", RoleSessionName="bench")
    given = role["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }


def _policy(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _event(token: str) -> dict[str, Any]:
    return rest_api_event("POST", PATH, BODY, token=token, stage="prod")
