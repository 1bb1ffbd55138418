"""The contract as a test: each Python sample of the specification runs as it stands, against the local AWS.

A sample leaves the business to its reader (`create_charge`, `save_workflow`, ...) and forgets an import here and there
(`os`, `json`, `boto3`, `validate`). Those names are given to it as globals; its text is not touched. A block that is no
program is listed in `FRAGMENTS`, with the reason. A block that is in neither place fails the test.
"""

from __future__ import annotations

import ast
import json
import os
import re
import textwrap
import urllib.request
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import jsonschema
import pytest

import pycommon.logger
from pycommon.api.ops import registry
from pycommon.authz import setup_validated, validated
from pycommon.dal.providers.aws import resource_perms
from pycommon.decorators import required_env_vars, track_execution
from pycommon.env.declaration import declarations
from pycommon.exceptions import HTTPConflict
from pycommon.testing import LambdaContext, fresh_execution_environment, rest_api_event
from tests.spec.samples import SPECIFICATION, Coverage, ServiceFolder, files_of, python_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from conftest import Aws

    from pycommon.testing import TokenIssuer

if not SPECIFICATION.is_file():
    pytest.skip(
        "the specification is not beside this checkout (shared/spec/implementation-guidelines.md)",
        allow_module_level=True,
    )

BLOCKS = python_blocks(SPECIFICATION.read_text())
runs = Coverage()

CORE_IMPORTS = "Core PyCommon Imports (All Patterns) #1"
PATTERN_1 = "Use Case: Direct HTTP endpoints with request validation"
PATTERN_2 = "Use Case: Single endpoint that routes to multiple operations"
CHARGE_SCHEMA = "1. Define Schema #1"
CHARGE_RULES = "2. Register Schema #1"
CHARGE_PERMISSIONS = "Define Permissions #1"
STORED_ITEM = "Metrics Storage #1"
SQS_EXAMPLE = "Example 3: SQS Event-Driven Function #1"

SIGNATURE_ONLY = "a signature whose body is a comment"
PLACEHOLDERS = "`{...}` and `...` stand for what the reader writes"
FRAGMENTS = {
    f"{PATTERN_1} #3": SIGNATURE_ONLY,
    "3. How @validated Connects Everything #1": SIGNATURE_ONLY,
    "Cost Calculation #1": "a formula, with dollar signs; tests/metrics/test_cost.py holds its example",
    "1. Decorator Order Matters #1": PLACEHOLDERS,
    "1. Decorator Order Matters #2": PLACEHOLDERS,
    "2. Don't Mix Patterns #1": PLACEHOLDERS,
    "2. Don't Mix Patterns #2": PLACEHOLDERS,
}
BARE_DECORATORS = [
    "How IAM Roles Map to Environment Variables #1",
    "Key Principle: Environment Variables <-> IAM Permissions #1",
    "Usage Examples #1",
    "5. Environment Variable Precision #1",
    "5. Environment Variable Precision #2",
]


# The reader's part: what a service would do, done for real.


def owns_account(user: str, account_id: str) -> bool:
    """Whether the accounts table says so."""
    table = boto3.resource("dynamodb").Table(os.environ["ACCOUNTS_DYNAMO_TABLE"])
    accounts = table.get_item(Key={"user": user}).get("Item", {}).get("accounts", [])
    return any(account["id"] == account_id for account in accounts)


def is_admin(user: str) -> bool:
    return user == "root"


def create_charge(account_id: str, charge: float, user: str) -> dict[str, Any]:
    bucket = boto3.client("s3")
    key = f"charges/{account_id}"
    bucket.put_object(Bucket=os.environ["S3_SHARE_BUCKET_NAME"], Key=key, Body=json.dumps({"by": user, "usd": charge}))
    return {"success": True, "receipt": key}


def generate_presigned_upload_url(bucket: str, key: str) -> str:
    parameters = {"Bucket": bucket, "Key": key}
    return str(boto3.client("s3").generate_presigned_url("put_object", Params=parameters))


