import os

import boto3

s3 = boto3.resource("s3")
sqs = boto3.resource("sqs")


def handler(event, context):
    bucket = s3.Bucket(os.environ["UPLOADS"])
    for summary in bucket.objects.filter(Prefix="in/"):  # aws: s3:ListBucket UPLOADS
        body = summary.get()["Body"].read()  # aws: s3:GetObject UPLOADS
        s3.Object(os.environ["PROCESSED"], summary.key).put(Body=body.upper())  # aws: s3:PutObject PROCESSED
        summary.delete()  # aws: s3:DeleteObject UPLOADS
    bucket.objects.filter(Prefix="stale/").delete()  # aws: s3:ListBucket UPLOADS; s3:DeleteObject UPLOADS
    target = bucket.Object("report.csv")
    target.upload_file("/tmp/report.csv")  # aws: s3:PutObject UPLOADS
    queue = sqs.Queue(os.environ["DONE_QUEUE_URL"])
    queue.send_message(MessageBody=target.key)  # aws: sqs:SendMessage DONE_QUEUE_URL
    for message in queue.receive_messages(MaxNumberOfMessages=10):  # aws: sqs:ReceiveMessage DONE_QUEUE_URL
        message.delete()  # aws: sqs:DeleteMessage DONE_QUEUE_URL
