"""How an execution ended, told by the handler's result."""

from __future__ import annotations

from typing import Any, NamedTuple

from pycommon.proxy_response import status_of

__all__ = ["BATCH_ITEM_FAILURES", "ExecutionOutcome"]

BATCH_ITEM_FAILURES = "BatchItemFailures"
"""The error type of an execution that itself says that records of its batch failed."""

_ERROR_FROM = 400


class ExecutionOutcome(NamedTuple):
    """Whether a result stands for success; its status code, and how many records of a batch failed, where it says."""

    success: bool
    status_code: int | None = None
    failed_records: int | None = None

    @classmethod
    def of(cls, result: Any) -> ExecutionOutcome:
        """The outcome that `result` tells, whatever it is.

        A `statusCode` of 400 or more, `success` false and a `batchItemFailures` with anything in it are failures.

        Example:
            >>> Outcome.of({"batchItemFailures": [{"itemIdentifier": "059f36b4"}]})
            Outcome(success=False, status_code=None, failed_records=1)
        """
        if not isinstance(result, dict):
            return cls(success=True)
        success = result.get("success", True) is not False
        status = status_of(result)
        failures = result.get("batchItemFailures")
        failed = len(failures) if isinstance(failures, list) else None
        return cls(success and (status or 0) < _ERROR_FROM and not failed, status, failed)
