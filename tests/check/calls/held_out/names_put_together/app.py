import os

import boto3

STAGE = os.environ["STAGE"]
REGION = os.environ["AWS_REGION"]
ACCOUNT = os.environ["ACCOUNT_ID"]
PREFIX = os.environ["TABLE_PREFIX"]
topic = "arn:aws:sns:{}:{}:{}".format(REGION, ACCOUNT, os.environ["TOPIC_NAME"])


def handler(event, context):
    boto3.client("sns").publish(TopicArn=topic, Message="x")  # aws: sns:Publish TOPIC_NAME
    boto3.client("dynamodb").describe_time_to_live(TableName=f"{PREFIX}-items")  # aws: dynamodb:DescribeTimeToLive TABLE_PREFIX
    url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/" + os.environ["QUEUE_NAME"]
    boto3.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=event["handle"])  # aws: sqs:DeleteMessage QUEUE_NAME
    arn = os.environ["TABLE_ARN"]
    boto3.client("dynamodb").list_tags_of_resource(ResourceArn=arn)  # aws: dynamodb:ListTagsOfResource TABLE_ARN
    boto3.client("dynamodb").scan(TableName=arn.split("/")[-1])  # aws: dynamodb:Scan TABLE_ARN
    boto3.client("ssm").get_parameters_by_path(Path=f"/{STAGE}/app/")  # aws: ssm:GetParametersByPath -
    key, bucket = "k", os.environ["A_BUCKET"].strip()
    boto3.client("s3").copy_object(CopySource=f"{bucket}/{key}", Bucket=os.environ["B_BUCKET"], Key=key)  # aws: s3:GetObject A_BUCKET; s3:PutObject B_BUCKET
