"""The state of the local AWS between two runs, and what becomes of it when a run was killed.

MiniStack writes most of its state when it ends in order, but S3 objects at once. After a kill the folder is therefore
a mixture of then and now, which no deployment can build upon. So each start first copies the state, known to be whole,
and a start after a kill begins from that copy.
"""

import json
import shutil
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path

from pycommon_cli.local.local_processes import ProcessId
from pycommon_cli.local.project_folders import Home


@dataclass(frozen=True, slots=True)
class MiniStackRun:
    """One run of MiniStack. Without a process it was about to be started when its command ended."""

    port: int
    started: float
    process: ProcessId | None = None

    def save(self, home: Home) -> None:
        unfinished = home.run_record.with_suffix(".new")
        unfinished.write_text(json.dumps(asdict(self)))
        unfinished.replace(home.run_record)

    @classmethod
    def load(cls, home: Home) -> "MiniStackRun | None":
        try:
            fields = json.loads(home.run_record.read_text())
            process = ProcessId(**fields["process"]) if fields["process"] else None
            return cls(fields["port"], fields["started"], process)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):  # cut short by a full disk, or another version's
            return cls(port=0, started=float("inf"))


class Beginning(Enum):
    """What the next run starts from."""

    NOTHING = "no state yet"
    LAST_STATE = "the state at the last stop"
    SNAPSHOT = "the state at the stop before, because the last run was killed or its state cannot be read"
    LOST = "nothing, because there is no such state either"


def left_in_order(home: Home) -> bool:
    """Whether the last run wrote its state completely. Ask only when no process of it is left.

    A run that `down` ended has no record any more. One that somebody else ended with SIGTERM (the machine shut down) is
    told by MiniStack's own pid file, which it removes after saving, and by state that is younger than the run.
    """
    if not _readable(home.state):
        return False
    run = MiniStackRun.load(home)
    if run is None:
        return True
    pid_file = home.temporary / f"ministack-{run.port}.pid"
    return not pid_file.exists() and any(path.stat().st_mtime > run.started for path in home.state.glob("*.json"))


def prepare(home: Home) -> Beginning:
    """Make the state folder whole before MiniStack starts, and keep a copy of it."""
    if left_in_order(home):
        beginning = Beginning.LAST_STATE if home.state.exists() else Beginning.NOTHING
        _copy(home.state, home.snapshot)
    else:
        if not _readable(home.snapshot):
            shutil.rmtree(home.snapshot)
        beginning = Beginning.SNAPSHOT if home.snapshot.exists() else Beginning.LOST
        _copy(home.snapshot, home.state)
    _forget_stream_positions(home.state)
    home.run_record.unlink(missing_ok=True)
    shutil.rmtree(home.temporary, ignore_errors=True)
    home.create()
    return beginning


def _forget_stream_positions(state: Path) -> None:
    """Let functions that read a table's stream begin at the beginning of it.

    MiniStack keeps how far they had come, and not the stream: the next run's begins at 0, and they would pass over as
    many records as they had read before.
    """
    file = state / "lambda.json"
    try:
        kept = json.loads(file.read_bytes())
        del kept["payload"]["dynamodb_stream_positions"]
    except (FileNotFoundError, KeyError, TypeError):
        return
    unfinished = file.with_suffix(".new")
    unfinished.write_text(json.dumps(kept))
    unfinished.replace(file)


def _readable(state: Path) -> bool:
    """Whether every file can be read back. MiniStack would leave out one that cannot, and go on with the others."""
    try:
        for path in state.glob("*.json"):
            json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return True


def _copy(source: Path, target: Path) -> None:
    """Put a copy of `source` in the place of `target`; no source, no target."""
    unfinished = target.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, unfinished)
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        unfinished.rename(target)
