import os

import boto3
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution


@required_env_vars(
    {
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "REPORTS_TABLE": [DynamoDBOperation.PUT_ITEM],
    }
)
@track_execution
def write(event, context):
    boto3.client("dynamodb").put_item(TableName=os.environ["REPORTS_TABLE"], Item={"id": {"S": event["id"]}})
