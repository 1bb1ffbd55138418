import json
import os

import boto3

s3 = boto3.client("s3")
dynamodb = boto3.resource("dynamodb")
table = dynamodb.Table(os.environ["ORDERS_TABLE"])
BUCKET = os.environ["RECEIPTS_BUCKET"]


def handler(event, context):
    order_id = event["pathParameters"]["id"]
    found = table.get_item(Key={"id": order_id})  # aws: dynamodb:GetItem ORDERS_TABLE
    if "Item" not in found:
        return {"statusCode": 404}
    table.update_item(  # aws: dynamodb:UpdateItem ORDERS_TABLE
        Key={"id": order_id},
        UpdateExpression="SET #s = :s",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":s": "seen"},
    )
    s3.put_object(Bucket=BUCKET, Key=f"{order_id}.json", Body=json.dumps(found["Item"]))  # aws: s3:PutObject RECEIPTS_BUCKET
    return {"statusCode": 200}
