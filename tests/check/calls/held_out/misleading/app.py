import os

import boto3
import requests


class FakeS3:
    def upload_file(self, path, bucket, key):
        return requests.post(os.environ["UPLOAD_URL"], json={"bucket": bucket, "key": key})


def storage(kind):
    if kind == "fake":
        return FakeS3()
    return boto3.client("s3")


class Orders:
    def query(self, **kwargs):
        return kwargs

    def delete_item(self, key):
        return key


def handler(event, context):
    storage("fake").upload_file("/tmp/a", os.environ["BUCKET"], "a")
    storage("real").upload_file("/tmp/a", os.environ["BUCKET"], "a")  # aws: s3:PutObject BUCKET
    Orders().query(TableName=os.environ["ORDERS"])
    Orders().delete_item("x")
    session = requests.Session()
    session.get(os.environ["API"]).json()
    return event.get_item("x")
