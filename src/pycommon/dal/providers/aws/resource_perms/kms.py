"""The operations of KMS."""

from __future__ import annotations

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation, ResourceType, permit

__all__ = ["KMSOperation"]

_ANY = ResourceType.ANY


class KMSOperation(AWSOperation, service="kms", prefix="kms", resource=ResourceType.KEY):
    """Operations with a KMS key. IAM checks ReEncrypt on the source key and on the destination key."""

    ENCRYPT = "Encrypt"
    DECRYPT = "Decrypt"
    RE_ENCRYPT = "ReEncrypt", "ReEncryptFrom", "ReEncryptTo"
    GENERATE_DATA_KEY = "GenerateDataKey"
    GENERATE_DATA_KEY_WITHOUT_PLAINTEXT = "GenerateDataKeyWithoutPlaintext"
    GENERATE_DATA_KEY_PAIR = "GenerateDataKeyPair"
    GENERATE_DATA_KEY_PAIR_WITHOUT_PLAINTEXT = "GenerateDataKeyPairWithoutPlaintext"
    SIGN = "Sign"
    VERIFY = "Verify"
    GENERATE_MAC = "GenerateMac"
    VERIFY_MAC = "VerifyMac"
    DERIVE_SHARED_SECRET = "DeriveSharedSecret"  # noqa: S105 - the name of an operation
    DESCRIBE_KEY = "DescribeKey"
    GET_PUBLIC_KEY = "GetPublicKey"
    GENERATE_RANDOM = "GenerateRandom", permit("GenerateRandom", _ANY)
    LIST_ALIASES = "ListAliases", permit("ListAliases", _ANY)
