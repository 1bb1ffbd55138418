"""Test `setup_validated`, `add_api_access_types` and `@validated` in modules: wrong uses, and when they fail."""

# ruff: noqa: ARG005
# The tests are about the parameters of the lambdas.

from __future__ import annotations

import importlib.util
import secrets
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.authz import add_api_access_types, setup, setup_validated, validated
from pycommon.authz.setup import access_types
from pycommon.const import APIAccessType
from pycommon.exceptions import DeclarationError
from pycommon.testing import LambdaContext, rest_api_event
from tests.authz.service import body_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from pycommon.testing import TokenIssuer
    from tests.conftest import Aws

Load = "Callable[[str], ModuleType]"
HEADER = "from pycommon.authz import setup_validated, validated\nfrom pycommon.exceptions import *\n"
SERVICE = """
setup_validated({{"validators": {{"/a": {{"create": {schema}}}}}}}, lambda: lambda *_: {permitted})

@validated("create")
def create(event, context, user, name, data):
    return {{"from": "{name}", "fourth": name}}
"""


@pytest.fixture(autouse=True)
def _own_setups() -> Iterator[None]:
    """Restore the setups after each test."""
    kept = setup._setups
    setup._setups = setup._Setups()
    yield
    setup._setups = kept


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Import a module with this source."""

    def load(source: str) -> ModuleType:
        name = f"service_{secrets.token_hex(4)}"
        path = tmp_path / f"{name}.py"
        path.write_text(HEADER + textwrap.dedent(source))
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def service(name: str, schema: str = "{}", permitted: str = "True") -> str:
    return SERVICE.format(name=name, schema=schema, permitted=permitted)


def ask(handler: Any, issuer: TokenIssuer, data: Any = None, path: str = "/a") -> dict[str, Any]:
    event = rest_api_event(
        "POST", path, {"data": {} if data is None else data}, token=issuer.token("jane", name="Jane")
    )
    answer: dict[str, Any] = handler(event, LambdaContext())
    return answer


# Modules


def test_two_modules_with_two_setups_do_not_meet(cold_start: object, issuer: TokenIssuer, load: Load) -> None:
    first = load(service("first", schema='{"required": ["a"]}'))
    second = load(service("second", schema='{"required": ["b"]}'))
    third = load(service("third", permitted="False"))
    for _ in range(2):
        assert ask(first.create, issuer, {"a": 1})["statusCode"] == 200
        assert ask(first.create, issuer, {"b": 1})["statusCode"] == 400
        assert ask(second.create, issuer, {"b": 1})["statusCode"] == 200
        assert ask(second.create, issuer, {"a": 1})["statusCode"] == 400
        assert ask(third.create, issuer, {"a": 1, "b": 1})["statusCode"] == 403


def test_a_handler_in_a_module_of_its_own_has_the_latest_setup(
    cold_start: object, issuer: TokenIssuer, load: Load
) -> None:
    load(service("first", permitted="False"))
    handler = load('@validated("create")\ndef create(event, context, user, name, data):\n    return 1')
    assert ask(handler.create, issuer)["statusCode"] == 403
    load(service("second"))
    assert ask(handler.create, issuer)["statusCode"] == 200


def test_a_second_setup_of_a_module_takes_the_place_of_the_first(
    cold_start: object, issuer: TokenIssuer, load: Load
) -> None:
    module = load(service("a", permitted="True") + service("b", permitted="False"))
    assert ask(module.create, issuer)["statusCode"] == 403


def test_without_a_setup_the_response_is_500_and_the_log_has_the_help(
    cold_start: object, aws: Aws, issuer: TokenIssuer, load: Load, caplog: pytest.LogCaptureFixture
) -> None:
    module = load('@validated("create")\ndef create(event, context, user, name, data):\n    return 1')
    answer = ask(module.create, issuer)
    assert (answer["statusCode"], body_of(answer)["error"]) == (500, "Internal server error")
    assert "setup_validated(rules, get_permission_checker) was not called; call it once in the module" in caplog.text
    assert f"{module.__name__}.create" in caplog.text
    assert aws.messages() == []


@pytest.mark.parametrize(
    ("keyword", "fourth"), [("", "Jane"), (', fourth_argument="name"', "Jane"), (', fourth_argument="path"', "/a")]
)
def test_the_fourth_argument(cold_start: object, issuer: TokenIssuer, load: Load, keyword: str, fourth: str) -> None:
    module = load(service("x").replace("*_: True)", f"*_: True{keyword})"))
    assert body_of(ask(module.create, issuer))["fourth"] == fourth


def test_an_operation_that_has_no_rule_is_refused(cold_start: object, issuer: TokenIssuer, load: Load) -> None:
    module = load(service("x").replace('@validated("create")', '@validated("delete")'))
    answer = ask(module.create, issuer)
    assert (answer["statusCode"], body_of(answer)["error"]) == (403, "The operation is not defined for this path")
    for rules in (
        "{}",
        '{"validators": {}}',
        '{"validators": {"/a": {}}}',
        '{"api_validators": {"/a": {"create": {}}}}',
    ):
        module = load(service("x").replace('{"validators": {"/a": {"create": {}}}}', rules))
        assert ask(module.create, issuer)["statusCode"] == 403


# Invalid schemas fail at import


@pytest.mark.parametrize("kind", ["validators", "api_validators"])
@pytest.mark.parametrize("late", [False, True], ids=["setup first", "setup last"])
def test_a_broken_schema_fails_at_import_with_its_place(load: Load, kind: str, late: bool) -> None:  # noqa: FBT001 - a column
    calls = f'setup_validated({{"{kind}": {{"/a": {{"create": {{"type": "strin"}}}}}}}}, lambda: lambda *_: True)\n'
    handler = '@validated("create")\ndef create(event, context, user, name, data):\n    return 1\n'
    with pytest.raises(DeclarationError) as refusal:
        load(handler + calls if late else calls + handler)
    assert str(refusal.value).startswith(f'rules["{kind}"]["/a"]["create"]: the schema is not a valid JSON Schema')


def test_a_router_leaves_the_rules_alone(cold_start: object, issuer: TokenIssuer, load: Load) -> None:
    module = load(service("x", permitted="False").replace('@validated("create")', '@validated("create", False)'))
    assert ask(module.create, issuer, path="/any/where")["statusCode"] == 200


# Misuse of the declarations


@pytest.mark.parametrize(
    "rules",
    [
        None,
        [],
        "validators",
        {"validator": {}},
        {"validators": [], "api_validators": {}},
        {"validators": None},
        {"validators": {"a": {}}},
        {"validators": {"": {}}},
        {"validators": {7: {}}},
        {"validators": {"/a": ["create"]}},
        {"validators": {"/a": None}},
        {"api_validators": {"/a": "create"}},
    ],
)
def test_rules_of_another_shape_fail_at_import(rules: Any) -> None:
    with pytest.raises(DeclarationError, match="setup_validated: rules"):
        setup_validated(rules, lambda: lambda *_: True)
    assert setup._setups.latest is None


def test_a_fourth_argument_that_nobody_knows_fails_at_import() -> None:
    with pytest.raises(DeclarationError, match="fourth_argument"):
        setup_validated({}, lambda: lambda *_: True, fourth_argument="user")  # type: ignore[arg-type]


@pytest.mark.parametrize("operation", ["", None, 7, ["create"], lambda: None])
def test_an_operation_must_have_a_name(operation: Any) -> None:
    with pytest.raises(DeclarationError, match="@validated"):
        validated(operation)


@pytest.mark.parametrize(
    "handler",
    [
        lambda event, context: 1,
        lambda event, context, user, name: 1,
        lambda event, context, user, name, data, more: 1,
        lambda event, context, user, name, *, data: 1,
        None,
        "handler",
    ],
)
def test_a_handler_that_cannot_take_five_arguments_fails_at_import(handler: Any) -> None:
    with pytest.raises(DeclarationError, match=r"@validated.*event, context, user, name, data"):
        validated("create")(handler)


def test_a_coroutine_function_fails_at_import() -> None:
    async def handler(event: Any, context: Any, user: str, name: str, data: Any) -> int:
        return 1

    with pytest.raises(DeclarationError, match=r"@validated.*async"):
        validated("create")(handler)


@pytest.mark.parametrize(
    "handler",
    [
        lambda event, context, user, name, data: 1,
        lambda *arguments: 1,
        lambda event, context, user, name, data, more=None: 1,
        lambda event, *rest: 1,
    ],
)
def test_handlers_that_can(handler: Any) -> None:
    assert callable(validated("create")(handler))


# Access types of API keys


def test_access_types_add_up() -> None:
    assert access_types() == {"full_access"}
    add_api_access_types([APIAccessType.CHAT.value])
    add_api_access_types((APIAccessType.SHARE, "own_type"))
    add_api_access_types([])
    assert access_types() == {"full_access", "chat", "share", "own_type"}


@pytest.mark.parametrize(
    "types",
    ["chat", APIAccessType.CHAT, [""], ["chat", ""], [None], [7], [["chat"]], None, 7, ["chat", b"share"], b"chat"],
)
def test_access_types_that_are_none_fail_and_add_nothing(types: Any) -> None:
    with pytest.raises(DeclarationError, match="add_api_access_types"):
        add_api_access_types(types)
    assert access_types() == {"full_access"}


def test_what_access_types_gives_opens_nothing_when_it_is_changed() -> None:
    with pytest.raises(AttributeError):
        access_types().add("chat")  # type: ignore[attr-defined]


# Errors of handlers


@pytest.mark.parametrize(
    "error",
    [
        'HTTPBadRequest("no", details=[object()])',
        "HTTPBadRequest(message=object())",
        'HTTPException("teapot", details=[{1: {2: object()}}])',
        "HTTPException(418, 7)",
        'HTTPException(999, "x")',
        'HTTPException(True, "x")',
        "HTTPException(0)",
    ],
)
def test_an_error_that_makes_no_answer_is_a_500(
    cold_start: object, issuer: TokenIssuer, load: Load, error: str
) -> None:
    module = load(service("x").replace("return {", f"raise {error}\n    return {{"))
    answer = ask(module.create, issuer)
    assert answer["statusCode"] in {418, 500}
    assert body_of(answer).keys() == {"success", "error", "requestId", "details"}
