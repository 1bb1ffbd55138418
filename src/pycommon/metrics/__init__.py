"""Usage and cost of every execution, and who pays for it.

What measures an execution is imported when its name is first asked for: it needs `datetime` and `decimal`, which the
decorator `track_execution` does not.
"""

from typing import TYPE_CHECKING, Any

from pycommon.metrics.payers import Payer
from pycommon.metrics.tracked_execution import bill_to, track_execution

if TYPE_CHECKING:
    from pycommon.metrics.usage_record import TrackingContext, UsageMetrics
    from pycommon.metrics.usage_tracker import Execution, UsageSink, UsageTracker, get_usage_tracker, record_usage_with

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


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pycommon.metrics import usage_record, usage_tracker

    globals()[name] = found = getattr(usage_record if hasattr(usage_record, name) else usage_tracker, name)
    return found  # the next look-up finds it without coming here


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
