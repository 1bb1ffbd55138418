import os

import boto3

client = boto3.client("dynamodb")
resource = boto3.resource("dynamodb")
s3 = boto3.client("s3")


def old_keys(bucket):
    paginator = s3.get_paginator("list_objects_v2")
    for page in paginator.paginate(Bucket=bucket, Prefix="tmp/"):  # aws: s3:ListBucket SCRATCH_BUCKET
        for item in page.get("Contents", []):
            yield item["Key"]


def handler(event, context):
    bucket = os.environ["SCRATCH_BUCKET"]
    doomed = [{"Key": key} for key in old_keys(bucket)]
    for start in range(0, len(doomed), 1000):
        s3.delete_objects(Bucket=bucket, Delete={"Objects": doomed[start : start + 1000]})  # aws: s3:DeleteObject SCRATCH_BUCKET
    events = resource.Table(os.environ["EVENTS_TABLE"])
    with events.batch_writer(overwrite_by_pkeys=["id"]) as batch:
        for record in event["Records"]:
            batch.put_item(Item=record)  # aws: dynamodb:BatchWriteItem EVENTS_TABLE
            batch.delete_item(Key={"id": record["old"]})  # aws: dynamodb:BatchWriteItem EVENTS_TABLE
    pages = client.get_paginator("query").paginate(  # aws: dynamodb:Query EVENTS_TABLE
        TableName=os.environ["EVENTS_TABLE"], IndexName="by-day", KeyConditionExpression="d = :d"
    )
    return sum(len(page["Items"]) for page in pages)
