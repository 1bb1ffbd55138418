import os
import subprocess
import sys

import pytest

from pycommon_cli.cli_error import CliError
from pycommon_cli.local import local_processes
from pycommon_cli.local.command_lock import exclusive
from pycommon_cli.local.local_processes import ProcessId

WAITS = "import sys; print('ready', flush=True); sys.stdin.read()"
IGNORES = (
    "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); sys.stdin.read()"
)
HOLDS_LOCK = (
    "import sys, pathlib; from pycommon_cli.local.command_lock import exclusive\n"
    "with exclusive(pathlib.Path(sys.argv[1]), 'up'): print('ready', flush=True); sys.stdin.read()"
)


@pytest.fixture
def start():
    started = []

    def run(code, *arguments, **environment):
        child = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **environment},
        )
        started.append(child)
        child.stdout.readline()
        return child

    yield run
    for child in started:
        child.kill()
        child.communicate()


def test_processes_are_found_by_their_home_and_role(start, tmp_path):
    mine, other = tmp_path / "mine", tmp_path / "other"
    child = start(WAITS, **local_processes.marks(mine, "osls"))
    start(WAITS, **local_processes.marks(other, "osls"))
    assert [p.pid for p in local_processes.of_home(mine)] == [child.pid]
    assert [p.pid for p in local_processes.of_home(mine, role="osls")] == [child.pid]
    assert local_processes.of_home(mine, role="ministack") == []


def test_a_stubborn_process_is_made_to_end(start, tmp_path):
    child = start(IGNORES, **local_processes.marks(tmp_path, "osls"))
    stubborn = local_processes.end(local_processes.of_home(tmp_path), patience=0.2)
    assert [p.pid for p in stubborn] == [child.pid]
    assert local_processes.of_home(tmp_path) == []


def test_a_pid_given_to_another_process_is_not_mistaken(start):
    child = start(WAITS)
    identity = ProcessId.of(child.pid)
    assert identity.process().pid == child.pid
    assert ProcessId(child.pid, identity.created - 60).process() is None


def test_the_lock_says_who_holds_it(start, tmp_path):
    holder = start(HOLDS_LOCK, str(tmp_path / "lock"))
    says = rf"`pycommon local up` \(process {holder.pid}, since .*kill {holder.pid}`"
    with pytest.raises(CliError, match=says), exclusive(tmp_path / "lock", "down"):
        pass


def test_the_lock_dies_with_its_holder(start, tmp_path):
    holder = start(HOLDS_LOCK, str(tmp_path / "lock"))
    holder.kill()
    holder.wait()
    with exclusive(tmp_path / "lock", "up"):
        assert "up" in (tmp_path / "lock").read_text()
