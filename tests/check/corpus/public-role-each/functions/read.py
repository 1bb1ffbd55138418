import os

import boto3
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars

dynamodb = boto3.resource("dynamodb")


@required_env_vars({"TICKETS_TABLE": [DynamoDBOperation.GET_ITEM]})
def handler(event, context):
    found = dynamodb.Table(os.environ["TICKETS_TABLE"]).get_item(Key={"id": event["id"]})
    return found.get("Item", {})
