"""The operations of SES, for both versions of its API."""

from __future__ import annotations

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation, ResourceType, permit

__all__ = ["SESOperation", "SESV2Operation"]

_ANY, _IDENTITY, _TEMPLATE, _CONFIGURATION_SET = (
    ResourceType.ANY,
    ResourceType.IDENTITY,
    ResourceType.EMAIL_TEMPLATE,
    ResourceType.CONFIGURATION_SET,
)


class SESOperation(AWSOperation, service="ses", prefix="ses", resource=_IDENTITY):
    """Operations of the SES API v1 that send mail. The identity is the address or the domain of the sender."""

    # Only SendEmail of API v2 can name a template. Both versions of SendEmail have the same action.
    SEND_EMAIL = "SendEmail", permit("SendEmail", _IDENTITY, _CONFIGURATION_SET)
    SEND_RAW_EMAIL = "SendRawEmail", permit("SendRawEmail", _IDENTITY, _CONFIGURATION_SET)
    SEND_TEMPLATED_EMAIL = "SendTemplatedEmail", permit("SendTemplatedEmail", _IDENTITY, _TEMPLATE, _CONFIGURATION_SET)
    SEND_BULK_TEMPLATED_EMAIL = (
        "SendBulkTemplatedEmail",
        permit("SendBulkTemplatedEmail", _IDENTITY, _TEMPLATE, _CONFIGURATION_SET),
    )
    GET_SEND_QUOTA = "GetSendQuota", permit("GetSendQuota", _ANY)


class SESV2Operation(AWSOperation, service="sesv2", prefix="ses", resource=_IDENTITY):
    """Operations of the SES API v2 that send mail.

    SES checks some of these operations with actions of API v1. Raw messages and attachments need SendRawEmail. Bulk
    mail needs SendBulkTemplatedEmail.
    """

    SEND_EMAIL = (
        "SendEmail",
        permit("SendEmail", _IDENTITY, _TEMPLATE, _CONFIGURATION_SET),
        permit("SendRawEmail", _IDENTITY, _CONFIGURATION_SET),
    )
    SEND_BULK_EMAIL = (
        "SendBulkEmail",
        permit("SendBulkEmail", _IDENTITY, _TEMPLATE, _CONFIGURATION_SET),
        permit("SendBulkTemplatedEmail", _IDENTITY, _TEMPLATE, _CONFIGURATION_SET),
    )
    GET_EMAIL_IDENTITY = "GetEmailIdentity"
    GET_ACCOUNT = "GetAccount", permit("GetAccount", _ANY)
    GET_SUPPRESSED_DESTINATION = "GetSuppressedDestination", permit("GetSuppressedDestination", _ANY)
    PUT_SUPPRESSED_DESTINATION = "PutSuppressedDestination", permit("PutSuppressedDestination", _ANY)
    DELETE_SUPPRESSED_DESTINATION = "DeleteSuppressedDestination", permit("DeleteSuppressedDestination", _ANY)
