import contextlib
import os

import boto3


@contextlib.contextmanager
def lock(name):
    table = boto3.resource("dynamodb").Table(os.environ["LOCKS_TABLE"])
    table.put_item(Item={"name": name}, ConditionExpression="attribute_not_exists(#n)")  # aws: dynamodb:PutItem LOCKS_TABLE
    try:
        yield table
    finally:
        table.delete_item(Key={"name": name})  # aws: dynamodb:DeleteItem LOCKS_TABLE


class Outbox:
    def __enter__(self):
        self.sqs = boto3.client("sqs")
        self.url = os.environ["OUTBOX_URL"]
        return self

    def add(self, text):
        self.sqs.send_message(QueueUrl=self.url, MessageBody=text)  # aws: sqs:SendMessage OUTBOX_URL

    def __exit__(self, *exc):
        self.sqs.get_queue_attributes(QueueUrl=self.url)  # aws: sqs:GetQueueAttributes OUTBOX_URL
        return False


def handler(event, context):
    with lock("one") as held, Outbox() as outbox:
        held.get_item(Key={"name": "one"})  # aws: dynamodb:GetItem LOCKS_TABLE
        outbox.add("hello")
