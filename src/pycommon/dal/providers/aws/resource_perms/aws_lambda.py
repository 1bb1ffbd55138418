"""The operations of Lambda."""

from __future__ import annotations

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation, ResourceType, permit

__all__ = ["LambdaOperation"]

_ANY = ResourceType.ANY


class LambdaOperation(AWSOperation, service="lambda", prefix="lambda", resource=ResourceType.FUNCTION):
    """Operations on a function. The action InvokeFunction authorises all forms of invocation."""

    INVOKE_FUNCTION = "Invoke", "InvokeFunction"
    INVOKE = INVOKE_FUNCTION  # the API has the first name; the specification uses the name of the action
    INVOKE_WITH_RESPONSE_STREAM = "InvokeWithResponseStream", "InvokeFunction"
    GET_FUNCTION = "GetFunction"
    GET_FUNCTION_CONFIGURATION = "GetFunctionConfiguration"
    GET_FUNCTION_CONCURRENCY = "GetFunctionConcurrency"
    GET_FUNCTION_URL_CONFIG = "GetFunctionUrlConfig"
    GET_ALIAS = "GetAlias"
    LIST_ALIASES = "ListAliases"
    LIST_VERSIONS_BY_FUNCTION = "ListVersionsByFunction"
    LIST_FUNCTIONS = "ListFunctions", permit("ListFunctions", _ANY)
