"""Test valid declarations, and the errors of invalid ones at import."""

from __future__ import annotations

from typing import Any

import pytest

from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, S3Operation
from pycommon.decorators import required_env_vars
from pycommon.env.declaration import declarations
from pycommon.exceptions import DeclarationError


def declared(*arguments: Any) -> Any:
    @required_env_vars(*arguments)
    def handler(event: Any, context: Any) -> None: ...

    return handler.__pycommon_declaration__  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "expected one dict"),
        (({}, {}), "found dict, dict"),
        ((["TABLE"],), "found list"),
        (("TABLE", 7), "found str, int"),
        (({"": []},), "'' cannot be the name"),
        (({"1TABLE": []},), "'1TABLE' cannot be the name"),
        (({"TA-BLE": []},), "'TA-BLE' cannot be the name"),
        (({"TABLE\n": []},), "cannot be the name"),
        (({7: []},), "7 cannot be the name"),
        (("TA BLE",), "'TA BLE' cannot be the name"),
        (({"TABLE": "dynamodb:GetItem"},), "operations of TABLE must be a list, found str"),
        (({"TABLE": None},), "operations of TABLE must be a list, found NoneType"),
        (({"TABLE": DynamoDBOperation.GET_ITEM},), "operations of TABLE must be a list"),
        (({"TABLE": ["dynamodb:GetItem"]},), "'dynamodb:GetItem' under TABLE is not an operation"),
        (({...},), "expected one dict"),
    ],
)
def test_misuse_fails_at_import_with_the_place_and_the_help(arguments: tuple[Any, ...], sentence: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        declared(*arguments)
    assert sentence in str(caught.value)
    assert f"{__name__}.declared.<locals>.handler" in str(caught.value)


def test_names_declare_plain_configuration() -> None:
    assert declared("API_BASE_URL", "STAGE").variables == {"API_BASE_URL": (), "STAGE": ()}


@pytest.mark.parametrize("kind", [list, tuple, set, frozenset])
def test_operations_may_come_in_any_collection(kind: type) -> None:
    declaration = declared({"TABLE": kind([DynamoDBOperation.GET_ITEM])})
    assert declaration.variables == {"TABLE": (DynamoDBOperation.GET_ITEM,)}


def test_actions_are_those_of_iam_each_once() -> None:
    declaration = declared({"BUCKET": [S3Operation.HEAD_OBJECT, S3Operation.GET_OBJECT, S3Operation.LIST_BUCKET]})
    assert declaration.actions == {"BUCKET": ("s3:GetObject", "s3:ListBucket")}


def test_every_declaration_of_the_process_can_be_listed() -> None:
    declaration = declared({"LISTED_TABLE": [DynamoDBOperation.QUERY]})
    assert declaration in list(declarations())


def test_the_function_keeps_its_name_text_and_signature() -> None:
    @required_env_vars("STAGE")
    def handler(event: Any, context: Any) -> None:
        """Do it."""

    assert (handler.__name__, handler.__doc__) == ("handler", "Do it.")
    assert handler.__wrapped__.__name__ == "handler"  # type: ignore[attr-defined]
