"""Provide Lambda's context object (https://docs.aws.amazon.com/lambda/latest/dg/python-context.html)."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field

__all__ = ["LambdaContext"]


@dataclass
class LambdaContext:
    """The context object of one invocation. Each object has a new request id."""

    function_name: str = "test-function"
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 512
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    timeout_s: float = 30.0
    log_group_name: str = "/aws/lambda/test-function"
    log_stream_name: str = "2026/01/01/[$LATEST]0"
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:000000000000:function:test-function"
    _begun: float = field(default_factory=time.monotonic, repr=False)

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda would stop the function."""
        return max(0, int((self._begun + self.timeout_s - time.monotonic()) * 1000))
