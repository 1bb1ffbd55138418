import json
import os

import boto3

eventbridge = boto3.client("events")
sns = boto3.client("sns")
sqs = boto3.client("sqs")

ROUTES = [
    ("order.", "queue", os.environ["ORDER_QUEUE_URL"]),
    ("user.", "topic", os.environ["USER_TOPIC_ARN"]),
]


def to_queue(target, payload):
    sqs.send_message(QueueUrl=target, MessageBody=json.dumps(payload))  # aws: sqs:SendMessage ORDER_QUEUE_URL


def to_topic(target, payload):
    sns.publish(TopicArn=target, Message=json.dumps(payload))  # aws: sns:Publish USER_TOPIC_ARN


def handler(event, context):
    for record in event["Records"]:
        detail = json.loads(record["body"])
        for prefix, kind, target in ROUTES:
            if detail["type"].startswith(prefix):
                if kind == "queue":
                    to_queue(target, detail)
                elif kind == "topic":
                    to_topic(target, detail)
        eventbridge.put_events(Entries=[entry(detail) for _ in range(1)])  # aws: events:PutEvents AUDIT_BUS


def entry(detail):
    return {
        "Source": "router",
        "DetailType": detail["type"],
        "Detail": json.dumps(detail),
        "EventBusName": os.environ["AUDIT_BUS"],
    }
