import os

import boto3
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

processor = BatchProcessor(event_type=EventType.SQS)
table = boto3.resource("dynamodb").Table(os.environ["ITEMS_TABLE"])


def record_handler(record):
    limit = parameters.get_parameter(os.environ["LIMIT_PARAMETER"])  # aws: ssm:GetParameter LIMIT_PARAMETER
    key = parameters.get_secret(os.environ["KEY_SECRET"])  # aws: secretsmanager:GetSecretValue KEY_SECRET
    table.put_item(Item={"id": record.message_id, "limit": limit, "key": key})  # aws: dynamodb:PutItem ITEMS_TABLE


def handler(event, context):
    return process_partial_response(event=event, record_handler=record_handler, processor=processor, context=context)
