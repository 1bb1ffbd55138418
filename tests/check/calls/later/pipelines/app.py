import json
import os

import boto3

TEXTRACT = boto3.client("textract")
COMPREHEND = boto3.client("comprehend")
STEPS = []


def step(function):
    STEPS.append(function)
    return function


@step
def detect(state):
    state["lines"] = TEXTRACT.detect_document_text(Document={"S3Object": {"Bucket": os.environ["SCANS"], "Name": state["key"]}})  # aws: textract:DetectDocumentText -


@step
def understand(state):
    state["entities"] = COMPREHEND.detect_entities(Text=str(state["lines"]), LanguageCode="en")  # aws: comprehend:DetectEntities -


@step
def keep(state):
    boto3.client("s3").put_object(Bucket=os.environ["RESULTS"], Key=state["key"], Body=json.dumps(state))  # aws: s3:PutObject RESULTS


def handler(event, context):
    state = {"key": event["key"]}
    for each in STEPS:
        each(state)
    boto3.client("lambda").invoke(  # aws: lambda:InvokeFunction NEXT_FUNCTION
        FunctionName=os.environ["NEXT_FUNCTION"], InvocationType="Event", Payload=json.dumps(state)
    )
    return state
