"""The decision of a permission checker before there are arguments, and when it is used."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from pycommon.api.operation_pipeline import CallContext
from pycommon.interfaces.visibility import is_shown
from tests.interfaces.test_tools import operation

JANE = CallContext("jane", "Jane", "acc-1", "a token")


def raising(_user: str, data: Any) -> bool:
    raise KeyError(data["account"])


@pytest.mark.parametrize(
    ("checker", "shown"),
    [
        (lambda user, _data: user == "jane", True),
        (lambda user, _data: user == "john", False),
        (lambda _user, data: data["account"] == "acc-2", False),
        (lambda _user, data: data.get("account_id") == "acc-2", False),
        (lambda _user, data: "anything" in data, False),
        (lambda _user, _data: None, False),
        (lambda _user, data: data["data"].get("owner") == "jane", True),
        (lambda _user, data: data["data"]["owner"] == "jane", True),
        (lambda _user, data: data.get("data", {}).get("owner") == "jane", True),
        (lambda _user, data: bool(data.pop("data", None)), True),
        (lambda _user, data: bool(data.setdefault("data", {})), True),
        (lambda _user, data: any(name == "data" and value for name, value in data.items()), True),
        (lambda _user, data: {**data}["data"] == {"owner": "jane"}, True),
        (lambda _user, data: dict(data)["data"] == {"owner": "jane"}, True),
        (lambda _user, data: data.copy()["data"] == {"owner": "jane"}, True),
        (lambda _user, data: copy.copy(data)["data"] == {"owner": "jane"}, True),
        (lambda _user, data: (data | {})["data"] == {"owner": "jane"}, True),
        (lambda _user, data: {"owner": "jane"} in data.values(), True),
        (lambda _user, data: "jane-1" in json.dumps(data, default=str), True),
        (raising, True),
    ],
)
def test_a_refusal_counts_where_it_does_not_depend_on_the_arguments(checker: Any, shown: bool) -> None:  # noqa: FBT001
    assert is_shown(operation("any", permissions=checker), JANE) == shown


def test_without_a_checker_it_is_shown() -> None:
    assert is_shown(operation("any"), JANE)
