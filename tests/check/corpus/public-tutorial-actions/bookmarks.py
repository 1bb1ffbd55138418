import os
import time

import boto3
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars

client = boto3.client("dynamodb")
TABLE = os.environ["BOOKMARKS_TABLE"]


@required_env_vars({"BOOKMARKS_TABLE": [DynamoDBOperation.PUT_ITEM]})
def add(event, context):
    client.put_item(TableName=TABLE, Item={"url": {"S": event["url"]}, "at": {"N": str(int(time.time()))}})
    return {"ok": True}


@required_env_vars({"BOOKMARKS_TABLE": [DynamoDBOperation.GET_ITEM]})
def show(event, context):
    return client.get_item(TableName=TABLE, Key={"url": {"S": event["url"]}}).get("Item")
