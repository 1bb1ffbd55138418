import os

import boto3

TABLES = {
    "users": os.environ["USERS_TABLE"],
    "teams": os.environ["TEAMS_TABLE"],
}
ddb = boto3.client("dynamodb")


def create(kind, item):
    return ddb.put_item(TableName=TABLES[kind], Item=item)  # aws: dynamodb:PutItem USERS_TABLE; dynamodb:PutItem TEAMS_TABLE


def show(kind, item):
    return ddb.get_item(TableName=TABLES[kind], Key=item)  # aws: dynamodb:GetItem USERS_TABLE; dynamodb:GetItem TEAMS_TABLE


def count_users(kind, item):
    return ddb.describe_table(TableName=TABLES["users"])["Table"]["ItemCount"]  # aws: dynamodb:DescribeTable USERS_TABLE


ACTIONS = {"POST": create, "GET": show, "HEAD": count_users}


def handler(event, context):
    action = ACTIONS.get(event["requestContext"]["http"]["method"])
    if not action:
        return {"statusCode": 405}
    return action(event["kind"], event["item"])
