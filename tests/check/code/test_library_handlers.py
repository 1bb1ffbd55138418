"""Handlers that the library has ready: they are known by the library's own source."""

import pytest

from pycommon_cli.analysis.python import read_code
from pycommon_cli.check.check_settings import Settings
from pycommon_cli.check.service_check import check

CONFIGURATION = """\
service: router
provider: { name: aws, logRetentionInDays: 1, logs: { restApi: true } }
functions:
  route:
    handler: core.route
    events:
      - http: ANY agent/{proxy+}
"""
CODE = """\
import os

from pycommon.api.router import route
from pycommon.authz import setup_validated

setup_validated({"validators": {}}, lambda: lambda path, operation, user, data: user == os.sep)
"""


def test_router_of_the_library_is_guarded(tmp_path):
    (tmp_path / "core.py").write_text(CODE)
    (tmp_path / "serverless.yml").write_text(CONFIGURATION)
    handler = read_code(tmp_path, tmp_path, {"core.route"}).handlers["core.route"]
    assert [name for name, _ in handler.decorators] == ["validated"]
    assert (handler.operation, handler.validates_body, handler.sets_up) == ("route", False, True)
    assert handler.place.line == 3
    codes = check([tmp_path], tmp_path, Settings(), jobs=1).counts
    assert set(codes) == {"ENV002"}  # what @validated needs is set nowhere here, and nothing else is wrong


@pytest.mark.parametrize(
    "line",
    [
        "from pycommon.interfaces.mcp import mcp_endpoint",
        "from pycommon.faces.mcp import mcp_endpoint",
        "from pycommon.faces import mcp\nmcp_endpoint = mcp.mcp_endpoint",
        "import pycommon.faces.mcp as mcp\nmcp_endpoint = mcp.mcp_endpoint",
    ],
)
def test_former_name_of_a_package_means_the_present_one(line, tmp_path):
    (tmp_path / "core.py").write_text(f"{line}\n")
    handler = read_code(tmp_path, tmp_path, {"core.mcp_endpoint"}).handlers["core.mcp_endpoint"]
    assert [name for name, _ in handler.decorators] == ["validated"]
    assert handler.operation is not None


def test_other_package_whose_name_begins_alike_is_another_one(tmp_path):
    (tmp_path / "core.py").write_text("from pycommon.facesheet.mcp import mcp_endpoint\n")
    assert read_code(tmp_path, tmp_path, {"core.mcp_endpoint"}).handlers["core.mcp_endpoint"].decorators == ()
