"""The operations of SQS."""

from __future__ import annotations

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation, ResourceType, permit

__all__ = ["SQSOperation"]

_ANY = ResourceType.ANY


class SQSOperation(AWSOperation, service="sqs", prefix="sqs", resource=ResourceType.QUEUE):
    """Operations on a queue. The action for a single message also authorises a batch of messages."""

    SEND_MESSAGE = "SendMessage"
    SEND_MESSAGE_BATCH = "SendMessageBatch", "SendMessage"
    RECEIVE_MESSAGE = "ReceiveMessage"
    DELETE_MESSAGE = "DeleteMessage"
    DELETE_MESSAGE_BATCH = "DeleteMessageBatch", "DeleteMessage"
    CHANGE_MESSAGE_VISIBILITY = "ChangeMessageVisibility"
    CHANGE_MESSAGE_VISIBILITY_BATCH = "ChangeMessageVisibilityBatch", "ChangeMessageVisibility"
    PURGE_QUEUE = "PurgeQueue"
    GET_QUEUE_URL = "GetQueueUrl"
    GET_QUEUE_ATTRIBUTES = "GetQueueAttributes"
    LIST_DEAD_LETTER_SOURCE_QUEUES = "ListDeadLetterSourceQueues"
    LIST_QUEUES = "ListQueues", permit("ListQueues", _ANY)
