import os

import boto3

_s3 = None
_tables = {}


def s3_client():
    global _s3
    if _s3 is None:
        _s3 = boto3.client("s3")
    return _s3


def get_table(name):
    if name not in _tables:
        _tables[name] = boto3.resource("dynamodb").Table(os.environ[name])
    return _tables[name]


def handler(event, context):
    for key in event["keys"]:
        s3_client().head_object(Bucket=os.environ["MEDIA_BUCKET"], Key=key)  # aws: s3:GetObject MEDIA_BUCKET
        s3_client().copy_object(  # aws: s3:GetObject MEDIA_BUCKET; s3:PutObject ARCHIVE_BUCKET
            Bucket=os.environ["ARCHIVE_BUCKET"],
            Key=key,
            CopySource={"Bucket": os.environ["MEDIA_BUCKET"], "Key": key},
        )
        s3_client().delete_object(Bucket=os.environ["MEDIA_BUCKET"], Key=key)  # aws: s3:DeleteObject MEDIA_BUCKET
    users = get_table("USERS_TABLE")
    users.scan(Limit=10)  # aws: dynamodb:Scan USERS_TABLE
    get_table("AUDIT_TABLE").put_item(Item={"id": context.aws_request_id})  # aws: dynamodb:PutItem AUDIT_TABLE
