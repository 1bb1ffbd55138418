"""Import everything that the guidelines list under "Required Imports", and nothing else."""

from pycommon.api.ops import api_tool, set_route_data
from pycommon.authz import add_api_access_types, setup_validated, validated
from pycommon.const import APIAccessType
from pycommon.dal.providers.aws.resource_perms import (
    BedrockOperation,
    CognitoOperation,
    DynamoDBOperation,
    LambdaOperation,
    S3Operation,
    SecretsManagerOperation,
    SQSOperation,
    SSMOperation,
)
from pycommon.decorators import required_env_vars, track_execution
from pycommon.logger import getLogger

__all__ = [
    "APIAccessType",
    "BedrockOperation",
    "CognitoOperation",
    "DynamoDBOperation",
    "LambdaOperation",
    "S3Operation",
    "SQSOperation",
    "SSMOperation",
    "SecretsManagerOperation",
    "add_api_access_types",
    "api_tool",
    "getLogger",
    "required_env_vars",
    "set_route_data",
    "setup_validated",
    "track_execution",
    "validated",
]
