import os
import uuid

import boto3
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars

dynamodb = boto3.resource("dynamodb")


@required_env_vars({"TICKETS_TABLE": [DynamoDBOperation.PUT_ITEM]})
def handler(event, context):
    ticket = {"id": str(uuid.uuid4()), "title": event["title"]}
    dynamodb.Table(os.environ["TICKETS_TABLE"]).put_item(Item=ticket)
    return ticket
