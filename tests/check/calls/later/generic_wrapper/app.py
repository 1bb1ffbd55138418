import os
from abc import ABC
from functools import cached_property
from typing import Any, Generic, TypeVar

import boto3

T = TypeVar("T")


class AwsService(ABC):
    service: str

    @cached_property
    def client(self) -> Any:
        return boto3.client(self.service)


class Table(AwsService, Generic[T]):
    service = "dynamodb"

    def __init__(self, name: str, key: str = "id") -> None:
        self.name = name
        self.key = key

    def _request(self, operation: str, **parameters: Any) -> Any:
        method = getattr(self.client, operation)
        return method(TableName=self.name, **parameters)  # aws: dynamodb:GetItem PEOPLE; dynamodb:PutItem PEOPLE; dynamodb:PutItem AUDIT; dynamodb:Scan AUDIT

    def get(self, key: str) -> T:
        return self._request("get_item", Key={self.key: {"S": key}})["Item"]

    def put(self, item: T) -> None:
        self._request("put_item", Item=item)

    def __iter__(self):
        yield from self._request("scan")["Items"]


class Queue(AwsService):
    service = "sqs"

    def __init__(self, url):
        self.url = url

    def __lshift__(self, message):
        self.client.send_message(QueueUrl=self.url, MessageBody=message)  # aws: sqs:SendMessage OUT_URL

    def push(self, *messages):
        for message in messages:
            self << message


people: Table[dict] = Table(os.environ["PEOPLE"])
audit = Table[dict](os.environ["AUDIT"], key="at")
out = Queue(os.environ["OUT_URL"])


def handler(event, context):
    person = people.get(event["id"])
    people.put(person)
    audit.put({"at": {"S": "now"}})
    for entry in audit:
        out.push(entry["at"]["S"])
