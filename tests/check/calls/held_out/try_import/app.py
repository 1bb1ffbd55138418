import os

try:
    import ujson as json
except ImportError:
    import json

try:
    from aws_xray_sdk.core import patch_all

    patch_all()
except ImportError:
    pass

import boto3 as aws
from boto3 import client as make_client, resource as make_resource
from os import environ as env, getenv

db = make_resource("dynamodb").Table(env["READINGS"])
things = aws.client("iot-data")
store = make_client("s3")


def handler(event, context, db=db):
    db.put_item(Item=json.loads(event["body"]))  # aws: dynamodb:PutItem READINGS
    things.publish(topic=getenv("TOPIC"), payload=b"{}")  # aws: iot:Publish TOPIC
    (body := store.get_object(Bucket=env.get("FIRMWARE_BUCKET"), Key="f"))  # aws: s3:GetObject FIRMWARE_BUCKET
    store.restore_object(Bucket=env["FIRMWARE_BUCKET"], Key="g", RestoreRequest={"Days": 1})  # aws: s3:RestoreObject FIRMWARE_BUCKET
    return body
