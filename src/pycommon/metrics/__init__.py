"""Measure the usage and cost of every execution, and find out who pays.

    event -> event_source -> payers -> usage_tracker -> usage_record -> usage_store -> item of the usage table

| module | contents |
|---|---|
| `tracked_execution` | `@track_execution` for event-driven functions, and `bill_to` |
| `event_source`, `event_time` | which service sent an event, and when it happened |
| `payers` | who pays for an event |
| `usage_tracker` | measures an execution from its start to its end |
| `init_phase`, `memory_use`, `execution_outcome` | the parts of a measurement |
| `execution_cost` | prices and costs |
| `usage_record` | the finished record, and its item |
| `usage_store`, `unrecorded_usage` | writes the item to the table; logs an item that could not be written |

To add an event source: its shape in `event_source` (`_BY_RECORD_SOURCE` or `_TESTS`), its payer in `payers`, its time
in `event_time` if Lambda may deliver the event again under the same request id, a recorded event in `tests/events`, and
a line in docs/metering.md.

The modules that measure are imported when one of their names is first used. They need `datetime` and `decimal`, and the
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
    return found  # Python finds the name without this function from now on


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
