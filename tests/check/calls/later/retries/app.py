import os
import time

import boto3
from botocore.exceptions import ClientError
from tenacity import retry, stop_after_attempt

queue = boto3.client("sqs")


def with_retry(function, *args, **kwargs):
    for attempt in range(3):
        try:
            return function(*args, **kwargs)  # aws: secretsmanager:GetSecretValue API_SECRET
        except ClientError:
            time.sleep(2**attempt)
    raise RuntimeError("gave up")


@retry(stop=stop_after_attempt(3))
def drain(url):
    while messages := queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):  # aws: sqs:ReceiveMessage INBOX_URL
        entries = [{"Id": m["MessageId"], "ReceiptHandle": m["ReceiptHandle"]} for m in messages]
        queue.delete_message_batch(QueueUrl=url, Entries=entries)  # aws: sqs:DeleteMessage INBOX_URL
        yield from messages


def handler(event, context):
    secrets = boto3.client("secretsmanager")
    with_retry(secrets.get_secret_value, SecretId=os.environ["API_SECRET"])
    with_retry(lambda: secrets.put_secret_value(SecretId=os.environ["API_SECRET"], SecretString="x"))  # aws: secretsmanager:PutSecretValue API_SECRET
    return list(drain(os.environ["INBOX_URL"]))
