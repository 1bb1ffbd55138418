import json
import os

import boto3


def env(name, default=None):
    value = os.environ.get(name, default)
    if value is None:
        raise KeyError(name)
    return value


def read_json(bucket, key):
    body = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"]  # aws: s3:GetObject CONFIG_BUCKET
    return json.load(body)


def secret(secret_id):
    client = boto3.client(service_name="secretsmanager")
    return json.loads(client.get_secret_value(SecretId=secret_id)["SecretString"])  # aws: secretsmanager:GetSecretValue DATABASE_SECRET


def publish(topic, message):
    sns = boto3.client("sns")
    sns.publish(TopicArn=topic, Message=message)  # aws: sns:Publish ALERTS_TOPIC; sns:Publish PAGER_TOPIC
