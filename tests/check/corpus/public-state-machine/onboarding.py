import json
import os
import uuid

import boto3
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, StepFunctionsOperation
from pycommon.decorators import required_env_vars

sfn = boto3.client("stepfunctions")


def audit(entry):
    boto3.client("dynamodb").put_item(
        TableName=os.environ["AUDIT_TABLE"],
        Item={"id": {"S": str(uuid.uuid4())}, "entry": {"S": entry}},
    )


@required_env_vars(
    {
        "AUDIT_TABLE": [DynamoDBOperation.PUT_ITEM],
        "STATE_MACHINE_ARN": [StepFunctionsOperation.START_EXECUTION],
    }
)
def begin(event, context):
    audit("begin")
    return sfn.start_execution(
        stateMachineArn=os.environ["STATE_MACHINE_ARN"], input=json.dumps(event)
    )["executionArn"]
