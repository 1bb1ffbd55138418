from __future__ import annotations

import os
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_sqs import SQSClient


class Worker:
    def __init__(self, table: Table, queue: SQSClient, url: str) -> None:
        self.table, self.queue, self._url = table, queue, url

    def run(self, ids: list[str]) -> None:
        for each in ids:
            self.table.update_item(Key={"id": each}, UpdateExpression="REMOVE x")  # aws: dynamodb:UpdateItem TASKS_TABLE
        self.queue.send_message(QueueUrl=self._url, MessageBody="done")  # aws: sqs:SendMessage TASKS_QUEUE_URL


def make_worker() -> Worker:
    return Worker(
        table=boto3.resource("dynamodb").Table(os.environ["TASKS_TABLE"]),
        queue=boto3.client("sqs"),
        url=os.environ["TASKS_QUEUE_URL"],
    )


WORKER = make_worker()


def handler(event: dict, context: object) -> None:
    WORKER.run([record["body"] for record in event["Records"]])
