"""Start, check and stop the MiniStack process of one local AWS."""

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
HEALTH_SECONDS = 10.0  # MiniStack answers one request at a time, and a deployment can keep MiniStack busy for seconds
# These ports are below the ports that Linux (from 32768) and macOS (from 49152) give to outgoing connections. The port
# of a local AWS must still be free tomorrow.
FIRST_PORT, PORTS = 14566, 1000
ATTEMPTS = 3


class _PortTakenError(Exception):
    """Another program took the port first."""


@dataclass(frozen=True, slots=True)
class MiniStack:
    """The MiniStack process of the local AWS at `home`, running or not."""

    home: Home
    runtime: Runtime

    def run(self) -> MiniStackRun | None:
        """Return the record of the running process, or None when no process is running."""
        run = MiniStackRun.load(self.home)
        return run if run and run.process and run.process.process() else None

    def healthy(self) -> MiniStackRun | None:
        """Return the record of the running process if the process answers, or None."""
        run = self.run()
        return run if run and answers(run.port) else None

    def start(self, wanted_port: int | None = None) -> tuple[MiniStackRun, saved_state.StartState]:
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
        raise CliError(
            f"No port between {FIRST_PORT} and {FIRST_PORT + PORTS} stayed free.", "Choose a port with --port."
        )

    def _spawn(self, port: int) -> MiniStackRun:
        run = MiniStackRun(port, time.time())
        run.save(self.home)  # before the process starts: from now on, the state on disk may be incomplete
        with self.home.log.open("wb") as log:
            child = subprocess.Popen(  # noqa: S603 (our own arguments)
                [str(self.runtime.python), "-m", "ministack"],
                cwd=self.runtime.ministack,  # `-m` adds it to the path of this process, but not of functions
                env=_environment(self.home, port),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            run = MiniStackRun(port, run.started, ProcessId.of(child.pid))
        except psutil.Error:  # MiniStack ended at once; the wait below reports why
            run = MiniStackRun(port, run.started, ProcessId(child.pid, 0.0))
        run.save(self.home)
        child.returncode = 0  # MiniStack outlives this command, so Popen must not warn about a missing wait
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
            f"MiniStack did not answer for {START_SECONDS:.0f} s. Its last output:\n{self._last_words()}",
            f"The whole output is in {self.home.log}.",
        )

    def _died(self, port: int) -> Exception:
        words = self._last_words()
        if "already in use" in words:
            return _PortTakenError(port)
        return CliError(
            f"MiniStack ended while it started. Its last output:\n{words}", f"The whole output is in {self.home.log}."
        )

    def died_at_work(self) -> CliError:
        """Return the error for a MiniStack that has ended while it was in use."""
        return CliError(
            f"MiniStack ended while it was in use. Its last output:\n{self._last_words()}",
            "Run `pycommon local up` again. It continues from the state at the last regular stop.",
        )

    def _last_words(self, lines: int = 5) -> str:
        try:
            return "\n".join(self.home.log.read_text(errors="replace").splitlines()[-lines:]) or "(nothing)"
        except OSError:
            return "(nothing)"

    def stop(self) -> bool:
        """Stop MiniStack, then the processes that it left behind. Return whether any process was running.

        MiniStack saves its state just before it ends. Therefore MiniStack gets time before it is killed. A missing run
        record means that the state is complete. The record is therefore deleted only when MiniStack ended by itself.
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
                f"Port {run.port} still answers after MiniStack ended.", f"Find the program: lsof -i :{run.port}"
            )
        return bool(leader or left)


def answers(port: int) -> bool:
    """Return whether a MiniStack that enforces IAM answers on the port."""
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
    """Return whether this process listens on the port. An answer alone could come from another checkout."""
    try:
        sockets = process.net_connections(kind="tcp")
    except psutil.Error:
        return False
    return any(s.status == psutil.CONN_LISTEN and s.laddr and s.laddr.port == port for s in sockets)


def _environment(home: Home, port: int) -> dict[str, str]:
    """Return the environment of MiniStack. Its functions inherit it, so keep only a few variables of the user."""
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
        "IOT_MTLS_ENABLED": "0",  # otherwise MiniStack would listen on the fixed port 8883
    }


def _choose_port(home: Home, wanted: int | None, skip: int) -> int:
    """Return the wanted port. Without a wanted port, return the last port of this local AWS.

    If the last port is unknown or in use, return the first free port. The search begins at a port that depends on
    `home`.
    """
    if wanted is not None:
        if skip or not _bindable(wanted):
            raise CliError(f"Port {wanted} is in use.", f"Find the program with `lsof -i :{wanted}`, or omit --port.")
        return wanted
    start = zlib.crc32(str(home.path).encode()) % PORTS
    candidates = [FIRST_PORT + (start + n) % PORTS for n in range(PORTS)]
    free = (port for port in [*_last_port(home), *candidates] if _bindable(port))
    for _ in range(skip):
        next(free, None)
    port = next(free, None)
    if port is None:
        raise CliError(f"No port between {FIRST_PORT} and {FIRST_PORT + PORTS} is free.", "Choose a port with --port.")
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
