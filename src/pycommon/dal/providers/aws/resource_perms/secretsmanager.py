"""The operations of Secrets Manager."""

from __future__ import annotations

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation, ResourceType, permit

__all__ = ["SecretsManagerOperation"]

_ANY = ResourceType.ANY


class SecretsManagerOperation(
    AWSOperation, service="secretsmanager", prefix="secretsmanager", resource=ResourceType.SECRET
):
    """Operations on a secret."""

    GET_SECRET_VALUE = "GetSecretValue"  # noqa: S105 - the name of an operation, as in all of this enum
    PUT_SECRET_VALUE = "PutSecretValue"  # noqa: S105
    # IAM checks each secret of the batch separately.
    BATCH_GET_SECRET_VALUE = "BatchGetSecretValue", "GetSecretValue", permit("BatchGetSecretValue", _ANY)
    BATCH_GET_SECRET_VALUE_BY_FILTER = (
        "BatchGetSecretValue?Filters",
        "GetSecretValue",
        permit("BatchGetSecretValue", _ANY),
        permit("ListSecrets", _ANY),
    )
    DESCRIBE_SECRET = "DescribeSecret"  # noqa: S105
    LIST_SECRET_VERSION_IDS = "ListSecretVersionIds"  # noqa: S105
    UPDATE_SECRET_VERSION_STAGE = "UpdateSecretVersionStage"  # noqa: S105
    CREATE_SECRET = "CreateSecret"  # noqa: S105
    UPDATE_SECRET = "UpdateSecret"  # noqa: S105
    DELETE_SECRET = "DeleteSecret"  # noqa: S105
    ROTATE_SECRET = "RotateSecret"  # noqa: S105
    LIST_SECRETS = "ListSecrets", permit("ListSecrets", _ANY)
    GET_RANDOM_PASSWORD = "GetRandomPassword", permit("GetRandomPassword", _ANY)
