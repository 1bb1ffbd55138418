"""Run an execution environment with many threads in a separate process, which the test kills.

Reads one request id a line from stdin. For each it runs a metered function and, when that has returned, writes the
request id to the file descriptor that the first argument names. The second argument is the number of threads, the third
the seconds that each invocation has. Its stdout is the function's log.
"""

from __future__ import annotations

import os
import queue
import sys
import threading

from pycommon.decorators import required_env_vars, track_execution
from pycommon.testing import LambdaContext

ACCOUNT, USER = "acc-1", "jane"


@required_env_vars("USAGE_METRICS_DYNAMO_TABLE")
@track_execution(account=ACCOUNT, user=USER)
def work(_event: object, _context: object) -> dict[str, int]:
    """The metered function."""
    return {"statusCode": 200}


def main(acknowledge: int, threads: int, timeout_s: float) -> None:
    """Serve until stdin ends, or forever: until killed."""
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()

    def serve() -> None:
        while True:
            request_id = requests.get()
            work({}, LambdaContext(aws_request_id=request_id, timeout_s=timeout_s))
            os.write(acknowledge, f"{request_id}\n".encode())

    for _ in range(threads):
        threading.Thread(target=serve, daemon=True).start()
    for line in sys.stdin:
        requests.put(line.strip())


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
