"""Read from a handler's result whether the execution succeeded."""

from __future__ import annotations

from typing import Any, NamedTuple

from pycommon.proxy_response import status_of

__all__ = ["BATCH_ITEM_FAILURES", "ExecutionOutcome"]

BATCH_ITEM_FAILURES = "BatchItemFailures"
"""The error type of an execution whose result reports failed records of its batch."""

_ERROR_FROM = 400


class ExecutionOutcome(NamedTuple):
    """Whether an execution succeeded; its status code and the number of failed records, if the result has them."""

    success: bool
    status_code: int | None = None
    failed_records: int | None = None

    @classmethod
    def of(cls, result: Any) -> ExecutionOutcome:
        """Return the outcome of any result.

        Failures are a `statusCode` of 400 or more, a `success` of false, and `batchItemFailures` that are not empty.

        Example:
            >>> ExecutionOutcome.of({"batchItemFailures": [{"itemIdentifier": "059f36b4"}]})
            ExecutionOutcome(success=False, status_code=None, failed_records=1)
        """
        if not isinstance(result, dict):
            return cls(success=True)
        success = result.get("success", True) is not False
        status = status_of(result)
        failures = result.get("batchItemFailures")
        failed = len(failures) if isinstance(failures, list) else None
        return cls(success and (status or 0) < _ERROR_FROM and not failed, status, failed)
