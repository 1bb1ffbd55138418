import os

import boto3

IS_DEV = os.environ.get("STAGE") == "dev"
endpoint = "http://localhost:8000" if IS_DEV else None
dynamodb = boto3.resource("dynamodb", endpoint_url=endpoint) if endpoint else boto3.resource("dynamodb")
read_table = dynamodb.Table(os.environ["READ_TABLE"])
write_table = dynamodb.Table(os.environ["WRITE_TABLE"] if not IS_DEV else os.environ["DEV_TABLE"])


def process(action, key):
    match action:
        case "get":
            return read_table.get_item(Key=key)  # aws: dynamodb:GetItem READ_TABLE
        case "put":
            return write_table.put_item(Item=key)  # aws: dynamodb:PutItem WRITE_TABLE; dynamodb:PutItem DEV_TABLE
        case "drop":
            return write_table.delete()


def handler(event, context):
    process("get", event["key"])
    return process("put", event["key"])
