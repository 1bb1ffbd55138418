"""The services and operations that the library calls itself, and what its services do with items beside that.

An attempt is repeated when its answer got lost, and then the call may have been carried out before. The note at each
operation that changes something says why that does no harm; botocore repeats the same ones.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.json_protocol.json_client import JsonClient

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SERVICES", "SQS", "DynamoDB", "ParameterStore"]


class DynamoDB(JsonClient):
    """Items by key, and by query.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/
    """

    _CONTENT_TYPE = "application/x-amz-json-1.0"
    _TARGET = "DynamoDB_20120810"
    _OPERATIONS = ("delete_item", "get_item", "put_item", "query", "update_item", "get_paginator")

    def get_item(self, **parameters: Any) -> dict[str, Any]:
        """GetItem."""
        return self._call("GetItem", parameters)

    def put_item(self, **parameters: Any) -> dict[str, Any]:
        """PutItem. The same item twice is the same item; with a condition, the second may be told of the first."""
        return self._call("PutItem", parameters)

    def update_item(self, **parameters: Any) -> dict[str, Any]:
        """UpdateItem. The library sets attributes and adds to sets; twice is once. Who adds to a number needs more."""
        return self._call("UpdateItem", parameters)

    def delete_item(self, **parameters: Any) -> dict[str, Any]:
        """DeleteItem. What is gone is gone; who wants the old values or a condition may be told that of the second."""
        return self._call("DeleteItem", parameters)

    def query(self, **parameters: Any) -> dict[str, Any]:
        """Query: one page."""
        return self._call("Query", parameters)

    def get_paginator(self, operation: str) -> Any:
        """The pages of `query`; those of other operations are botocore's."""
        return _QueryPages(self) if operation == "query" else self._botocore().get_paginator(operation)


class _QueryPages:
    def __init__(self, dynamodb: DynamoDB) -> None:
        self._dynamodb = dynamodb

    def paginate(self, **parameters: Any) -> Iterator[dict[str, Any]]:
        """The answers, one after another, until one has no key to go on from."""
        while True:
            page = self._dynamodb.query(**parameters)
            yield page
            last = page.get("LastEvaluatedKey")
            if not last:
                return
            parameters["ExclusiveStartKey"] = last


class ParameterStore(JsonClient):
    """Parameters by name. Botocore's name of the service is "ssm".

    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/
    """

    _CONTENT_TYPE = "application/x-amz-json-1.1"
    _TARGET = "AmazonSSM"
    _OPERATIONS = ("get_parameter", "get_parameters")

    def get_parameter(self, **parameters: Any) -> dict[str, Any]:
        """GetParameter."""
        answer = self._call("GetParameter", parameters)
        return {**answer, "Parameter": _with_moments(answer.get("Parameter", {}))}

    def get_parameters(self, **parameters: Any) -> dict[str, Any]:
        """GetParameters: ten at most."""
        answer = self._call("GetParameters", parameters)
        return {**answer, "Parameters": [_with_moments(each) for each in answer.get("Parameters", [])]}


def _with_moments(parameter: dict[str, Any]) -> dict[str, Any]:
    """`parameter` with its one moment, seconds since 1970, as a datetime."""
    seconds = parameter.get("LastModifiedDate")
    if not isinstance(seconds, int | float):
        return parameter
    return {**parameter, "LastModifiedDate": datetime.fromtimestamp(seconds, UTC)}


class SQS(JsonClient):
    """Queues by name, and messages into them.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
    """

    _CONTENT_TYPE = "application/x-amz-json-1.0"
    _TARGET = "AmazonSQS"
    _OPERATIONS = ("get_queue_url", "send_message")

    def get_queue_url(self, **parameters: Any) -> dict[str, Any]:
        """GetQueueUrl."""
        return self._call("GetQueueUrl", parameters)

    def send_message(self, **parameters: Any) -> dict[str, Any]:
        """SendMessage. A message may arrive twice, as it may anyway: SQS delivers at least once."""
        return self._call("SendMessage", parameters)


SERVICES: dict[str, type[JsonClient]] = {"dynamodb": DynamoDB, "sqs": SQS, "ssm": ParameterStore}
"""The clients by botocore's names of the services."""
