import os
import boto3
from boto3.dynamodb.conditions import Key
from pycommon.decorators import required_env_vars
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation

ddb = boto3.resource("dynamodb")
table = ddb.Table(os.environ["PLAYLISTS"])


def save(item):
    table.put_item(Item=item)


@required_env_vars({"PLAYLISTS": [DynamoDBOperation.PUT_ITEM, DynamoDBOperation.QUERY]})
def mine(event, context):
    kwargs = {"IndexName": "owner", "KeyConditionExpression": Key("owner").eq(event["user"])}
    lists = table.query(**kwargs)["Items"]
    if not lists:
        save({"id": event["user"], "owner": event["user"]})
    return lists
