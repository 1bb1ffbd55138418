import os

import boto3
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars


def table():
    return boto3.resource("dynamodb").Table(os.environ["COMMENTS"])


@required_env_vars({"COMMENTS": [DynamoDBOperation.PUT_ITEM]})
def add(event, context):
    table().put_item(Item=event["comment"])


@required_env_vars(
    {
        "COMMENTS": [
            DynamoDBOperation.GET_ITEM,
            DynamoDBOperation.DELETE_ITEM,
        ]
    }
)
def remove(event, context):
    found = table().get_item(Key={"id": event["id"]})
    if "Item" in found:
        table().delete_item(Key={"id": event["id"]})
