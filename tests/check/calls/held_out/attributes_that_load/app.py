import os

import boto3

s3 = boto3.resource("s3")
dynamodb = boto3.resource("dynamodb")


def handler(event, context):
    thing = s3.Object(bucket_name=os.environ["PICTURES"], key=event["key"])
    size = thing.content_length  # aws: s3:GetObject PICTURES
    for each in s3.Bucket(os.environ["PICTURES"]).objects.all():  # aws: s3:ListBucket PICTURES
        size += each.size
    table = dynamodb.Table(os.environ["STATS"])
    table.load()  # aws: dynamodb:DescribeTable STATS
    queue = boto3.resource("sqs").Queue(os.environ["BACKLOG_URL"])
    waiting = queue.attributes["ApproximateNumberOfMessages"]  # aws: sqs:GetQueueAttributes BACKLOG_URL
    thing.wait_until_exists()  # aws: s3:GetObject PICTURES
    thing.Acl().put(ACL="private")  # aws: s3:PutObjectAcl PICTURES
    return size, waiting
