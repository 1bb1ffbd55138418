"""Implement the floor: write a record with boto3, without any checks. An endpoint that uses boto3 cannot be faster."""

from __future__ import annotations

import json
import math
import os
import time
from datetime import UTC, datetime
from typing import Any

import boto3

TABLE = os.environ["USAGE_METRICS_DYNAMO_TABLE"]
USD_PER_GB_SECOND = 0.0000166667

dynamodb = boto3.client("dynamodb")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer POST /sample/visits."""
    started = time.perf_counter()
    message = json.loads(event["body"])["data"]["message"]
    answer = json.dumps({"success": True, "user": "anybody", "message": message})
    duration_ms = (time.perf_counter() - started) * 1000
    cost = context.memory_limit_in_mb / 1024 * math.ceil(duration_ms) / 1000 * USD_PER_GB_SECOND
    dynamodb.put_item(
        TableName=TABLE,
        Item={
            "account": {"S": "general_account"},
            "timestamp": {"S": f"{datetime.now(UTC).isoformat()}#{context.aws_request_id}"},
            "user": {"S": "anybody"},
            "operation": {"S": "record_visit"},
            "endpoint": {"S": event["path"]},
            "duration_ms": {"N": f"{duration_ms:.2f}"},
            "memory_allocated_mb": {"N": str(context.memory_limit_in_mb)},
            "lambda_cost": {"N": f"{cost:.12f}"},
        },
    )
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": answer}
