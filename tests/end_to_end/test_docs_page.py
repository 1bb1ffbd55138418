"""`pycommon local docs` as a person sees it: headless Chromium opens the page, signs in, and tries an operation out."""

from __future__ import annotations

import http.client
import json
import shutil
import threading
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from pycommon_cli.interfaces.described_service import DescribedService
from pycommon_cli.interfaces.docs_server import DocsServer
from tests.end_to_end.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from pycommon_cli.local.local_aws import LocalAws

FOLDER = "amplify-lambda-python-base"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Nothing but the page: without these Chromium asks the network on its own.
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
RECORD_VISIT = "#operations-sample-record_visit"


@pytest.fixture(scope="module")
def docs(stack: LocalAws) -> Iterator[DocsServer]:
    """The page of one service, served."""
    server = DocsServer(stack, {FOLDER: DescribedService(ROOT / FOLDER, "local")})
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def page(docs: DocsServer) -> Iterator[Page]:
    """The page in a browser; every request of it must be to the page's own server, and no script may fail."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    elsewhere: list[str] = []
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda sent: elsewhere.append(sent.url) if not sent.url.startswith(docs.url) else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(docs.url)
        yield page
        browser.close()
    assert [url for url in elsewhere if not url.startswith("data:")] == []
    assert errors == []


def tried(page: Page, body: Any) -> tuple[str, Any]:
    """Status and body of the operation, called from the page."""
    page.locator(f"{RECORD_VISIT} textarea.body-param__text").fill(json.dumps(body))
    page.locator(f"{RECORD_VISIT} button.execute").click()
    row = page.locator(f"{RECORD_VISIT} .live-responses-table tbody tr").first
    status = row.locator(".response-col_status").inner_text().split()[0]
    return status, json.loads(row.locator(".microlight").first.inner_text())


def test_an_operation_is_tried_out(page: Page) -> None:
    page.get_by_text("No user is signed in").wait_for()
    page.locator(f"{RECORD_VISIT} .opblock-summary").click()
    status, refused = tried(page, {"data": {"message": "from a browser"}})
    assert status == "401"
    assert refused["error"].startswith("No bearer token")

    page.get_by_label("User").fill("beth")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Signed in: beth").wait_for()
    page.locator(f"{RECORD_VISIT} button", has_text="Clear").click()
    status, answer = tried(page, {"data": {"message": "from a browser"}})
    assert (status, answer["user"], answer["visits"]) == ("200", "beth", 1)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:{port}"}, 200),
        ({"Host": "evil.example:{port}"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:{port}"}, 200),
        ({"Content-Type": "text/plain"}, 400),
    ],
)
def test_other_sites_get_no_token(docs: DocsServer, headers: dict[str, str], status: int) -> None:
    sent = {name: value.format(port=docs.server_port) for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", docs.server_port, timeout=30)
    try:
        connection.request("POST", "/token", json.dumps({"user": "ada"}), {"Content-Type": "application/json", **sent})
        answer = connection.getresponse()
        body = json.loads(answer.read())
    finally:
        connection.close()
    assert answer.status == status
    assert ("token" in body) == (status == 200)
