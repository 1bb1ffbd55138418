"""Test `python -m benchmarks` without installations and local AWS: measurements, counts, sizes, report."""

from __future__ import annotations

import http.client
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.benchmark_packages import build, distributions, patterns, slim
from benchmarks.benchmark_peers import OURS, PEERS, RIVAL
from benchmarks.benchmark_report import FIGURES, markdown
from benchmarks.counting_proxy import counting_proxy
from benchmarks.function_process import FunctionProcess, Server, import_modules
from benchmarks.ratio_spread import Spread, differences, ratios
from benchmarks.speed_targets import targets
from pycommon_cli.cli_error import CliError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HANDLER = """\
import json
import threading

seen = set()

def handler(event, context):
    seen.add(threading.current_thread().name)
    print("not an answer")
    return {"statusCode": event["status"], "body": json.dumps({"request": context.aws_request_id})}
"""


@pytest.fixture
def function(tmp_path: Path) -> Callable[[str], FunctionProcess]:
    """Return a function with its own package, which answers events with 200 ("good") or 500 ("bad")."""

    def made(source: str = HANDLER) -> FunctionProcess:
        package, events = tmp_path / "package", tmp_path / "events.json"
        package.mkdir()
        (package / "handler.py").write_text(source)
        events.write_text(json.dumps({"good": [{"status": 200}], "bad": [{"status": 500}]}))
        environment = {"PATH": os.environ["PATH"]}
        return FunctionProcess("peer", Path(sys.executable), package, environment, events, tmp_path / "log")

    return made


def test_a_cold_start_is_measured_to_the_first_answer(function: Callable[..., FunctionProcess]) -> None:
    peer = function()
    cost = peer.first_answer("good")
    assert cost.cpu_ms > 0
    assert cost.wall_ms > 0
    assert "not an answer" in peer.log.read_text()


def test_without_byte_code_none_is_written(function: Callable[..., FunctionProcess]) -> None:
    peer = function()
    peer.first_answer("good", compiled=False)
    assert not (peer.package / "__pycache__").exists()


@pytest.mark.parametrize("threads", [1, 8])
def test_a_server_answers_as_many_as_it_is_asked_for(function: Callable[..., FunctionProcess], threads: int) -> None:
    with Server(function()) as server:
        block = server.serve("good", 40, threads)
        server.serve("good", 2, threads)
    assert (block.requests, server.answered) == (40, 42)
    assert block.cost.wall_ms > 0
    assert block.peak_kb > 1000


def test_an_import_tells_what_it_has_loaded(function: Callable[..., FunctionProcess]) -> None:
    peer = function("import decimal")
    bare, nothing = import_modules(peer)
    cost, loaded = import_modules(peer, "handler")
    assert nothing == set()
    assert {"handler", "decimal"} <= loaded
    assert bare.cpu_ms > 0
    assert cost.cpu_ms > 0


def test_a_peer_that_does_not_answer_with_200_ends_the_measurements(function: Callable[..., FunctionProcess]) -> None:
    peer = function()
    with pytest.raises(CliError, match="answered 500 to the first request"):
        peer.first_answer("bad")
    with Server(peer) as server, pytest.raises(CliError, match=r"5 responses to 5 requests: .*500"):
        server.serve("bad", 5)


def test_a_peer_that_raises_or_dies_ends_the_measurements(function: Callable[..., FunctionProcess]) -> None:
    peer = function("def handler(event, context): raise KeyError('gone')")
    with Server(peer) as server, pytest.raises(CliError, match="0 responses to 1 requests: KeyError"):
        server.serve("good", 1)
    (peer.package / "handler.py").write_text("raise SystemExit('no such table')")
    with pytest.raises(CliError, match="ended without an answer") as failed:
        peer.first_answer("good")
    assert "no such table" in failed.value.help_text


# --- counting ---------------------------------------------------------------------------------------------------------


