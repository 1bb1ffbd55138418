import functools
import os

import boto3


def with_table(variable):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(event, context):
            table = boto3.resource("dynamodb").Table(os.environ[variable])
            return function(event, context, table)

        return wrapper

    return decorate


def log_errors(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except Exception:
            boto3.client("sns").publish(TopicArn=os.environ["ERRORS_TOPIC"], Message="failed")  # aws: sns:Publish ERRORS_TOPIC
            raise

    return inner


@log_errors
@with_table("SESSIONS_TABLE")
def handler(event, context, table):
    table.put_item(Item={"id": event["id"]})  # aws: dynamodb:PutItem SESSIONS_TABLE
    return table.query(KeyConditionExpression="id = :i", ExpressionAttributeValues={":i": 1})["Items"]  # aws: dynamodb:Query SESSIONS_TABLE
