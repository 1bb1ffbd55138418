import os

import boto3
from boto3.dynamodb.conditions import Key
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution


@required_env_vars(
    {
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "REPORTS_TABLE": [DynamoDBOperation.QUERY],
    }
)
@track_execution
def remind(event, context):
    table = boto3.resource("dynamodb").Table(os.environ["REPORTS_TABLE"])
    return table.query(KeyConditionExpression=Key("id").eq("today"))["Count"]
