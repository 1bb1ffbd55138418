"""The operations of Lambda."""

from __future__ import annotations

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation, ResourceType, permit

__all__ = ["LambdaOperation"]

_ANY = ResourceType.ANY


class LambdaOperation(AWSOperation, service="lambda", prefix="lambda", resource=ResourceType.FUNCTION):
    """Operations on a function. Each form of invoking is authorised by the one action InvokeFunction."""

    INVOKE_FUNCTION = "Invoke", "InvokeFunction"
    INVOKE = INVOKE_FUNCTION  # the API's name; the specification calls it by the action
    INVOKE_WITH_RESPONSE_STREAM = "InvokeWithResponseStream", "InvokeFunction"
    GET_FUNCTION = "GetFunction"
    GET_FUNCTION_CONFIGURATION = "GetFunctionConfiguration"
    GET_FUNCTION_CONCURRENCY = "GetFunctionConcurrency"
    GET_FUNCTION_URL_CONFIG = "GetFunctionUrlConfig"
    GET_ALIAS = "GetAlias"
    LIST_ALIASES = "ListAliases"
    LIST_VERSIONS_BY_FUNCTION = "ListVersionsByFunction"
    LIST_FUNCTIONS = "ListFunctions", permit("ListFunctions", _ANY)
