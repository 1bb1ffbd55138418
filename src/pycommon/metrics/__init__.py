"""Measure the usage and cost of every execution, and find out who pays.

    event -> event_source -> payers -> usage_tracker -> usage_record -> usage_store -> item of the usage table

| module | contents |
|---|---|
| `tracked_execution` | `@track_execution` for event-driven functions, and `bill_to` |
| `event_source`, `event_time` | which service sent an event, and the time of the event |
| `payers` | who pays for an event |
| `usage_tracker` | measures an execution from its start to its end |
| `init_phase`, `memory_use`, `execution_outcome` | the parts of a measurement |
| `execution_cost` | prices and costs |
| `usage_record` | the finished record, and its item |
| `usage_store`, `unrecorded_usage` | writes the item to the table, and logs an item that could not be written |

To add an event source, add its shape to `event_source` (`_BY_RECORD_SOURCE` or `_TESTS`) and its payer to `payers`. If
Lambda may deliver the event again under the same request id, add its time to `event_time`. Then add a recorded event to
`tests/events`, and a line to docs/metering.md.

Python imports the modules that measure an execution when their names are first used. These modules need `datetime` and
`decimal`. The decorator `track_execution` does not need `datetime` or `decimal`.
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
    return found  # from now on, Python finds the name without this function


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
