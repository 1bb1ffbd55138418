"""One peer in a process of its own, as Lambda would hold it. Runs with the package of the peer on PYTHONPATH.

    python function_worker.py import [MODULE ...]    import them, say what CPU the process has used, end
    python function_worker.py first EVENTS VARIANT   import the handler, answer one event, say CPU and status, end
    python function_worker.py serve EVENTS           answer the events that each line on stdin asks for: VARIANT REQUESTS THREADS

Every answer on stdout is one line of JSON. Lambda's own runtime has `json`, `os` and `sys` loaded before a handler
comes; nothing else is imported here before the handler is.
"""

import os
import sys
import time

HTTP_OK = 200


def main() -> None:
    """Do what the arguments say."""
    # What the peer prints goes to stderr, so that it is not taken for an answer.
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
    # Nothing but bytes: a bare interpreter has no `json` to be measured against.
    loaded = sorted({name.partition(".")[0] for name in sys.modules} if modules else [])
    os.write(answers, b'{"cpu_ns": %d, "loaded": [%s]}\n' % (cpu, ", ".join(f'"{n}"' for n in loaded).encode()))
    os._exit(0)  # a Lambda function never ends in order


def _first(answers: int, events: str, variant: str) -> None:
    import json

    with open(events, encoding="utf-8") as file:  # noqa: PTH123 - pathlib would be a part of what is measured
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
    """What the requests cost in all: CPU of the process with all its threads, and wall."""
    from collections import deque
    from threading import Thread

    work = deque((event, BenchmarkContext(f"{time.time_ns()}-{number}")) for number, event in enumerate(events))
    done: list[dict[str, object]] = []
    faults: list[str] = []

    def serve() -> None:
        while True:
            try:
                event, context = work.popleft()
            except IndexError:  # all are taken
                return
            try:
                done.append(handler(event, context))  # type: ignore[operator]
            except Exception as error:  # noqa: BLE001 - told to whoever asked
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
    """The most memory that the process has had. Not `ru_maxrss`, which begins with that of the parent."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:  # noqa: PTH123 - as above
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
    except OSError:  # not Linux
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


class BenchmarkContext:
    """Lambda's context object."""

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
        """Milliseconds until the function would be stopped."""
        return int((self._ends - time.monotonic()) * 1000)


if __name__ == "__main__":
    main()