class Echo(BaseHTTPRequestHandler):
    """Return the request's body; return 404 for `/missing`."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"host": self.headers["Host"], "sent": sent.decode(), "sig": self.headers["Authorization"]})
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amzn-RequestId", "r-1")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_proxy_passes_on_and_counts_by_operation(endpoint: str) -> None:
    with counting_proxy(endpoint) as proxy:
        connection = http.client.HTTPConnection("127.0.0.1", proxy.server_port)
        signed = {"X-Amz-Target": "DynamoDB_20120810.PutItem", "Authorization": "AWS4", "Host": "signed.example"}
        for path, headers in (("/", signed), ("/", signed), ("/missing", {})):
            connection.request("POST", path, b"{}", headers)
            answer = connection.getresponse()
            told: dict[str, Any] = json.loads(answer.read())
            assert (answer.status, answer.headers["x-amzn-RequestId"]) == (404 if path == "/missing" else 200, "r-1")
            assert told["sent"] == "{}"
            if headers:
                assert (told["host"], told["sig"]) == ("signed.example", "AWS4")
        connection.close()
        assert proxy.take() == {"PutItem": 2, "POST missing": 1}
        assert proxy.take() == {}


# --- weighing ---------------------------------------------------------------------------------------------------------


def test_a_package_is_slimmed_and_weighed_as_the_services_are(tmp_path: Path) -> None:
    files = {
        "jwt/__init__.py": 10,
        "jwt/__pycache__/__init__.cpython-311.pyc": 100,
        "jwt/py.typed": 1,
        "jwt/api.pyi": 7,
        "jwt/_speed.c": 9,
        "jwt/tests/test_jwt.py": 1000,
        "pyjwt-2.13.0.dist-info/METADATA": 500,
        "top_level.py": 5,
        "bin/jwt": 50,
    }
    for name, size in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * size)
    record = tmp_path / "pyjwt-2.13.0.dist-info" / "RECORD"
    record.write_text("".join(f"{name},,\n" for name in [*files, "../../bin/jwt"]))
    (weighed,) = distributions(tmp_path, patterns())
    assert (weighed.name, weighed.version, weighed.size) == ("pyjwt", "2.13.0", 15)
    slim(tmp_path, patterns())
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["jwt/__init__.py", "top_level.py"]


def test_the_patterns_are_those_of_the_services() -> None:
    assert {"**/*.dist-info", "**/*.pyi", "**/*.pyx"} <= set(patterns())


@pytest.mark.slow
def test_a_package_is_built_once(tmp_path: Path) -> None:
    package = build(PEERS["floor"], tmp_path)
    assert (package.slim / "handler.py").exists()
    assert list(package.compiled.rglob("handler*.pyc"))
    assert not list(package.slim.rglob("*.pyc"))
    made = package.slim.stat().st_mtime_ns
    assert build(PEERS["floor"], tmp_path) == package
    assert package.slim.stat().st_mtime_ns == made


# --- telling ----------------------------------------------------------------------------------------------------------


def test_spreads_and_pairs() -> None:
    assert Spread.of([4.0, 1.0, 3.0, 2.0]) == Spread(1.0, 1.75, 2.5, 3.25, 4)
    assert Spread.of([7.0]) == Spread(7.0, 7.0, 7.0, 7.0, 1)
    assert ratios([1.0, 6.0], [2.0, 3.0]) == [0.5, 2.0]
    assert differences([1.0, 6.0], [2.0, 3.0]) == [-1.0, 3.0]


@pytest.fixture
def results() -> dict[str, Any]:
    """PyCommon needs half the time of all others in every figure."""
    values = {peer: [1.0 if peer == OURS else 2.0] * 2 for peer in PEERS}
    imports = {**values, "bare": [10.0, 10.0], "required": [40.0, 60.0]}
    figures = {name: values for name in FIGURES if name not in ("peak_memory", "package", "warm_jwt_beyond")}
    figures |= {"import_wall": imports, "import_cpu": imports}
    figures["warm_jwt_wall"] = {**values, "local_aws": [0.5, 0.5]}
    calls = {
        name: {each: {"cold": {"PutItem": 1}, "warm": {"PutItem": 1.0}} for each in ("jwt", "api_key")}
        for name in values
    }
    calls[OURS]["jwt"] = {"cold": {"GetItem": 2, "PutItem": 1}, "warm": {"PutItem": 1.0}}
    weights = {name: [{"name": "cryptography", "version": "1", "size": 20_000_000}] for name in values}
    return {
        "facts": {"date": "2026-01-01", "quick": False},
        "packages": {**weights, "floor": []},
        "figures": figures,
        "calls": calls,
        "peak_kb": dict.fromkeys(values, 40_960),
        "heavy": [],
    }


def test_promises_are_held_against_what_was_measured(results: dict[str, Any]) -> None:
    holds = {target.title: target.holds for target in targets(results)}
    assert len(holds) == 10
    assert all(holds.values())
    results["figures"]["warm_jwt_cpu"] = {**results["figures"]["warm_jwt_cpu"], RIVAL: [1.5, 1.5]}
    results["calls"][OURS]["jwt"]["warm"] = {"GetItem": 0.1, "PutItem": 1.0}
    results["heavy"] = ["botocore"]
    broken = {target.title: target.measured for target in targets(results) if not target.holds}
    assert list(broken.values()) == [
        "botocore",
        "0.67 x (0.67 to 0.67); without an account 0.50 x",
        "0.1 GetItem, 1 PutItem",
    ]


def test_growth_has_promises_too(results: dict[str, Any]) -> None:
    sizes = [{"size": 10, "cpu_ratio": 1.0}, {"size": 10_000, "cpu_ratio": 1.1}]
    results["growth"] = {"rules": {"import": {"sizes": sizes}, "request": {"sizes": sizes}}}
    assert [target.holds for target in targets(results)][-2:] == [True, False]


def test_losses_are_told_as_plainly_as_wins(results: dict[str, Any]) -> None:
    results["figures"]["cold_jwt_wall"] = {**results["figures"]["cold_jwt_wall"], "pycommon": [4.0, 4.0]}
    page = markdown(results, [])
    assert (
        "| Cold start to first answer, wall, ratio to Powertools | ≤ 0.9 x "
        "| 2.00 x (2.00 to 2.00); without an account 2.00 x | **no** |" in page
    )
    ahead, behind = page.split("**PyCommon is better**")[1].split("### AWS calls")[0].split("**PyCommon is worse**")
    assert "- Warm request, JWT, CPU: 0.50 x Powertools, 0.50 x Powertools, no account, 0.50 x Chalice" in ahead
    assert (
        "- Cold start to first answer, JWT, wall: 2.00 x Powertools, 2.00 x Powertools, no account, 2.00 x Chalice"
        in behind
    )
    assert (
        "- Requests a second, JWT, 8 threads: 0.50 x Powertools, 0.50 x Powertools, no account, 0.50 x Chalice"
        in behind
    )
    assert "- AWS calls of the first request, JWT: 3, and 1 with Powertools" in behind


@pytest.mark.slow
def test_plots_are_drawn(results: dict[str, Any], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="plots need matplotlib, which only the development environment has")
    from benchmarks.benchmark_charts import draw

    drawn = draw(results, tmp_path)
    assert {path.suffix for path in drawn} == {".png", ".svg"}
    assert len(drawn) == 8
    assert all(path.stat().st_size > 5000 for path in drawn)


def test_a_part_of_a_run_makes_a_page(results: dict[str, Any], tmp_path: Path) -> None:
    partly = {**results, "figures": {}, "calls": {}, "peak_kb": {}, "packages": results["packages"]}
    assert "Package, unzipped" in markdown(partly, [])


def test_the_committed_page_is_of_a_whole_run() -> None:
    committed = json.loads((Path(__file__).parents[2] / "docs" / "benchmarks" / "results.json").read_text())
    assert committed["facts"]["quick"] is False
    assert set(committed["calls"]) == set(PEERS)
    assert markdown(committed, [])
