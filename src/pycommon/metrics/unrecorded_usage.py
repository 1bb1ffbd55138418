"""Log a usage item that could not be written to the table.

The log line has the whole item, so that people can recover it.
"""

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
"""The value of `message` in the log line."""

_METRIC = "UsageNotRecorded"


def log_unrecorded(item: Mapping[str, Any], table: str | None, reason: str) -> None:
    """Print the item as one line of JSON, with a CloudWatch metric that counts these lines by service and stage.

    Print the line to stdout without a logger: CloudWatch would not find the metric in the text of a log record. The
    item is in DynamoDB's JSON, which keeps all digits of numbers.
    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

    Args:
        item: the item of the usage table. The item contains no secrets.
        table: the name of the table, or None if the name is unknown.
        reason: the reason why the item was not written.
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
    sys.stdout.write(dumps(line) + "\n")  # one call, so that threads do not mix their lines
    sys.stdout.flush()
