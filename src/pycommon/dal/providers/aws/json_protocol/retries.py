"""Decide whether and when to retry a failed call, by the standard retry mode of the AWS SDKs.

Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING

from pycommon.dal.providers.aws.json_protocol.client_errors import ClientError, HTTPClientError

if TYPE_CHECKING:
    from pycommon.dal.providers.aws.json_protocol.client_errors import AWSError

__all__ = ["RetryQuota", "StandardRetries"]

_THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
_TOO_MANY_REQUESTS = 429
_TRANSIENT = frozenset({"ReplicatedWriteConflictException", "RequestTimeout", "RequestTimeoutException"})
_TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})

_FIRST_PAUSE_S = 0.05
_FIRST_PAUSES_S = {"dynamodb": 0.025}  # DynamoDB answers within milliseconds
_FIRST_PAUSE_WHEN_THROTTLED_S = 1.0

_CAPACITY = 500
_COST = 14
_COST_WHEN_THROTTLED = 5
_REFUND = 1


class RetryQuota:
    """The quota of a client's retries, so that retries do not overload a service that is down.

    Threads can share one quota.
    """

    def __init__(self, capacity: int = _CAPACITY) -> None:
        self._capacity = self._left = capacity
        self._lock = threading.Lock()

    def spend(self, cost: int) -> bool:
        """Subtract `cost` and return True. If less than `cost` is left, return False and do not change the quota."""
        with self._lock:
            if cost > self._left:
                return False
            self._left -= cost
            return True

    def refund(self, amount: int) -> None:
        """Add `amount` to the quota after a successful call."""
        if self._left < self._capacity:  # a full quota needs no change, and no lock
            with self._lock:
                self._left = min(self._left + amount, self._capacity)


class StandardRetries:
    """The retries of one call.

    Args:
        service: the service of the call.
        quota: the quota of the client.
        attempts: the number of attempts, including the first.

    Attributes:
        attempt: the number of the current attempt. The first attempt has the number 1.
        exhausted: whether a retry was possible after the last failure, but no attempts were left.
    """

    def __init__(self, service: str, quota: RetryQuota, attempts: int) -> None:
        self.attempt = 1
        self.exhausted = False
        self._service = service
        self._quota = quota
        self._attempts = attempts
        self._spent = 0

    def pause_after(self, error: AWSError, *, clock_corrected: bool = False) -> float | None:
        """Return the seconds to wait before the next attempt, or None if there is no next attempt.

        Args:
            error: the error of the last attempt.
            clock_corrected: whether a wrong clock caused the error and has been corrected.
        """
        throttled = _is_throttled(error)
        if not (throttled or clock_corrected or _is_transient(error)):
            return None
        cost = _COST_WHEN_THROTTLED if throttled else _COST
        self.exhausted = self.attempt >= self._attempts
        if self.exhausted or not self._quota.spend(cost):
            return None
        self._spent = cost
        longest = self._first_pause(throttled=throttled) * 2.0 ** (self.attempt - 1)
        self.attempt += 1
        # The pause is random ("full jitter"). The pause that the service asks for is the minimum, but this minimum is
        # at most `longest`, because a call must end before the invocation ends.
        return max(random.uniform(0, longest), min(_asked_for(error), longest))  # noqa: S311 - this is not cryptography

    def succeeded(self) -> None:
        """Refund the cost of the last attempt."""
        self._quota.refund(self._spent or _REFUND)

    def _first_pause(self, *, throttled: bool) -> float:
        return _FIRST_PAUSE_WHEN_THROTTLED_S if throttled else _FIRST_PAUSES_S.get(self._service, _FIRST_PAUSE_S)


def _is_throttled(error: AWSError) -> bool:
    return isinstance(error, ClientError) and (
        _code(error) in _THROTTLED or error.response["ResponseMetadata"]["HTTPStatusCode"] == _TOO_MANY_REQUESTS
    )


def _is_transient(error: AWSError) -> bool:
    if isinstance(error, ClientError):
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return _code(error) in _TRANSIENT or status in _TRANSIENT_STATUSES
    return isinstance(error, HTTPClientError)


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def _asked_for(error: AWSError) -> float:
    """Return the pause in seconds that the service asks for, or 0."""
    if not isinstance(error, ClientError):
        return 0.0
    text = error.response["ResponseMetadata"]["HTTPHeaders"].get("x-amz-retry-after", "")
    return int(text) / 1000 if text.isascii() and text.isdecimal() else 0.0
