import os

import boto3
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution


@required_env_vars(
    {
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "VISITS_TABLE": [DynamoDBOperation.GET_ITEM, DynamoDBOperation.DELETE_ITEM],
    }
)
@track_execution
def count(event, context):
    table = boto3.resource("dynamodb").Table(os.environ["VISITS_TABLE"])
    return table.get_item(Key={"id": "all"})["Item"]["count"]
