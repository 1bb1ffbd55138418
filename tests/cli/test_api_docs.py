"""Test the command `pycommon local docs`. tests/end_to_end/test_docs_page.py tests the page."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from pycommon_cli.cli_error import CliError
from pycommon_cli.interfaces.docs_server import swagger_ui_of
from pycommon_cli.main import app

if TYPE_CHECKING:
    from pathlib import Path

    from pycommon_cli.local.local_aws import LocalAws
    from pycommon_cli.local.project_folders import Project


def test_it_serves_until_it_is_interrupted(local_stack: LocalAws) -> None:
    program = "from pycommon_cli.main import app; app()"
    command = [sys.executable, "-c", program, "local", "docs", "--project", str(local_stack.project.root)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=interruptible,  # noqa: PLW1509 - no thread of the parent holds a lock that it takes
    ) as served:
        try:
            assert served.stdout is not None
            line = served.stdout.readline()
            url = line.split()[2]
            _, _, services = got(url, "/services")
            status, _, said = got(url, f"/services/{services[0]}")
            _, headers, _ = got(url, "/")
            served.send_signal(signal.SIGINT)
            assert served.wait(10) == 0
        finally:
            served.kill()
    assert line.startswith("Services at http://127.0.0.1:")
    assert services == ["amplify-greeting"]
    assert (status, "offers nothing" in said["error"]) == (502, True)
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")


def interruptible() -> None:
    """Restore the default handler of SIGINT: a test run in the background ignores SIGINT, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def got(url: str, path: str) -> tuple[int, Any, Any]:
    """Return the status, the headers and the JSON of a page."""
    connection = http.client.HTTPConnection(str(urlsplit(url).netloc), timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        return answer.status, answer.headers, json.loads(body) if body.startswith((b"{", b"[")) else body
    finally:
        connection.close()


def test_it_says_that_the_local_aws_does_not_run(project: Project) -> None:
    ran = CliRunner().invoke(app, ["local", "docs", "--project", str(project.root)])
    assert (ran.exit_code, "does not run" in " ".join(ran.stderr.split())) == (2, True)


def test_it_says_that_the_page_is_not_installed(tmp_path: Path) -> None:
    with pytest.raises(CliError, match="Swagger UI is not installed"):
        swagger_ui_of(tmp_path)
