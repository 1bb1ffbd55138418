import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ.get("POSTS_TABLE"))
low = table.meta.client


def query_all(**kwargs):
    items = []
    while True:
        page = table.query(**kwargs)  # aws: dynamodb:Query POSTS_TABLE
        items.extend(page["Items"])
        if "LastEvaluatedKey" not in page:
            return items
        kwargs["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def handler(event, context):
    common = dict(TableName=os.environ["COUNTERS_TABLE"], Key={"id": {"S": "n"}})
    low.update_item(**common, UpdateExpression="ADD n :one", ExpressionAttributeValues={":one": {"N": "1"}})  # aws: dynamodb:UpdateItem COUNTERS_TABLE
    low.get_item(**{**common, "ConsistentRead": True})  # aws: dynamodb:GetItem COUNTERS_TABLE
    arguments = {"IndexName": "by-author", "Limit": 5}
    if event.get("next"):
        arguments["ExclusiveStartKey"] = event["next"]
    return query_all(**arguments)
