import json
import os

import boto3

bedrock = boto3.client("bedrock-runtime", region_name=os.environ.get("AWS_REGION"))
agent = boto3.client("bedrock-agent-runtime")
MODEL = os.environ["MODEL_ID"]


def handler(event, context):
    body = json.dumps({"prompt": event["prompt"]})
    raw = bedrock.invoke_model(modelId=MODEL, body=body)  # aws: bedrock:InvokeModel MODEL_ID
    stream = bedrock.converse_stream(modelId=MODEL, messages=[])  # aws: bedrock:InvokeModelWithResponseStream MODEL_ID
    for part in stream["stream"]:
        print(part)
    bedrock.converse(  # aws: bedrock:InvokeModel MODEL_ID; bedrock:ApplyGuardrail GUARDRAIL_ID
        modelId=MODEL,
        messages=[],
        guardrailConfig={"guardrailIdentifier": os.environ["GUARDRAIL_ID"], "guardrailVersion": "1"},
    )
    agent.retrieve(knowledgeBaseId=os.environ["KNOWLEDGE_BASE_ID"], retrievalQuery={"text": "x"})  # aws: bedrock:Retrieve KNOWLEDGE_BASE_ID
    return raw["body"].read()
