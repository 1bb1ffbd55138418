import json
import os
import uuid

import boto3

dynamodb = boto3.resource("dynamodb")
table = dynamodb.Table(os.environ["TABLE_NAME"])


def lambda_handler(event, context):
    body = json.loads(event["body"])
    table.put_item(Item={"id": str(uuid.uuid4()), "text": body["text"]})
    return {"statusCode": 201, "body": json.dumps({"message": "signed"})}
