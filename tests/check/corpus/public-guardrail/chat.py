import os

import boto3
from pycommon.dal.providers.aws.resource_perms import BedrockOperation
from pycommon.decorators import required_env_vars

bedrock_runtime = boto3.client("bedrock-runtime")


@required_env_vars({"GUARDRAIL_ID": [BedrockOperation.INVOKE_GUARDRAIL]})
def judge(event, context):
    verdict = bedrock_runtime.apply_guardrail(
        guardrailIdentifier=os.environ["GUARDRAIL_ID"],
        guardrailVersion="DRAFT",
        source="INPUT",
        content=[{"text": {"text": event["text"]}}],
    )
    return verdict["action"] == "NONE"
