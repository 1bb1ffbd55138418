import os

import boto3
from boto3.dynamodb.conditions import Key
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution


@required_env_vars(
    {
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "PEOPLE_TABLE": [DynamoDBOperation.QUERY],
    }
)
@track_execution
def find(event, context):
    table = boto3.resource("dynamodb").Table(os.environ["PEOPLE_TABLE"])
    return table.query(IndexName="by-mail", KeyConditionExpression=Key("mail").eq(event["mail"]))["Items"]
