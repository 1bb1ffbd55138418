"""The operations of Parameter Store."""

from __future__ import annotations

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation, ResourceType, permit

__all__ = ["SSMOperation"]

_ANY = ResourceType.ANY


class SSMOperation(AWSOperation, service="ssm", prefix="ssm", resource=ResourceType.PARAMETER):
    """Operations on a parameter, or on a path of parameters."""

    GET_PARAMETER = "GetParameter"
    GET_PARAMETERS = "GetParameters"
    GET_PARAMETERS_BY_PATH = "GetParametersByPath"
    GET_PARAMETER_HISTORY = "GetParameterHistory"
    PUT_PARAMETER = "PutParameter"
    DELETE_PARAMETER = "DeleteParameter"
    DELETE_PARAMETERS = "DeleteParameters"
    LABEL_PARAMETER_VERSION = "LabelParameterVersion"
    DESCRIBE_PARAMETERS = "DescribeParameters", permit("DescribeParameters", _ANY)
