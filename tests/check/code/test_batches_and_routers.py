"""Batches whose errors get lost, and operations behind a router."""

# ruff: noqa: E501 - small programs, each on one line of a table

import pytest

from tests.check.code.reading import handler_of, read

LOG = "logger.error('failed')"
SWALLOWING = {
    "logged": f"for r in event['Records']:\n        try:\n            work(r)\n        except Exception:\n            {LOG}",
    "passed": "for r in event.get('Records', []):\n        try:\n            work(r)\n        except:\n            pass",
    "counted": "n = 0\n    for r in event['Records']:\n        try:\n            work(r)\n        except Exception:\n            n += 1",
    "named": "records = event['Records']\n    for i, r in enumerate(records):\n        try:\n            work(r)\n        except BaseException as e:\n            print(e)\n            continue",
    "in a function": "for r in event['Records']:\n        careful(r)",
}
KEEPING = {
    "raised": f"for r in event['Records']:\n        try:\n            work(r)\n        except Exception:\n            {LOG}\n            raise",
    "collected": "bad = []\n    for r in event['Records']:\n        try:\n            work(r)\n        except Exception:\n            bad.append({'itemIdentifier': r['messageId']})\n    return {'batchItemFailures': bad}",
    "one kind": "for r in event['Records']:\n        try:\n            work(r)\n        except ValueError:\n            pass",
    "sent on": "for r in event['Records']:\n        try:\n            work(r)\n        except Exception:\n            dead_letters.send(r)",
    "raised behind": "n = 0\n    for r in event['Records']:\n        try:\n            work(r)\n        except Exception:\n            n += 1\n    if n:\n        raise RuntimeError(n)",
    "no batch": "try:\n        work(event)\n    except Exception:\n        pass",
}
BEFORE = f"def careful(r):\n    try:\n        work(r)\n    except Exception:\n        {LOG}\n\n"


@pytest.mark.parametrize("form", SWALLOWING)
def test_swallowed_errors_are_seen(form, tmp_path):
    handler = handler_of(tmp_path, f"{BEFORE}def handler(event, context):\n    {SWALLOWING[form]}\n")
    assert len(handler.swallowed) == 1


@pytest.mark.parametrize("form", KEEPING)
def test_kept_errors_are_let_be(form, tmp_path):
    handler = handler_of(tmp_path, f"{BEFORE}def handler(event, context):\n    {KEEPING[form]}\n")
    assert handler.swallowed == ()


OPERATIONS = """\
import os
from pycommon.api.ops import api_tool
from pycommon.decorators import required_env_vars

@required_env_vars("TABLE")
@api_tool(path="/a/create", name="create", description="x")
def create(current_user):
    return os.environ["TABLE"]
"""
ROUTER = """\
from pycommon.api.ops import set_route_data
from pycommon.authz import validated
{imports}

@validated("route", False)
def handler(event, context, user, name, data):
    return routes[event["path"]]["handler"](user)
"""


def _router(folder, imports):
    files = {"operations.py": OPERATIONS, "core.py": ROUTER.format(imports=imports), "routes.py": "routes = {}\n"}
    return read(folder, files)


def test_operations_stand_for_themselves_and_the_router_names_them(tmp_path):
    code = _router(tmp_path, "from routes import routes\nset_route_data(routes)\nfrom operations import *")
    assert code.handlers["core.handler"].dispatches == ("operations.create",)
    assert code.handlers["core.handler"].reads == ()
    assert [each.variable for each in code.handlers["operations.create"].reads] == ["TABLE"]
    (tool,) = code.tools
    assert (tool.path, tool.name, tool.reference, tool.place.line) == ("/a/create", "create", "operations.create", 6)
    assert code.late_route_data == ()


def test_route_data_behind_the_operations_is_late(tmp_path):
    code = _router(tmp_path, "from routes import routes\nfrom operations import *\nset_route_data(routes)")
    assert [place.line for place in code.late_route_data] == [5]


def test_handler_that_calls_a_declaring_function_names_it(tmp_path):
    text = """\
    @required_env_vars("A")
    def inner(event, context):
        return os.environ["A"]

    @required_env_vars("B")
    def handler(event, context):
        return inner(event, context), os.environ["B"]
    """
    handler = handler_of(tmp_path, text)
    assert handler.dispatches == ("core.inner",)
    assert [each.variable for each in handler.reads] == ["B"]
