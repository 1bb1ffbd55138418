"""Usage and cost of every execution, and who pays for it."""

from pycommon.metrics.tracker import UsageTracker, get_usage_tracker
from pycommon.metrics.usage import TrackingContext, UsageMetrics

__all__ = ["TrackingContext", "UsageMetrics", "UsageTracker", "get_usage_tracker"]