def record_file_metadata(table: str, user: str, name: str, kind: str) -> None:
    item = {"id": f"{user}/{name}", "owner": user, "type": kind}
    boto3.resource("dynamodb").Table(table).put_item(Item=item)


def save_workflow(user: str, name: str, steps: list[dict[str, Any]]) -> str:
    item = {"id": f"{user}/{name}", "steps": steps}
    boto3.resource("dynamodb").Table(os.environ["WORKFLOW_TEMPLATES_TABLE"]).put_item(Item=item)
    return item["id"]


def chunk_document(content: bytes) -> list[dict[str, str]]:
    return [{"text": line} for line in content.decode().splitlines()]


WORKFLOW = {"workflowName": "close-day", "steps": [{"do": "sum"}, {"do": "send"}]}
ARGS = {"workflow_name": WORKFLOW["workflowName"], "steps": WORKFLOW["steps"]}
CHARGE = {"accountId": "acc-1", "charge": 12.5, "description": "printing"}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[ServiceFolder]:
    yield from ServiceFolder(tmp_path).on_path()


@pytest.fixture
def charge_service(service: ServiceFolder) -> ServiceFolder:
    """A service folder with the `schemata/` package that the specification spells out."""
    service.write("schemata/__init__.py")
    service.write("schemata/add_charge_schema.py", BLOCKS[CHARGE_SCHEMA])
    service.write("schemata/create_user_schema.py", 'create_user_schema = {"type": "object", "required": ["email"]}\n')
    service.write("schemata/schema_validation_rules.py", BLOCKS[CHARGE_RULES])
    service.run(
        "schemata/permissions.py", BLOCKS[CHARGE_PERMISSIONS], user_owns_account=owns_account, is_admin=is_admin
    )
    return service


@pytest.fixture
def function_environment(aws: Aws, cold_start: dict[str, str]) -> Iterator[Aws]:
    """The tables, the bucket and the queue of the samples beside the shared ones, in the function's environment."""
    names = {
        "FILES_DYNAMO_TABLE": "files",
        "WORKFLOW_TEMPLATES_TABLE": "workflows",
        "SCHEDULED_TASKS_TABLE": "tasks",
        "S3_SHARE_BUCKET_NAME": "share",
        "S3_RAG_INPUT_BUCKET_NAME": "rag-input",
        "RAG_CHUNK_DOCUMENT_QUEUE_URL": "chunks",
    }
    own = {variable: f"{cold_start['SERVICE_NAME']}-{name}" for variable, name in names.items()}
    extended = replace(aws, variables={**cold_start, **own})
    for variable in ("FILES_DYNAMO_TABLE", "WORKFLOW_TEMPLATES_TABLE"):
        extended.create_table(variable, "id")
    extended.create_table("SCHEDULED_TASKS_TABLE", "state", "id")
    for variable in ("S3_SHARE_BUCKET_NAME", "S3_RAG_INPUT_BUCKET_NAME"):
        aws.client("s3").create_bucket(Bucket=own[variable])
    queue = aws.client("sqs").create_queue(QueueName=own["RAG_CHUNK_DOCUMENT_QUEUE_URL"])["QueueUrl"]
    with fresh_execution_environment({**own, "RAG_CHUNK_DOCUMENT_QUEUE_URL": queue}):
        yield extended


@pytest.fixture
def jane(function_environment: Aws) -> str:
    """A user with a default account."""
    account = {"id": "acc-1", "name": "Lab", "isDefault": True}
    function_environment.put("ACCOUNTS_DYNAMO_TABLE", {"user": "jane", "accounts": [account]})
    return "jane"


