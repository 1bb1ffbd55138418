import logging
import os
from functools import lru_cache

import boto3
from boto3.dynamodb.types import TypeDeserializer
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation as Ddb
from pycommon.decorators import required_env_vars as needs
from pycommon.decorators import track_execution

log = logging.getLogger()
log.setLevel(logging.INFO)


@lru_cache(maxsize=None)
def projection_table():
    return boto3.resource("dynamodb").Table(os.environ["PROJECTION_TABLE"])


@needs({"PROJECTION_TABLE": [Ddb.UPDATE_ITEM], "USAGE_METRICS_DYNAMO_TABLE": [Ddb.PUT_ITEM]})
@track_execution
def handler(event, _context):
    decode = TypeDeserializer().deserialize
    for record in event["Records"]:
        image = {name: decode(value) for name, value in record["dynamodb"]["NewImage"].items()}
        projection_table().update_item(
            Key={"pk": image["customer"]},
            UpdateExpression="ADD orders :one",
            ExpressionAttributeValues={":one": 1},
        )
