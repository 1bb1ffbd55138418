"""The log line of a usage record that the table did not take: whole, counted, and there to be recovered from."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.attribute_values import to_item
from pycommon.encoders import dumps

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NOT_RECORDED", "log_unrecorded"]

NOT_RECORDED = "USAGE_NOT_RECORDED"
"""The `message` of the line."""

_METRIC = "UsageNotRecorded"


def log_unrecorded(item: Mapping[str, Any], table: str | None, reason: str) -> None:
    """Print the item as one line of JSON, with a CloudWatch metric that counts such lines by service and stage.

    It goes to stdout as it is: within a log record's text CloudWatch would not find the metric. The item has DynamoDB's
    JSON, in which numbers keep every digit.
    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

    Args:
        item: the item of the usage table; it holds nothing that is secret.
        table: the table's name, where it is known.
        reason: why it was not taken.
    """
    metric = {"Name": _METRIC, "Unit": "Count"}
    directive = {"Namespace": "PyCommon", "Dimensions": [["Service", "Stage"]], "Metrics": [metric]}
    line = {
        "message": NOT_RECORDED,
        "reason": reason,
        "table": table,
        "item": to_item(item),
        "Service": item.get("service") or "unknown",
        "Stage": item.get("stage") or "unknown",
        _METRIC: 1,
        "_aws": {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [directive]},
    }
    sys.stdout.write(dumps(line) + "\n")  # in one call, so that the lines of threads do not mix
    sys.stdout.flush()
