"""The operations of SNS."""

from __future__ import annotations

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation, ResourceType, permit

__all__ = ["SNSOperation"]

_ANY = ResourceType.ANY


class SNSOperation(AWSOperation, service="sns", prefix="sns", resource=ResourceType.TOPIC):
    """Operations on a topic and its subscriptions."""

    PUBLISH = "Publish"
    PUBLISH_BATCH = "PublishBatch", "Publish"
    # A text message to a telephone has no topic, so the policy must have the resource *.
    PUBLISH_TO_PHONE_NUMBER = "Publish?PhoneNumber", permit("Publish", _ANY)
    SUBSCRIBE = "Subscribe"
    CONFIRM_SUBSCRIPTION = "ConfirmSubscription"
    UNSUBSCRIBE = "Unsubscribe", permit("Unsubscribe", _ANY)
    GET_TOPIC_ATTRIBUTES = "GetTopicAttributes"
    GET_SUBSCRIPTION_ATTRIBUTES = "GetSubscriptionAttributes", permit("GetSubscriptionAttributes", _ANY)
    SET_SUBSCRIPTION_ATTRIBUTES = "SetSubscriptionAttributes", permit("SetSubscriptionAttributes", _ANY)
    LIST_SUBSCRIPTIONS_BY_TOPIC = "ListSubscriptionsByTopic"
    LIST_SUBSCRIPTIONS = "ListSubscriptions", permit("ListSubscriptions", _ANY)
    LIST_TOPICS = "ListTopics", permit("ListTopics", _ANY)
