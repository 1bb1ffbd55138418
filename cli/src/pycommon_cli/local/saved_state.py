"""Keep the state of the local AWS between two starts of MiniStack, and restore a consistent state after a kill.

MiniStack writes S3 objects at once, but most other state only at a regular stop. After a kill, the folder is a mixture
of old and new state, and deployments fail. Each start therefore copies the state before MiniStack begins, if the state
is complete. A start after a kill uses the last copy.
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
    """The record of one MiniStack process, from its start to its end.

    `process` is None when the command ended before MiniStack had started.
    """

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
        except (ValueError, KeyError, TypeError):  # the record is incomplete (full disk), or another version wrote it
            return cls(port=0, started=float("inf"))


class StartState(Enum):
    """The state with which MiniStack starts."""

    NOTHING = "no state yet"
    LAST_STATE = "the state at the last stop"
    SNAPSHOT = "the state at the stop before, because the last run was killed or its state cannot be read"
    LOST = "nothing, because there is no such state either"


def left_in_order(home: Home) -> bool:
    """Return whether the last MiniStack wrote its state completely. Call this only when all its processes have ended.

    The state is complete if `down` has deleted the run record. A SIGTERM from another program, such as a shutdown of
    the machine, leaves the record. The state is then complete if MiniStack has removed its pid file, and the state is
    newer than the start of MiniStack.
    """
    if not _readable(home.state):
        return False
    run = MiniStackRun.load(home)
    if run is None:
        return True
    pid_file = home.temporary / f"ministack-{run.port}.pid"
    return not pid_file.exists() and any(path.stat().st_mtime > run.started for path in home.state.glob("*.json"))


def prepare(home: Home) -> StartState:
    """Make the state consistent before MiniStack starts, and keep a copy of the state."""
    if left_in_order(home):
        beginning = StartState.LAST_STATE if home.state.exists() else StartState.NOTHING
        _copy(home.state, home.snapshot)
    else:
        if not _readable(home.snapshot):
            shutil.rmtree(home.snapshot)
        beginning = StartState.SNAPSHOT if home.snapshot.exists() else StartState.LOST
        _copy(home.snapshot, home.state)
    _forget_stream_positions(home.state)
    home.run_record.unlink(missing_ok=True)
    shutil.rmtree(home.temporary, ignore_errors=True)
    home.create()
    return beginning


def _forget_stream_positions(state: Path) -> None:
    """Reset the stream positions, so that functions read each stream of a table from its beginning.

    MiniStack saves the positions, but not the streams. At the next start, the streams begin at 0. With the old
    positions, functions would skip as many records as they had read before.
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
    """Return whether every file is valid. MiniStack would skip an invalid file, and use the other files."""
    try:
        for path in state.glob("*.json"):
            json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return True


def _copy(source: Path, target: Path) -> None:
    """Replace `target` with a copy of `source`. If `source` does not exist, only delete `target`."""
    unfinished = target.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, unfinished)
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        unfinished.rename(target)
