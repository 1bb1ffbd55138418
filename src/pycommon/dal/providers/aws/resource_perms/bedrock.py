"""The operations of Bedrock: models, guardrails, knowledge bases, agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation, ResourceType, permit

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BedrockAgentOperation", "BedrockOperation"]

_ANY, _AGENT_ALIAS = ResourceType.ANY, ResourceType.AGENT_ALIAS
# If a call uses an inference profile, IAM checks the call on the profile and on each model of the profile.
_MODELS = ResourceType.MODEL, ResourceType.INFERENCE_PROFILE


class BedrockOperation(AWSOperation, service="bedrock-runtime", prefix="bedrock", resource=ResourceType.MODEL):
    """Operations on a model or a guardrail. The two InvokeModel actions also authorise Converse and ConverseStream."""

    INVOKE_MODEL = "InvokeModel", permit("InvokeModel", *_MODELS)
    INVOKE_MODEL_WITH_RESPONSE_STREAM = (
        "InvokeModelWithResponseStream",
        permit("InvokeModelWithResponseStream", *_MODELS),
    )
    CONVERSE = "Converse", permit("InvokeModel", *_MODELS)
    CONVERSE_STREAM = "ConverseStream", permit("InvokeModelWithResponseStream", *_MODELS)
    COUNT_TOKENS = "CountTokens"
    START_ASYNC_INVOKE = "StartAsyncInvoke", permit("InvokeModel", *_MODELS, ResourceType.ASYNC_INVOKE)
    GET_ASYNC_INVOKE = "GetAsyncInvoke", permit("GetAsyncInvoke", ResourceType.ASYNC_INVOKE)
    LIST_ASYNC_INVOKES = "ListAsyncInvokes", permit("ListAsyncInvokes", _ANY)
    INVOKE_GUARDRAIL = "ApplyGuardrail", permit("ApplyGuardrail", ResourceType.GUARDRAIL)
    APPLY_GUARDRAIL = INVOKE_GUARDRAIL  # the API has the first name, the specification the second

    @property
    def companions(self) -> Mapping[str, AWSOperation]:
        """Return the operation for the guardrail that a call of a model may name."""
        if self in (BedrockOperation.INVOKE_MODEL, BedrockOperation.INVOKE_MODEL_WITH_RESPONSE_STREAM):
            return {"guardrailIdentifier": BedrockOperation.INVOKE_GUARDRAIL}
        if self in (BedrockOperation.CONVERSE, BedrockOperation.CONVERSE_STREAM):
            return {"guardrailConfig": BedrockOperation.INVOKE_GUARDRAIL}
        return {}


class BedrockAgentOperation(
    AWSOperation, service="bedrock-agent-runtime", prefix="bedrock", resource=ResourceType.KNOWLEDGE_BASE
):
    """Operations on knowledge bases, agents and flows."""

    RETRIEVE = "Retrieve"
    # The operation also retrieves and calls a model, with the permissions of the caller.
    RETRIEVE_AND_GENERATE = (
        "RetrieveAndGenerate",
        "Retrieve",
        permit("RetrieveAndGenerate", _ANY),
        permit("InvokeModel", *_MODELS),
    )
    RERANK = "Rerank", permit("InvokeModel", *_MODELS), permit("Rerank", _ANY)
    INVOKE_AGENT = "InvokeAgent", permit("InvokeAgent", _AGENT_ALIAS)
    GET_AGENT_MEMORY = "GetAgentMemory", permit("GetAgentMemory", _AGENT_ALIAS)
    DELETE_AGENT_MEMORY = "DeleteAgentMemory", permit("DeleteAgentMemory", _AGENT_ALIAS)
    INVOKE_FLOW = "InvokeFlow", permit("InvokeFlow", ResourceType.FLOW_ALIAS)
