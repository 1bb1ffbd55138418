"""Provide the time for signatures: this machine's time, corrected when AWS rejects a time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pycommon.dal.providers.aws.json_protocol.client_errors import ClientError

if TYPE_CHECKING:
    from pycommon.dal.providers.aws.json_protocol.client_errors import AWSError

__all__ = ["Clock"]

_WRONG_TIME = frozenset(
    {
        "InvalidSignatureException",
        "RequestExpired",
        "RequestInTheFuture",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
    }
)
_TOLERATED_S = 240  # AWS tolerates five minutes, so a smaller difference is not the cause of the error


class Clock:
    """The clock that signs requests to one AWS service. The client corrects the clock when AWS rejects a time.

    Threads can share one clock.
    """

    def __init__(self) -> None:
        self._offset_s = 0.0

    def now(self) -> float:
        """Return the seconds since 1970."""
        return time.time() + self._offset_s

    def corrected_by(self, error: AWSError) -> bool:
        """Correct the clock if a wrong time caused `error`. Return whether this call has corrected the clock."""
        if not isinstance(error, ClientError) or error.response["Error"]["Code"] not in _WRONG_TIME:
            return False
        date = _parsed(error.response["ResponseMetadata"]["HTTPHeaders"].get("date", ""))
        if date is None or abs(date - self.now()) <= _TOLERATED_S:
            return False
        self._offset_s = date - time.time()
        return True


def _parsed(date: str) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None
