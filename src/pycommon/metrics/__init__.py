"""Usage and cost of every execution, and who pays for it."""

from pycommon.metrics.execution import bill_to, track_execution
from pycommon.metrics.payers import Payer
from pycommon.metrics.tracker import Execution, UsageSink, UsageTracker, get_usage_tracker, record_usage_with
from pycommon.metrics.usage import TrackingContext, UsageMetrics

__all__ = [
    "Execution",
    "Payer",
    "TrackingContext",
    "UsageMetrics",
    "UsageSink",
    "UsageTracker",
    "bill_to",
    "get_usage_tracker",
    "record_usage_with",
    "track_execution",
]
