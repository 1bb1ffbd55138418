"""Start, watch and stop the MiniStack process of one local AWS."""

import http.client
import json
import os
import socket
import subprocess
import time
import zlib
from dataclasses import dataclass

import psutil

from pycommon_cli.cli_error import CliError
from pycommon_cli.local import local_processes, saved_state
from pycommon_cli.local.lambda_runtime import Runtime
from pycommon_cli.local.local_processes import ProcessId
from pycommon_cli.local.project_folders import Home
from pycommon_cli.local.saved_state import MiniStackRun

HOST = "127.0.0.1"
ROLE = "ministack"
START_SECONDS = 60.0
STOP_SECONDS = 30.0
HEALTH_SECONDS = 10.0  # MiniStack answers one request after the other: a deployment can keep it busy for seconds
# Below the ports that Linux (32768) and macOS (49152) hand out to outgoing connections: those come and go, and a port
# that is to be had again tomorrow must not be among them.
FIRST_PORT, PORTS = 14566, 1000
ATTEMPTS = 3


class _PortTakenError(Exception):
    """Another program was quicker with the port."""


@dataclass(frozen=True, slots=True)
class MiniStack:
    """The process of the local AWS at `home`, running or not."""

    home: Home
    runtime: Runtime

    def run(self) -> MiniStackRun | None:
        """The run whose process is alive, if there is one."""
        run = MiniStackRun.load(self.home)
        return run if run and run.process and run.process.process() else None

    def healthy(self) -> MiniStackRun | None:
        """The run that is alive and answers."""
        run = self.run()
        return run if run and answers(run.port) else None

    def start(self, wanted_port: int | None = None) -> tuple[MiniStackRun, saved_state.Beginning]:
        """Start MiniStack and wait until it answers."""
        beginning = saved_state.prepare(self.home)
        for attempt in range(ATTEMPTS):
            port = _choose_port(self.home, wanted_port, skip=attempt)
            try:
                run = self._spawn(port)
                self._wait_until_it_answers(run)
            except _PortTakenError:
                self.home.run_record.unlink(missing_ok=True)
                continue
            except BaseException:
                self.stop()
                raise
            self.home.port.write_text(str(port))
            return run, beginning
        raise CliError(f"No port between {FIRST_PORT} and {FIRST_PORT + PORTS} stayed free.", "Name one with --port.")

    def _spawn(self, port: int) -> MiniStackRun:
        run = MiniStackRun(port, time.time())
        run.save(
            self.home
        )  # before the process: whatever happens from here on, the state is no longer known to be whole
        with self.home.log.open("wb") as log:
            child = subprocess.Popen(  # noqa: S603 (our own arguments)
                [str(self.runtime.python), "-m", "ministack"],
                cwd=self.runtime.ministack,  # `-m` puts it on this process's path, and on no function's
                env=_environment(self.home, port),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            run = MiniStackRun(port, run.started, ProcessId.of(child.pid))
        except psutil.Error:  # it ended at once; waiting for it tells why
            run = MiniStackRun(port, run.started, ProcessId(child.pid, 0.0))
        run.save(self.home)
        child.returncode = 0  # it outlives this command; nobody will wait for it, and Popen need not complain of that
        return run

    def _wait_until_it_answers(self, run: MiniStackRun) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            process = run.process.process() if run.process else None
            if process is None:
                raise self._died(run.port)
            if listens(process, run.port) and answers(run.port):
                return
            time.sleep(0.05)
        raise CliError(
            f"MiniStack did not answer for {START_SECONDS:.0f} s. It last wrote:\n{self._last_words()}",
            f"All of it is in {self.home.log}.",
        )

    def _died(self, port: int) -> Exception:
        words = self._last_words()
        if "already in use" in words:
            return _PortTakenError(port)
        return CliError(
            f"MiniStack ended while it started. It last wrote:\n{words}", f"All of it is in {self.home.log}."
        )

    def died_at_work(self) -> CliError:
        """What to say when MiniStack is gone that answered before."""
        return CliError(
            f"MiniStack ended in the middle of the work. It last wrote:\n{self._last_words()}",
            "Run `pycommon local up` again: it goes on from the state at the last orderly stop.",
        )

    def _last_words(self, lines: int = 5) -> str:
        try:
            return "\n".join(self.home.log.read_text(errors="replace").splitlines()[-lines:]) or "(nothing)"
        except OSError:
            return "(nothing)"

    def stop(self) -> bool:
        """End MiniStack in order, then whatever it left behind; return whether anything had to end.

        MiniStack answers no more once it saves, and saves last; so it is given time before it is killed, and only a run
        that ended by itself loses its record, which is what calls its state whole.
        """
        run = self.run()
        leader = run.process.process() if run and run.process else None
        in_order = False
        if leader:
            leader.terminate()
            in_order = local_processes.wait_until_gone(leader, STOP_SECONDS)
        session = run.process.pid if run and run.process else None
        left = local_processes.of_home(self.home.path, session=session)
        local_processes.end(left)
        if in_order and saved_state.left_in_order(self.home):
            self.home.run_record.unlink(missing_ok=True)
        if run and not _bindable(run.port) and answers(run.port):
            raise CliError(
                f"Port {run.port} still answers after MiniStack ended.", f"See who has it: lsof -i :{run.port}"
            )
        return bool(leader or left)


def answers(port: int) -> bool:
    """Whether a MiniStack that enforces IAM answers on the port."""
    connection = http.client.HTTPConnection(HOST, port, timeout=HEALTH_SECONDS)
    try:
        connection.request("GET", "/_ministack/health")
        health = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return isinstance(health, dict) and health.get("auth") == "enabled"


def listens(process: psutil.Process, port: int) -> bool:
    """Whether it is this process that has the port: an answer alone could be another checkout's."""
    try:
        sockets = process.net_connections(kind="tcp")
    except psutil.Error:
        return False
    return any(s.status == psutil.CONN_LISTEN and s.laddr and s.laddr.port == port for s in sockets)


def _environment(home: Home, port: int) -> dict[str, str]:
    """MiniStack's environment, which its functions inherit: nothing of the caller's but what finds programs."""
    inherited = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}
    return {
        **inherited,
        **local_processes.marks(home.path, ROLE),
        "HOME": str(home.temporary),  # a function has no ~/.aws
        "TMPDIR": str(home.temporary),
        "AUTH": "true",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "PERSIST_STATE": "1",
        "STATE_DIR": str(home.state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(home.state / "s3"),
        "IOT_MTLS_ENABLED": "0",  # it would listen on the fixed port 8883
    }


def _choose_port(home: Home, wanted: int | None, skip: int) -> int:
    """The wanted port, or the last one, or the first free one from a place that is this home's own."""
    if wanted is not None:
        if skip or not _bindable(wanted):
            raise CliError(f"Port {wanted} is in use.", f"See by whom with `lsof -i :{wanted}`, or leave out --port.")
        return wanted
    start = zlib.crc32(str(home.path).encode()) % PORTS
    candidates = [FIRST_PORT + (start + n) % PORTS for n in range(PORTS)]
    free = (port for port in [*_last_port(home), *candidates] if _bindable(port))
    for _ in range(skip):
        next(free, None)
    port = next(free, None)
    if port is None:
        raise CliError(f"No port between {FIRST_PORT} and {FIRST_PORT + PORTS} is free.", "Name one with --port.")
    return port


def _last_port(home: Home) -> list[int]:
    try:
        return [int(home.port.read_text())]
    except (OSError, ValueError):
        return []


def _bindable(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
