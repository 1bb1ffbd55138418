"""Read from a handler's result whether the execution succeeded."""

from __future__ import annotations

from typing import Any, NamedTuple

from pycommon.proxy_response import status_of

__all__ = ["BATCH_ITEM_FAILURES", "ExecutionOutcome"]

BATCH_ITEM_FAILURES = "BatchItemFailures"
"""The error type of an execution whose result reports failed records of its batch."""

_ERROR_FROM = 400


class ExecutionOutcome(NamedTuple):
    """The outcome of an execution: whether it succeeded, the status code, and the number of failed records."""

    success: bool
    status_code: int | None = None
    failed_records: int | None = None

    @classmethod
    def of(cls, result: Any) -> ExecutionOutcome:
        """Return the outcome of any result.

        The execution failed if the result has a `statusCode` of 400 or more, a `success` of false, or a
        `batchItemFailures` that is not empty. The status code and the number are None if the result does not have them.

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
