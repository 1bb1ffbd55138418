import os

import boto3


class Aws:
    _clients = {}

    @classmethod
    def client(cls, name):
        return cls._clients.setdefault(name, boto3.client(name))

    @staticmethod
    def resource(name, *args, **kwargs):
        return boto3.resource(name, *args, **kwargs)


class Tables:
    users = Aws.resource("dynamodb").Table(os.environ["USERS"])
    logins = Aws.resource("dynamodb", region_name="eu-west-1").Table(os.environ["LOGINS"])


def each_page(operation, **kwargs):
    yield from Aws.client("dynamodb").get_paginator(operation).paginate(**kwargs)  # aws: dynamodb:Scan LOGINS


def handler(event, context):
    user = Tables.users.get_item(Key={"id": event["id"]}, ConsistentRead=True)["Item"]  # aws: dynamodb:GetItem USERS
    ids = {item["id"] for page in each_page("scan", TableName=Tables.logins.name) for item in page["Items"]}
    for client in (Aws.client("secretsmanager"),):
        client.put_secret_value(SecretId=os.environ["TOKEN_SECRET"], SecretString="x")  # aws: secretsmanager:PutSecretValue TOKEN_SECRET
        client.describe_secret(SecretId=os.environ["TOKEN_SECRET"])  # aws: secretsmanager:DescribeSecret TOKEN_SECRET
    return user, ids
