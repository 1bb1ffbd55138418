"""Provide one test's usage table with a real stream, its costs table and its dead-letter queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.conftest import Aws

USAGE, COSTS = "USAGE_METRICS_DYNAMO_TABLE", "COST_CALCULATIONS_DYNAMO_TABLE"
NOON = datetime(2030, 5, 17, 12, 30, tzinfo=UTC)


def text(moment: datetime) -> str:
    """Return a time as items store it."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass
class Ledger:
    """One test's usage table with a real stream, costs table and dead-letter queue."""

    aws: Aws
    variables: dict[str, str]
    _sequence: int = field(default=0, repr=False)

    def spend(self, cost: str = "0.01", user: str = "jane", account: str = "acc-1", at: datetime = NOON) -> None:
        """Write the item of one execution, with a unique timestamp."""
        self._sequence += 1
        item = {
            "account": account,
            "timestamp": text(at.replace(microsecond=self._sequence)),
            "user": user,
            "operation": "charge",
            "lambda_cost": Decimal(cost),
        }
        self.aws.put(USAGE, item)

    def put(self, **item: Any) -> None:
        """Write a given item of usage."""
        self.aws.put(USAGE, item)

    def records(self) -> list[dict[str, Any]]:
        """Return all records of the stream as in Lambda events."""
        streams = self.aws.client("dynamodbstreams")
        (stream,) = streams.list_streams(TableName=self.variables[USAGE])["Streams"]
        arn, found = stream["StreamArn"], []
        for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            place = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
            iterator = streams.get_shard_iterator(**place)["ShardIterator"]
            while iterator:
                page = streams.get_records(ShardIterator=iterator)
                found += [_as_lambda_does(record) for record in page["Records"]]
                iterator = page["NextShardIterator"] if page["Records"] else None
        return found

    def rows(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return all rows of costs by user and account."""
        return {(row["id"], row["accountInfo"]): row for row in self.aws.items(COSTS)}

    def row(self, user: str = "jane", account: str = "acc-1") -> dict[str, Any]:
        """Return one row of costs."""
        return self.rows()[user, account]

    def totals(self) -> dict[tuple[str, str], Decimal]:
        """Return the total costs of each user and account."""
        return {
            key: row["dailyCost"] + row["monthlyCost"] + row["previousMonthCost"] for key, row in self.rows().items()
        }

    def uncounted(self) -> list[dict[str, Any]]:
        """Return the items of usage that are not marked as counted."""
        return [item for item in self.aws.items(USAGE) if "counted_at" not in item]

    def dead_letters(self) -> list[str]:
        """Remove all messages from the dead-letter queue, and return them."""
        messages: list[str] = []
        while some := self.aws.messages(self.variables["COSTS_DEAD_LETTER_QUEUE_NAME"]):
            messages += some
        return messages

    def declared_rights(self, function: Any) -> list[dict[str, Any]]:
        """Return the declarations of a function, with the library's record of them, as the policy of a role."""
        actions = {**function.__pycommon_declaration__.actions, "ENV_VARS_TRACKING_TABLE": ("dynamodb:UpdateItem",)}
        names = {name: f"arn:aws:dynamodb:*:*:table/{self.variables[name]}" for name in actions}
        names["COSTS_DEAD_LETTER_QUEUE_URL"] = f"arn:aws:sqs:*:*:{self.variables['COSTS_DEAD_LETTER_QUEUE_NAME']}"
        return [{"Effect": "Allow", "Action": list(each), "Resource": names[name]} for name, each in actions.items()]


def _as_lambda_does(record: dict[str, Any]) -> dict[str, Any]:
    written = record["dynamodb"]["ApproximateCreationDateTime"].timestamp()
    return {**record, "dynamodb": {**record["dynamodb"], "ApproximateCreationDateTime": written}}
