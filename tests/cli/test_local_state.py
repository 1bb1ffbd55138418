import json
import time

import pytest

from pycommon_cli.local import saved_state
from pycommon_cli.local.project_folders import Home
from pycommon_cli.local.saved_state import MiniStackRun, StartState


@pytest.fixture
def home(tmp_path):
    found = Home(tmp_path / "home")
    found.create()
    return found


def write_state(home, value):
    home.state.mkdir(exist_ok=True)
    (home.state / "ssm.json").write_text(json.dumps(value))


def read_state(home):
    return json.loads((home.state / "ssm.json").read_text())


def test_the_first_start_has_nothing(home):
    assert saved_state.prepare(home) is StartState.NOTHING


def test_after_an_orderly_end_the_state_is_kept(home):
    write_state(home, "then")
    assert saved_state.prepare(home) is StartState.LAST_STATE
    assert read_state(home) == "then"


def test_after_a_kill_the_state_is_that_of_the_orderly_end_before(home):
    write_state(home, "then")
    saved_state.prepare(home)
    MiniStackRun(port=1, started=time.time()).save(home)
    (home.temporary / "ministack-1.pid").write_text("1")  # MiniStack removes it when it has saved
    write_state(home, "half of now")
    assert saved_state.prepare(home) is StartState.SNAPSHOT
    assert read_state(home) == "then"


def test_a_kill_in_the_first_run_leaves_nothing(home):
    MiniStackRun(port=1, started=time.time()).save(home)
    write_state(home, "half of now")
    (home.temporary / "ministack-1.pid").write_text("1")
    assert saved_state.prepare(home) is StartState.LOST
    assert not home.state.exists()


def test_an_end_by_somebody_else_is_orderly_when_ministack_saved(home):
    MiniStackRun(port=1, started=time.time() - 10).save(home)
    write_state(home, "now")
    assert saved_state.prepare(home) is StartState.LAST_STATE


def test_a_state_that_was_not_written_since_the_start_is_not_whole(home):
    write_state(home, "then")
    MiniStackRun(port=1, started=time.time() + 10).save(home)
    assert not saved_state.left_in_order(home)


def test_a_file_that_cannot_be_read_back_is_damage(home):
    write_state(home, "then")
    saved_state.prepare(home)
    (home.state / "cloudformation.json").write_text('{"cut sh')
    assert saved_state.prepare(home) is StartState.SNAPSHOT
    assert not (home.state / "cloudformation.json").exists()


def test_a_record_cut_short_calls_no_state_whole(home):
    write_state(home, "then")
    home.run_record.write_text('{"port": 1, "star')
    assert not saved_state.left_in_order(home)


@pytest.mark.parametrize("kept", [None, {"payload": {"functions": {}}}, {"payload": None}, []])
def test_without_positions_of_streams_nothing_is_changed(home, kept):
    write_state(home, "now")
    if kept is not None:
        (home.state / "lambda.json").write_text(json.dumps(kept))
    assert saved_state.prepare(home) is StartState.LAST_STATE
    assert kept is None or json.loads((home.state / "lambda.json").read_text()) == kept


def test_how_far_a_stream_was_read_is_forgotten_as_the_stream_is(home):
    write_state(home, "now")
    payload = {"functions": {"f": 1}, "dynamodb_stream_positions": {"data": {"esm": 206}}}
    (home.state / "lambda.json").write_text(json.dumps({"__ministack_format__": 1, "payload": payload}))
    saved_state.prepare(home)
    kept = json.loads((home.state / "lambda.json").read_text())
    assert kept == {"__ministack_format__": 1, "payload": {"functions": {"f": 1}}}
