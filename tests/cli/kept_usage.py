"""Make usage items, and the log lines of items that could not be written, with the library itself."""

import io
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from pycommon.metrics import TrackingContext, UsageMetrics, get_usage_tracker
from pycommon.metrics.unrecorded_usage import log_unrecorded
from pycommon.testing import LambdaContext

AT = datetime(2026, 1, 15, 10, 30, 0, 123456, tzinfo=UTC)
TTL = 1_900_000_000


def usage(number: int = 0, **changes) -> UsageMetrics:
    """Return the usage of an execution. Each number is another execution, one second after the one before."""
    context = LambdaContext(aws_request_id=f"request-{number}")
    begun: TrackingContext = get_usage_tracker().start_tracking("jane", "charge", "/charge", context=context)
    metrics = get_usage_tracker().end_tracking(begun, {"statusCode": 200}, {"account": "acc-1", "username": "jane"})
    fixed = {
        "timestamp": AT + timedelta(seconds=number),
        "duration_ms": Decimal("245.17"),
        "memory_used_mb": 128,
        "cold_start": False,
        "init_duration_ms": None,
        "billed_duration_ms": 246,
        "lambda_cost": Decimal("0.00000410000820"),
        "service": "amplify-main-files",
        "stage": "dev",
    }
    return metrics._replace(**{**fixed, **changes})


def item(number: int = 0, **changes) -> dict:
    """Return the item as Python values. `changes` replace attributes; None deletes one."""
    metrics = usage(number)
    values = {**metrics.item(metrics.timestamp, TTL), **changes}
    return {name: value for name, value in values.items() if name not in changes or value is not None}


def line(table: str | None, number: int = 0, reason: str = "ThrottlingException", **changes) -> str:
    """Return the log line of the item, without the line end."""
    text = io.StringIO()
    with redirect_stdout(text):
        log_unrecorded(item(number, **changes), table, reason)
    return text.getvalue().removesuffix("\n")
