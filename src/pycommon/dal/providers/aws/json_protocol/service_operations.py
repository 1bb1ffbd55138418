"""Define the clients of DynamoDB, Parameter Store and SQS with the operations that the library needs.

A client repeats a call when the response is lost, so AWS may run the operation twice. The docstring of each operation
that writes says when the repetition is safe. botocore repeats the same operations.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.json_protocol.json_client import JsonClient

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SERVICES", "SQS", "DynamoDB", "ParameterStore"]


class DynamoDB(JsonClient):
    """The client of DynamoDB, which reads and writes items, and queries tables.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/
    """

    _CONTENT_TYPE = "application/x-amz-json-1.0"
    _TARGET = "DynamoDB_20120810"
    _OPERATIONS = ("delete_item", "get_item", "put_item", "query", "update_item", "get_paginator")

    def get_item(self, **parameters: Any) -> dict[str, Any]:
        """Call GetItem."""
        return self._call("GetItem", parameters)

    def put_item(self, **parameters: Any) -> dict[str, Any]:
        """Call PutItem. Writing an item twice is safe, but a condition may fail because of the first call."""
        return self._call("PutItem", parameters)

    def update_item(self, **parameters: Any) -> dict[str, Any]:
        """Call UpdateItem. Setting attributes or adding to sets twice is safe. Adding to a number twice is not safe."""
        return self._call("UpdateItem", parameters)

    def delete_item(self, **parameters: Any) -> dict[str, Any]:
        """Call DeleteItem. Deleting an item twice is safe, but conditions and `ReturnValues` may see the repetition."""
        return self._call("DeleteItem", parameters)

    def query(self, **parameters: Any) -> dict[str, Any]:
        """Call Query and return one page."""
        return self._call("Query", parameters)

    def get_paginator(self, operation: str) -> Any:
        """Return a paginator of `query`. Paginators of other operations come from botocore."""
        return _QueryPages(self) if operation == "query" else self._botocore().get_paginator(operation)


class _QueryPages:
    def __init__(self, dynamodb: DynamoDB) -> None:
        self._dynamodb = dynamodb

    def paginate(self, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Yield page after page, until a page has no `LastEvaluatedKey`."""
        while True:
            page = self._dynamodb.query(**parameters)
            yield page
            last = page.get("LastEvaluatedKey")
            if not last:
                return
            parameters["ExclusiveStartKey"] = last


class ParameterStore(JsonClient):
    """The client of Parameter Store, which reads parameters by name. botocore calls this service "ssm".

    Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/
    """

    _CONTENT_TYPE = "application/x-amz-json-1.1"
    _TARGET = "AmazonSSM"
    _OPERATIONS = ("get_parameter", "get_parameters")

    def get_parameter(self, **parameters: Any) -> dict[str, Any]:
        """Call GetParameter."""
        response = self._call("GetParameter", parameters)
        return {**response, "Parameter": _with_datetime(response.get("Parameter", {}))}

    def get_parameters(self, **parameters: Any) -> dict[str, Any]:
        """Call GetParameters, for at most ten names."""
        response = self._call("GetParameters", parameters)
        return {**response, "Parameters": [_with_datetime(each) for each in response.get("Parameters", [])]}


def _with_datetime(parameter: dict[str, Any]) -> dict[str, Any]:
    """Return `parameter` with `LastModifiedDate` (seconds since 1970) as a datetime."""
    seconds = parameter.get("LastModifiedDate")
    if not isinstance(seconds, int | float):
        return parameter
    return {**parameter, "LastModifiedDate": datetime.fromtimestamp(seconds, UTC)}


class SQS(JsonClient):
    """The client of SQS, which looks up queues by name, and sends messages.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
    """

    _CONTENT_TYPE = "application/x-amz-json-1.0"
    _TARGET = "AmazonSQS"
    _OPERATIONS = ("get_queue_url", "send_message")

    def get_queue_url(self, **parameters: Any) -> dict[str, Any]:
        """Call GetQueueUrl."""
        return self._call("GetQueueUrl", parameters)

    def send_message(self, **parameters: Any) -> dict[str, Any]:
        """Call SendMessage. The repetition is safe, because SQS may always deliver a message more than once."""
        return self._call("SendMessage", parameters)


SERVICES: dict[str, type[JsonClient]] = {"dynamodb": DynamoDB, "sqs": SQS, "ssm": ParameterStore}
"""The client classes by botocore's names of the services."""