def recorded(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((Path(__file__).parents[1] / "events" / f"{name}.json").read_text())
    return event


def body_of(answer: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(answer["body"])
    return body


def usage_of(aws: Aws) -> dict[str, Any]:
    """The one usage record there is."""
    (item,) = aws.items("USAGE_METRICS_DYNAMO_TABLE")
    return item


def test_each_block_is_run_or_a_fragment_with_its_reason() -> None:
    accounted = [*runs.tests, *FRAGMENTS, *BARE_DECORATORS]
    assert sorted(accounted) == sorted(BLOCKS)


@pytest.mark.parametrize("key", FRAGMENTS)
def test_a_fragment_is_no_python(key: str) -> None:
    with pytest.raises(SyntaxError):
        ast.parse(BLOCKS[key])


@pytest.mark.parametrize("key", BARE_DECORATORS)
def test_a_bare_decorator_declares_the_function_below_it(key: str) -> None:
    names = {
        **{name: getattr(resource_perms, name) for name in resource_perms.__all__},
        "required_env_vars": required_env_vars,
    }
    block = BLOCKS[key]
    before = len(list(declarations()))
    exec(f"{block}\ndef function(event, context): ...", names)  # noqa: S102 - the sample, and a function for it
    declared = {name for each in list(declarations())[before:] for name in each.variables}
    assert declared == set(re.findall(r'^    "(\w+)":', block, re.MULTILINE))


@runs(
    CORE_IMPORTS,
    "Pattern 1 & 2: Validation Imports #1",
    "Pattern 1 Only: Schema and Permissions #1",
    "Pattern 2 Only: API Tool #1",
    "Pattern 3 Only: Execution Tracking #1",
    "Available AWS Operations #1",
)
def test_imports_and_operations(charge_service: ServiceFolder) -> None:
    module = charge_service.run("service/imports.py", BLOCKS[CORE_IMPORTS])
    for key, test in runs.tests.items():
        if test == "test_imports_and_operations" and key != CORE_IMPORTS:
            charge_service.run_further(module, BLOCKS[key])
    assert module.validated is validated
    assert module.getLogger is pycommon.logger.getLogger
    assert "/state/accounts/charge" in module.rules["validators"]


@pytest.fixture
def charge(charge_service: ServiceFolder, jane: str, issuer: TokenIssuer) -> Callable[..., dict[str, Any]]:
    """`charge(user, **changes)` asks Pattern 1's function for a charge on Jane's account; no user, no token."""
    module = charge_service.run("service/core.py", BLOCKS[f"{PATTERN_1} #1"], os=os, create_charge=create_charge)
    charge_service.run_further(module, BLOCKS[f"{PATTERN_1} #2"])

    def ask(user: str | None = jane, **changes: Any) -> dict[str, Any]:
        token = issuer.token(user) if user else None
        event = rest_api_event("POST", "/state/accounts/charge", {"data": {**CHARGE, **changes}}, token=token)
        answer: dict[str, Any] = module.charge_request(event, LambdaContext())
        return answer

    return ask


@runs(f"{PATTERN_1} #1", f"{PATTERN_1} #2", CHARGE_SCHEMA, CHARGE_RULES, CHARGE_PERMISSIONS)
def test_pattern_1_answers_and_meters(charge: Callable[..., dict[str, Any]], function_environment: Aws) -> None:
    answer = charge()
    assert (answer["statusCode"], body_of(answer)) == (200, {"success": True, "receipt": "charges/acc-1"})
    bucket = function_environment.variables["S3_SHARE_BUCKET_NAME"]
    stored = function_environment.client("s3").get_object(Bucket=bucket, Key="charges/acc-1")["Body"].read()
    assert json.loads(stored) == {"by": "jane", "usd": 12.5}
    usage = usage_of(function_environment)
    assert (usage["operation"], usage["endpoint"]) == ("create_charge", "/state/accounts/charge")
    assert (usage["account"], usage["user"], usage["event_source"]) == ("acc-1", "jane", "HTTP")
    assert usage["success"] is True
    record = {item["variable"]: item for item in function_environment.items("ENV_VARS_TRACKING_TABLE")}
    assert record["S3_SHARE_BUCKET_NAME"]["operations"] == {"s3:GetObject", "s3:PutObject"}


@pytest.mark.parametrize(
    ("user", "changes", "status"),
    [
        ("jane", {"charge": "much"}, 400),
        ("jane", {"description": None}, 400),
        ("jane", {"accountId": "acc-of-another"}, 403),
        ("jane", {"charge": 1001}, 403),
        ("eve", {}, 403),
        (None, {}, 401),
    ],
)
def test_pattern_1_refuses(
    charge: Callable[..., dict[str, Any]],
    function_environment: Aws,
    user: str | None,
    changes: dict[str, Any],
    status: int,
) -> None:
    answer = charge(user, **changes)
    assert (answer["statusCode"], body_of(answer)["success"]) == (status, False)
    bucket = function_environment.variables["S3_SHARE_BUCKET_NAME"]
    assert "Contents" not in function_environment.client("s3").list_objects_v2(Bucket=bucket)


@runs(STORED_ITEM)
def test_the_record_has_the_fields_of_the_specification(
    charge: Callable[..., dict[str, Any]], function_environment: Aws
) -> None:
    specified = eval(BLOCKS[STORED_ITEM], {"true": True, "null": None})  # noqa: S307 - the sample, in JSON's words
    charge()
    item = usage_of(function_environment)
    assert set(specified) - set(item) == {"api_key_id"}  # which only an execution by API key has
    for name in set(specified) & set(item):
        assert stored_kind(item[name]) == stored_kind(specified[name]), name
    assert item["timestamp"].endswith("Z")


def stored_kind(value: Any) -> str:
    """DynamoDB's type of a value: it has one for all numbers."""
    match value:
        case None | bool() | str():
            return type(value).__name__
        case int() | float() | Decimal():
            return "number"
        case _:
            raise TypeError(type(value).__name__)


@pytest.fixture
def router_service(charge_service: ServiceFolder, monkeypatch: pytest.MonkeyPatch) -> ServiceFolder:
    """A service folder for a router. The registry is the process's: here it has the sample's operations alone."""
    monkeypatch.setattr(registry, "_by_path", {})
    monkeypatch.setattr(registry, "_permissions", None)
    charge_service.write("service/__init__.py")
    charge_service.write("service/routes.py", "route_data = {}\n")
    charge_service.write("service/handlers.py")
    return charge_service


def router(service: ServiceFolder, kind: str) -> ModuleType:
    """The router of Pattern 2, or the one of the complete example, with the handlers that it imports."""
    if kind == "pattern":
        service.write("service/workflow_handlers.py", BLOCKS[f"{PATTERN_2} #2"])
        wrapper = {"type": "object", "properties": {"data": {"required": ["steps"]}}, "required": ["data"]}
        given = {"validate": jsonschema.validate, "wrapper_schema": wrapper, "args": ARGS}
        module = service.run("service/core.py", BLOCKS[f"{PATTERN_2} #1"], **given)
        service.run_further(module, BLOCKS[f"{PATTERN_2} #3"])
    else:
        files = files_of(BLOCKS["Example 2: Agent Loop Router Pattern #1"])
        service.write("service/workflow_handlers.py", files["service/workflow_handlers.py"])
        schemata = service.run("service/schemata_of_the_module.py", BLOCKS["Pattern 1 Only: Schema and Permissions #1"])
        given = {"rules": schemata.rules, "get_permission_checker": schemata.get_permission_checker, "args": ARGS}
        module = service.run("service/core.py", files["service/core.py"], **given)
    import service.workflow_handlers as handlers  # of the folder under test

    handlers.save_workflow = save_workflow
    return module


@runs(
    f"{PATTERN_2} #1",
    f"{PATTERN_2} #2",
    f"{PATTERN_2} #3",
    "Example 2: Agent Loop Router Pattern #1",
)
@pytest.mark.parametrize("kind", ["pattern", "complete example"])
def test_pattern_2_routes_and_meters(
    router_service: ServiceFolder, function_environment: Aws, jane: str, issuer: TokenIssuer, kind: str
) -> None:
    module = router(router_service, kind)
    event = rest_api_event("POST", "/vu-agent/create-workflow", {"data": WORKFLOW}, token=issuer.token(jane))
    answer = module.route(event, LambdaContext())
    assert (answer["statusCode"], body_of(answer)) == (200, {"success": True, "workflowId": "jane/close-day"})
    (stored,) = function_environment.items("WORKFLOW_TEMPLATES_TABLE")
    assert stored == {"id": "jane/close-day", "steps": WORKFLOW["steps"]}
    usage = usage_of(function_environment)  # one: the router itself is not metered
    assert (usage["operation"], usage["endpoint"]) == ("create_workflow_handler", "agent_operation")
    assert (usage["account"], usage["user"], usage["success"]) == ("acc-1", "jane", True)
    record = {item["variable"]: item for item in function_environment.items("ENV_VARS_TRACKING_TABLE")}
    assert record["WORKFLOW_TEMPLATES_TABLE"]["operations"] == {"dynamodb:PutItem"}


@pytest.mark.parametrize("kind", ["pattern", "complete example"])
def test_pattern_2_refuses(
    router_service: ServiceFolder, function_environment: Aws, jane: str, issuer: TokenIssuer, kind: str
) -> None:
    module = router(router_service, kind)
    token = issuer.token(jane)
    invalid = rest_api_event("POST", "/vu-agent/create-workflow", {"data": {"workflowName": "x"}}, token=token)
    unknown = rest_api_event("POST", "/vu-agent/unheard-of", {"data": {}}, token=token)
    nobody = rest_api_event("POST", "/vu-agent/create-workflow", {"data": WORKFLOW})
    assert "'steps' is a required property" in body_of(module.route(invalid, LambdaContext()))["error"]
    assert body_of(module.route(unknown, LambdaContext())) == {"success": False, "error": "Invalid path"}
    assert module.route(nobody, LambdaContext())["statusCode"] == 401
    assert function_environment.items("WORKFLOW_TEMPLATES_TABLE") == []
    assert function_environment.items("USAGE_METRICS_DYNAMO_TABLE") == []


@runs("Example 1: SQS Trigger #1")
def test_pattern_3_sqs(service: ServiceFolder, function_environment: Aws) -> None:
    def process_message(body: dict[str, str]) -> None:
        function_environment.put("FILES_DYNAMO_TABLE", {"id": body["document"]})

    module = service.run("rag/sqs.py", BLOCKS["Example 1: SQS Trigger #1"], json=json, process_message=process_message)
    assert module.process_document_for_rag(recorded("sqs"), LambdaContext()) == {"statusCode": 200}
    assert function_environment.items("FILES_DYNAMO_TABLE") == [{"id": "a.txt"}]
    assert_metered_as(function_environment, "process_document_for_rag", "SQS")


@runs("Example 2: DynamoDB Stream Trigger #1")
def test_pattern_3_stream(service: ServiceFolder, function_environment: Aws) -> None:
    def send_notification(image: dict[str, Any]) -> None:
        queue = function_environment.queue_url()
        function_environment.client("sqs").send_message(QueueUrl=queue, MessageBody=image["error"]["S"])

    block = BLOCKS["Example 2: DynamoDB Stream Trigger #1"]
    module = service.run("admin/core.py", block, **imports_of_pattern_3(), send_notification=send_notification)
    assert module.notify_critical_error(recorded("dynamodb-stream"), LambdaContext()) == {"statusCode": 200}
    assert function_environment.messages() == ["ledger mismatch"]
    assert_metered_as(function_environment, "notify_critical_error", "DynamoDB Stream")


@runs("Example 3: Scheduled Event (Cron) #1")
def test_pattern_3_schedule(service: ServiceFolder, function_environment: Aws) -> None:
    def tasks() -> Any:
        return boto3.resource("dynamodb").Table(os.environ["SCHEDULED_TASKS_TABLE"])

    def get_pending_tasks() -> list[dict[str, Any]]:
        condition = boto3.dynamodb.conditions.Key("state").eq("pending")
        found: list[dict[str, Any]] = tasks().query(KeyConditionExpression=condition)["Items"]
        return found

    def execute_task(task: dict[str, Any]) -> None:
        done = {"UpdateExpression": "SET done = :done", "ExpressionAttributeValues": {":done": True}}
        tasks().update_item(Key={"state": task["state"], "id": task["id"]}, **done)

    function_environment.put("SCHEDULED_TASKS_TABLE", {"state": "pending", "id": "1"})
    given = {"get_pending_tasks": get_pending_tasks, "execute_task": execute_task}
    block = BLOCKS["Example 3: Scheduled Event (Cron) #1"]
    module = service.run("tasks/core.py", block, **imports_of_pattern_3(), **given)
    event = recorded("eventbridge-rule-schedule")
    assert module.execute_scheduled_tasks(event, LambdaContext()) == {"statusCode": 200}
    assert function_environment.items("SCHEDULED_TASKS_TABLE") == [{"state": "pending", "id": "1", "done": True}]
    assert_metered_as(function_environment, "execute_scheduled_tasks", "Scheduled")


@runs("Example 4: S3 Trigger #1")
def test_pattern_3_s3(service: ServiceFolder, function_environment: Aws) -> None:
    def process_upload(bucket: str, key: str) -> None:
        function_environment.client("s3").copy_object(
            Bucket=bucket, Key=f"done/{key}", CopySource={"Bucket": bucket, "Key": key}
        )

    bucket = function_environment.variables["S3_RAG_INPUT_BUCKET_NAME"]
    function_environment.client("s3").put_object(Bucket=bucket, Key="jane/slides.pptx", Body=b"slides")
    event = recorded("s3")
    event["Records"][0]["s3"]["bucket"]["name"] = bucket
    block = BLOCKS["Example 4: S3 Trigger #1"]
    module = service.run("uploads/core.py", block, **imports_of_pattern_3(), process_upload=process_upload)
    assert module.handle_pptx_upload(event, LambdaContext()) == {"statusCode": 200}
    copied = function_environment.client("s3").get_object(Bucket=bucket, Key="done/jane/slides.pptx")
    assert copied["Body"].read() == b"slides"
    assert_metered_as(function_environment, "handle_pptx_upload", "S3", payers=("jane",))


def imports_of_pattern_3() -> dict[str, Any]:
    """What the samples after the first one take for imported."""
    operations = {"DynamoDBOperation": resource_perms.DynamoDBOperation}
    return {"required_env_vars": required_env_vars, "track_execution": track_execution, **operations}


def assert_metered_as(
    aws: Aws, operation: str, source: str, *, payers: tuple[str, ...] = ("system",), success: bool = True
) -> None:
    items = sorted(aws.items("USAGE_METRICS_DYNAMO_TABLE"), key=lambda item: str(item["account"]))
    assert tuple(item["account"] for item in items) == payers
    for usage in items:
        assert (usage["operation"], usage["event_source"], usage["success"]) == (operation, source, success)
        assert usage["user"] == usage["account"]
        assert usage["lambda_cost"] > 0


@runs("Example 1: Standard REST Endpoint #1")
def test_complete_example_1(service: ServiceFolder, function_environment: Aws, jane: str, issuer: TokenIssuer) -> None:
    block = BLOCKS["Example 1: Standard REST Endpoint #1"]
    write_upload_schemata(service, block)
    given = {
        "os": os,
        "generate_presigned_upload_url": generate_presigned_upload_url,
        "record_file_metadata": record_file_metadata,
    }
    module = service.run("files/file.py", block, **given)
    data = {"fileName": "a.txt", "fileType": "text/plain", "fileSize": 11}
    event = rest_api_event("POST", "/files/upload", {"data": data}, token=issuer.token(jane))
    answer = module.get_presigned_url(event, LambdaContext())
    body = body_of(answer)
    assert (answer["statusCode"], body["success"], body["fileId"]) == (200, True, "jane/a.txt")
    upload(body["uploadUrl"], b"hello world")
    bucket = function_environment.variables["S3_RAG_INPUT_BUCKET_NAME"]
    assert (
        function_environment.client("s3").get_object(Bucket=bucket, Key="jane/a.txt")["Body"].read() == b"hello world"
    )
    assert function_environment.items("FILES_DYNAMO_TABLE") == [
        {"id": "jane/a.txt", "owner": "jane", "type": "text/plain"}
    ]
    assert usage_of(function_environment)["operation"] == "upload_file"
    too_large = {"data": {**data, "fileSize": 100_000_000}}
    event = rest_api_event("POST", "/files/upload", too_large, token=issuer.token(jane))
    assert module.get_presigned_url(event, LambdaContext())["statusCode"] == 403


def write_upload_schemata(service: ServiceFolder, block: str) -> None:
    """`schemata/` out of what the example's own docstring says: the schema and the permission function."""
    schema = re.search(r"upload_file_schema\.py:\n(.+?\n    \}\n)", block, re.DOTALL)
    permission = re.search(r"permissions\.py:\n(.+?)    \"\"\"\n", block, re.DOTALL)
    assert schema is not None
    assert permission is not None
    service.write("schemata/__init__.py")
    service.write("schemata/upload_file_schema.py", "upload_file_schema = " + textwrap.dedent(schema[1]).strip() + "\n")
    service.write(
        "schemata/schema_validation_rules.py",
        "from .upload_file_schema import upload_file_schema\n"
        'rules = {"validators": {"/files/upload": {"upload_file": upload_file_schema}}}\n',
    )
    checker = """
        def get_permission_checker():
            def permission_checker(path, operation, user, data):
                return (path, operation) == ("/files/upload", "upload_file") and can_upload_file(user, data)
            return permission_checker
    """
    service.write("schemata/permissions.py", textwrap.dedent(permission[1]) + textwrap.dedent(checker))


def upload(url: str, content: bytes) -> None:
    """Use a presigned URL as a browser does."""
    request = urllib.request.Request(url, data=content, method="PUT")  # noqa: S310 - the local AWS
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - as above
        assert answer.status == 200


@runs(SQS_EXAMPLE)
def test_complete_example_3(
    service: ServiceFolder, function_environment: Aws, caplog: pytest.LogCaptureFixture
) -> None:
    module = service.run("rag/core.py", BLOCKS[SQS_EXAMPLE], os=os, boto3=boto3, chunk_document=chunk_document)
    bucket = function_environment.variables["S3_RAG_INPUT_BUCKET_NAME"]
    function_environment.client("s3").put_object(Bucket=bucket, Key="jane/a.txt", Body=b"one\ntwo")
    inner = recorded("s3")
    inner["Records"][0]["s3"]["object"]["key"] = "jane/a.txt"
    event = recorded("sqs")
    event["Records"][0]["body"] = json.dumps(inner)
    event["Records"].append({**event["Records"][0], "body": "no JSON"})
    assert module.process_document_for_rag(event, LambdaContext()) == {"statusCode": 200}
    chunks = function_environment.messages(function_environment.variables["RAG_CHUNK_DOCUMENT_QUEUE_URL"])
    assert sorted(json.loads(chunk)["text"] for chunk in chunks) == ["one", "two"]
    assert function_environment.items("FILES_DYNAMO_TABLE") == [{"id": "jane/a.txt", "status": "chunked"}]
    assert_metered_as(function_environment, "process_document_for_rag", "SQS", payers=("jane", "system"))
    assert [r.levelname for r in caplog.records if r.name == "rag_processor"] == ["INFO", "ERROR"]


@runs("Define Permissions #2", "4. Permission Security #1", "4. Permission Security #2")
def test_permission_functions(service: ServiceFolder) -> None:
    files = {"f-1": {"owner": "jane"}}
    given = {"is_admin_user": is_admin, "is_admin": is_admin, "get_file_info": files.__getitem__}
    module = service.run("schemata/permission_patterns.py", BLOCKS["Define Permissions #2"], **given)
    answers = {
        user: [
            module.always_allow(user, {}),
            module.can_modify_own_data(user, {"data": {"owner": "jane"}}),
            module.admin_only(user, {}),
            module.can_delete_file(user, {"data": {"fileId": "f-1"}}),
        ]
        for user in ("jane", "root", "eve")
    }
    assert answers == {
        "jane": [True, True, False, True],
        "root": [True, False, True, True],
        "eve": [True, False, False, False],
    }
    service.run_further(module, BLOCKS["4. Permission Security #1"])
    assert module.can_delete_user("eve", {"data": {"userId": "jane"}}) is True  # what the specification warns of
    service.run_further(module, BLOCKS["4. Permission Security #2"])
    assert module.can_delete_user("eve", {"data": {"userId": "jane"}}) is False
    assert module.can_delete_user("jane", {"data": {"userId": "jane"}}) is True


@runs("3. Always Include USAGE_METRICS_DYNAMO_TABLE #1")
def test_an_event_function_that_declares_the_usage_table(service: ServiceFolder, function_environment: Aws) -> None:
    block = BLOCKS["3. Always Include USAGE_METRICS_DYNAMO_TABLE #1"]
    module = service.run("events/core.py", block, **imports_of_pattern_3())
    table = function_environment.variables["FILES_DYNAMO_TABLE"]
    with fresh_execution_environment({"YOUR_TABLE": table}):
        assert module.your_event_function({}, LambdaContext()) is None
    assert_metered_as(function_environment, "your_event_function", "Direct")


@runs("6. Error Handling #1")
@pytest.mark.parametrize(("error", "status"), [(ValueError("no"), 500), (HTTPConflict("taken"), 409)])
def test_validated_turns_an_exception_into_an_answer(
    service: ServiceFolder, function_environment: Aws, issuer: TokenIssuer, error: Exception, status: int
) -> None:
    def might_throw_exception() -> None:
        raise error

    given = {"validated": validated, "setup_validated": setup_validated, "might_throw_exception": might_throw_exception}
    module = service.run("errors/core.py", "", **given)
    setup_of_module = (
        'setup_validated({"validators": {"/operation": {"operation": {"type": "object"}}}},'
        " lambda: lambda path, operation, user, data: True)"
    )
    service.run_further(module, setup_of_module)
    service.run_further(module, BLOCKS["6. Error Handling #1"])
    event = rest_api_event("POST", "/operation", {"data": {}}, token=issuer.token("jane"))
    answer = module.your_function(event, LambdaContext())
    assert (answer["statusCode"], body_of(answer)["success"]) == (status, False)
    usage = usage_of(function_environment)
    assert (usage["success"], usage["error_type"]) == (False, type(error).__name__)


@runs("6. Error Handling #2")
@pytest.mark.parametrize("fails", [False, True])
def test_an_event_function_that_handles_its_errors(
    service: ServiceFolder, function_environment: Aws, *, fails: bool
) -> None:
    def process_event() -> None:
        if fails:
            raise ValueError("no such document")

    given = {
        **imports_of_pattern_3(),
        "process_event": process_event,
        "logger": pycommon.logger.getLogger("error_handling"),
    }
    module = service.run("events/handled.py", BLOCKS["6. Error Handling #2"], **given)
    answer = module.your_function(recorded("sqs"), LambdaContext())
    assert answer == {"statusCode": 500 if fails else 200}
    assert_metered_as(function_environment, "your_function", "SQS", success=not fails)
