import json
import os

import boto3

sqs = boto3.client("sqs")
sqs_resource = boto3.resource("sqs")


def send_all(messages):
    url = sqs.get_queue_url(QueueName=os.environ["JOBS_QUEUE"])["QueueUrl"]  # aws: sqs:GetQueueUrl JOBS_QUEUE
    entries = [{"Id": str(i), "MessageBody": json.dumps(m)} for i, m in enumerate(messages)]
    response = sqs.send_message_batch(QueueUrl=url, Entries=entries)  # aws: sqs:SendMessage JOBS_QUEUE
    if response.get("Failed"):
        raise RuntimeError("not sent")


def handler(event, context):
    send_all(event["messages"])
    queue = sqs_resource.get_queue_by_name(QueueName=os.environ["RESULTS_QUEUE"])  # aws: sqs:GetQueueUrl RESULTS_QUEUE
    messages = queue.receive_messages()  # aws: sqs:ReceiveMessage RESULTS_QUEUE
    queue.delete_messages(Entries=[{"Id": m.message_id, "ReceiptHandle": m.receipt_handle} for m in messages])  # aws: sqs:DeleteMessage RESULTS_QUEUE
    sqs.change_message_visibility_batch(QueueUrl=queue.url, Entries=[])  # aws: sqs:ChangeMessageVisibility RESULTS_QUEUE
