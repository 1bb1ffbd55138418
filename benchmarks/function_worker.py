"""Run one peer in a separate process, as Lambda does, with the peer's package on PYTHONPATH.

    python function_worker.py import [MODULE ...]    import the modules, and print the CPU time of the process
    python function_worker.py first EVENTS VARIANT   import the handler, answer one event, and print CPU time and status
    python function_worker.py serve EVENTS           answer the requests of each line on stdin: VARIANT REQUESTS THREADS

Each response on stdout is one line of JSON. Before the handler, this program imports only `json`, `os` and `sys`. The
Lambda runtime loads these modules too.
"""

import os
import sys
import time

HTTP_OK = 200


def main() -> None:
    """Run the mode that the arguments name."""
    # The peer's own output goes to stderr, because stdout is for the responses.
    answers = os.dup(1)
    os.dup2(2, 1)
    mode, arguments = sys.argv[1], sys.argv[2:]
    if mode == "import":
        _import(answers, arguments)
    elif mode == "first":
        _first(answers, *arguments)
    else:
        _serve(answers, *arguments)


def _import(answers: int, modules: list[str]) -> None:
    for name in modules:
        __import__(name)
    cpu = time.process_time_ns()
    # Write JSON without the module `json`, because a bare interpreter has not loaded this module.
    loaded = sorted({name.partition(".")[0] for name in sys.modules} if modules else [])
    os.write(answers, b'{"cpu_ns": %d, "loaded": [%s]}\n' % (cpu, ", ".join(f'"{n}"' for n in loaded).encode()))
    os._exit(0)  # end at once, because a Lambda function never ends normally


def _first(answers: int, events: str, variant: str) -> None:
    import json

    with open(events, encoding="utf-8") as file:  # noqa: PTH123 - importing pathlib would be measured too
        event = json.load(file)[variant][0]
    import handler  # type: ignore[import-not-found]

    answer = handler.handler(event, BenchmarkContext("first"))
    said = {"cpu_ns": time.process_time_ns(), "status": answer["statusCode"], "body": answer["body"]}
    os.write(answers, json.dumps(said).encode() + b"\n")


def _serve(answers: int, events: str) -> None:
    import json

    import handler

    with open(events, encoding="utf-8") as file:  # noqa: PTH123 - as above
        by_variant = json.load(file)
    served = dict.fromkeys(by_variant, 0)
    for line in sys.stdin:
        variant, requests, threads = line.split()
        chosen = by_variant[variant]
        begin = served[variant]
        served[variant] += int(requests)
        block = [chosen[(begin + each) % len(chosen)] for each in range(int(requests))]
        said = _block(handler.handler, block, int(threads))
        os.write(answers, json.dumps(said).encode() + b"\n")


def _block(handler: object, events: list[dict[str, object]], threads: int) -> dict[str, object]:
    """Return the total cost of the requests: CPU time of the process with all its threads, and wall time."""
    from collections import deque
    from threading import Thread

    work = deque((event, BenchmarkContext(f"{time.time_ns()}-{number}")) for number, event in enumerate(events))
    done: list[dict[str, object]] = []
    faults: list[str] = []

    def serve() -> None:
        while True:
            try:
                event, context = work.popleft()
            except IndexError:  # another thread has taken the last event
                return
            try:
                done.append(handler(event, context))  # type: ignore[operator]
            except Exception as error:  # noqa: BLE001 - the response reports it
                faults.append(repr(error))

    others = [Thread(target=serve) for _ in range(threads)] if threads > 1 else []
    cpu, wall = time.process_time_ns(), time.perf_counter_ns()
    for thread in others:
        thread.start()
    if not others:
        serve()
    for thread in others:
        thread.join()
    cost: dict[str, object] = {"wall_ns": time.perf_counter_ns() - wall, "cpu_ns": time.process_time_ns() - cpu}
    faults += [str(answer) for answer in done if answer["statusCode"] != HTTP_OK]
    return {**cost, "answers": len(done), "fault": faults[0] if faults else None, "peak_kb": _peak_kb()}


def _peak_kb() -> int:
    """Return the peak memory of the process. `ru_maxrss` would be wrong, because it includes the parent's memory."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:  # noqa: PTH123 - as above
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
    except OSError:  # not Linux
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


class BenchmarkContext:
    """The context object that Lambda passes to a handler."""

    function_name = "bench"
    function_version = "$LATEST"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:bench"
    log_group_name = "/aws/lambda/bench"
    log_stream_name = "2026/01/01/[$LATEST]0"

    def __init__(self, request_id: str) -> None:
        self.aws_request_id = request_id
        self._ends = time.monotonic() + 30

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function would be stopped."""
        return int((self._ends - time.monotonic()) * 1000)


if __name__ == "__main__":
    main()
