import os

import boto3


def _table():
    return boto3.resource("dynamodb").Table(os.environ["VOTES_TABLE"])


def vote(event, context):
    _table().update_item(
        Key={"poll": event["poll"]},
        UpdateExpression="ADD votes :one",
        ExpressionAttributeValues={":one": 1},
    )


def tally(event, context):
    return _table().scan()["Items"]
