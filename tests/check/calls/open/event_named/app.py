"""Resources that the event names, and one that a constant does."""

import boto3
from urllib.parse import unquote_plus

s3 = boto3.client("s3")
ses = boto3.client("ses")


def handler(event, context):
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        key = unquote_plus(record["s3"]["object"]["key"])
        s3.get_object(Bucket=bucket, Key=key)  # aws: s3:GetObject -
    boto3.resource("dynamodb").Table("fixed-name").put_item(Item={})  # aws: dynamodb:PutItem -
    ses.send_email(Source="a@example.com", Destination={}, Message={})  # aws: ses:SendEmail -
