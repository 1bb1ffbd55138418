"""Run one function in a separate process, as Lambda does. `benchmarks.growth_measurement` controls it through pipes.

    python growth_worker.py SERVICE_FOLDER EVENTS_FILE

Import the module `service` of the folder, and print the cost of the import. Then read a number of requests from each
line of stdin, answer these requests one after another, and print their cost in nanoseconds. The function's own output
goes to stderr. This program does not import modules before `service` that would reduce the cost of its import.
"""

import os  # loaded by every interpreter that starts
import sys
import time

OUTPUT = os.dup(1)
os.dup2(2, 1)
sys.path.insert(0, sys.argv[1])
CPU, WALL = time.process_time_ns(), time.perf_counter_ns()
import service  # type: ignore[import-not-found]  # noqa: E402 - the measured service

IMPORTED = {"cpu": time.process_time_ns() - CPU, "wall": time.perf_counter_ns() - WALL}

import itertools  # noqa: E402 - after the measurement, as the following
import json  # noqa: E402
import threading  # noqa: E402
from pathlib import Path  # noqa: E402

WAIT_AT_MOST_S = 120


def main() -> None:
    """Serve until stdin ends."""
    say(IMPORTED)
    if not (line := sys.stdin.readline()):
        return
    from pycommon.testing import LambdaContext

    events = itertools.cycle(json.loads(Path(sys.argv[2]).read_text("utf-8")))
    while line:
        requests = [(next(events), LambdaContext(timeout_s=900)) for _ in range(int(line))]
        cpu, wall = time.process_time_ns(), time.perf_counter_ns()
        answers = [service.handler(event, context) for event, context in requests]
        cost = {"cpu": time.process_time_ns() - cpu, "wall": time.perf_counter_ns() - wall}
        for answer in answers:
            if answer.get("statusCode") != 200:  # noqa: PLR2004 - HTTP
                raise SystemExit(f"growth: expected the status 200 from {sys.argv[1]}, got {answer}")
        finish_background_writes()
        say(cost)
        line = sys.stdin.readline()


def finish_background_writes() -> None:
    """Wait until both background writers have finished their earlier work."""
    from pycommon.background import background_writes

    meeting = threading.Barrier(3, timeout=WAIT_AT_MOST_S)

    def meet() -> None:
        meeting.wait()

    for _ in range(2):
        background_writes().submit(meet)
    meet()
    background_writes().wait(WAIT_AT_MOST_S)


def say(cost: dict[str, int]) -> None:
    """Print one line for the measuring process."""
    os.write(OUTPUT, f"{json.dumps(cost)}\n".encode())


if __name__ == "__main__":
    main()
