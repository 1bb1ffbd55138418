import os

import boto3
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars

links = boto3.resource("dynamodb").Table(os.environ["LINKS_TABLE"])


@required_env_vars({"LINKS_TABLE": [DynamoDBOperation.GET_ITEM]})
def follow(event, context):
    item = links.get_item(Key={"slug": event["pathParameters"]["slug"]}).get("Item")
    if not item:
        return {"statusCode": 404}
    return {"statusCode": 302, "headers": {"Location": item["url"]}}
