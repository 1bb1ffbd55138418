"""Test rules of many operations: count the compiled schemas and the read paths. No time is measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.authz import setup, setup_validated, validated
from pycommon.exceptions import DeclarationError
from pycommon.testing import LambdaContext, rest_api_event

if TYPE_CHECKING:
    from pycommon.testing import TokenIssuer

BROKEN = {"type": "strin"}
GOOD = {"type": "object", "required": ["a"]}


class ReadWhenAsked(Mapping[str, Any]):
    """A mapping that creates the schemas of a path on demand, like one that reads files."""

    def __init__(self, paths: dict[str, Any]) -> None:
        self._paths = paths
        self.asked: list[str] = []

    def __getitem__(self, path: str) -> Any:
        self.asked.append(path)
        return self._paths[path]

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("nobody walks it")

    def __len__(self) -> int:
        return len(self._paths)


@pytest.fixture(autouse=True)
def _own_setups() -> Iterator[None]:
    kept = setup._setups
    setup._setups = setup._Setups()
    yield
    setup._setups = kept


def permit() -> Any:
    return lambda *_: True


def handler(event: Any, context: Any, user: str, name: str, data: dict[str, Any]) -> Any:
    return {"success": True}


def ask(guarded: Any, token: str, data: Any) -> int:
    answer: dict[str, Any] = guarded(rest_api_event("POST", "/a", {"data": data}, token=token), LambdaContext())
    return int(answer["statusCode"])


def test_only_the_schemas_of_what_is_decorated_are_compiled(cold_start: object, issuer: TokenIssuer) -> None:
    others = {f"/other/{number}": {f"other{number}": BROKEN} for number in range(1000)}
    setup_validated({"validators": {**others, "/a": {"create": GOOD}}, "api_validators": others}, permit)
    guarded = validated("create")(handler)
    assert [ask(guarded, issuer.token("jane"), data) for data in ({"a": 1}, {})] == [200, 400]


@pytest.mark.parametrize("kind", ["validators", "api_validators"])
@pytest.mark.parametrize("broken", ["/a", "/b", "/c"])
def test_every_path_of_what_is_decorated_is_looked_at(kind: str, broken: str) -> None:
    by_path = {path: {"create": GOOD, "other": GOOD} for path in ("/a", "/b", "/c")}
    rules = {"validators": by_path, "api_validators": by_path}
    setup_validated({**rules, kind: {**by_path, broken: {"create": BROKEN}}}, permit)
    validated("other")(handler)
    with pytest.raises(DeclarationError, match=rf'rules\["{kind}"\]\["{broken}"\]\["create"\]'):
        validated("create")(handler)


def test_a_mapping_of_ones_own_is_asked_for_the_paths_of_a_request(cold_start: object, issuer: TokenIssuer) -> None:
    by_path = ReadWhenAsked({"/a": {"create": GOOD}, "/b": {"create": BROKEN}})
    setup_validated({"validators": by_path}, permit)
    guarded = validated("create")(handler)
    assert by_path.asked == []
    assert [ask(guarded, issuer.token("jane"), data) for data in ({"a": 1}, {})] == [200, 400]
    assert set(by_path.asked) == {"/a"}


def test_a_broken_schema_in_it_is_a_500(cold_start: object, issuer: TokenIssuer) -> None:
    setup_validated({"validators": ReadWhenAsked({"/a": {"create": BROKEN}})}, permit)
    assert ask(validated("create")(handler), issuer.token("jane"), {"a": 1}) == 500
