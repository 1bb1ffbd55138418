import os

import boto3

METHODS = ("get_object", "head_object")


def call(service, method, **arguments):
    client = boto3.client(service)
    return getattr(client, method)(**arguments)  # aws: s3:ListBucket LISTED_BUCKET; sqs:PurgeQueue PURGED_QUEUE_URL


def handler(event, context):
    call("s3", "list_objects_v2", Bucket=os.environ["LISTED_BUCKET"])
    call("sqs", "purge_queue", QueueUrl=os.environ["PURGED_QUEUE_URL"])
    s3 = boto3.client("s3")
    for method in METHODS:
        getattr(s3, method)(Bucket=os.environ["READ_BUCKET"], Key="k")  # aws: s3:GetObject READ_BUCKET
    put = s3.put_object
    put(Bucket=os.environ["WRITTEN_BUCKET"], Key="k", Body=b"")  # aws: s3:PutObject WRITTEN_BUCKET
