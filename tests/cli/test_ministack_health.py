"""A local AWS that is busy is not taken for one that does not run."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from pycommon_cli.local.ministack import answers


class Busy(BaseHTTPRequestHandler):
    """Answers as MiniStack does, after three seconds."""

    def do_GET(self):
        time.sleep(3)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"auth": "enabled"}).encode())

    def log_message(self, *_):
        pass


@pytest.mark.slow
def test_an_answer_after_three_seconds_counts():
    with HTTPServer(("127.0.0.1", 0), Busy) as server:
        threading.Thread(target=server.handle_request).start()
        assert answers(server.server_port)
