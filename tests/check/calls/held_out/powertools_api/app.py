import os

import boto3
from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.event_handler import APIGatewayRestResolver

logger = Logger()
tracer = Tracer()
app = APIGatewayRestResolver()
table = boto3.resource("dynamodb").Table(os.environ["TODO_TABLE"])


@app.get("/todos/<todo_id>")
@tracer.capture_method
def get_todo(todo_id: str):
    return table.get_item(Key={"id": todo_id})["Item"]  # aws: dynamodb:GetItem TODO_TABLE


@app.post("/todos")
@tracer.capture_method
def create_todo():
    item = app.current_event.json_body
    table.put_item(Item=item)  # aws: dynamodb:PutItem TODO_TABLE
    return item


@tracer.capture_method
def never_called():
    table.scan()


@logger.inject_lambda_context
@tracer.capture_lambda_handler
def handler(event, context):
    return app.resolve(event, context)
