"""Test permission checkers in both forms. Every result other than True denies."""

# ruff: noqa: ARG005, A006
# The tests are about the parameters of the lambdas. Existing services use the name `type`.

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.authz.permission_checkers import adapt_permission_checker, is_permitted
from pycommon.exceptions import DeclarationError, HTTPException
from pycommon.testing import LambdaContext, rest_api_event
from tests.authz.conftest import CANARY
from tests.authz.service import PATH, body_of, charge

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon.testing import TokenIssuer

DATA = {"data": {"secret": CANARY}, "access_token": CANARY}
ARGUMENTS = ("/path", "create", "jane", DATA)


def answers(value: Any) -> Callable[[], Callable[..., Any]]:
    return lambda: lambda *_: value


def raises(error: BaseException) -> Callable[[], Callable[..., Any]]:
    def checker(*_: Any) -> bool:
        raise error

    return lambda: checker


class Methods:
    """Define both forms as methods and as callable objects."""

    def modern(self) -> Any:
        return self.check_modern

    def check_modern(self, path: str, operation: str, user: str, data: Any) -> bool:
        return (path, operation, user, data) == ARGUMENTS

    def legacy(self, user: str, type: str, op: str, data: Any) -> Any:  # noqa: A002 - the name in use
        assert (type, op, user, data) == ARGUMENTS
        return self.check_legacy

    def check_legacy(self, user: str, data: Any) -> bool:
        return (user, data) == ARGUMENTS[2:]

    def __call__(self, user: str, type: str, op: str, data: Any) -> Any:  # noqa: A002 - as above
        return self.legacy(user, type, op, data)


def modern() -> Any:
    return Methods().check_modern


def legacy(user: str, type: str, op: str, data: Any) -> Any:  # noqa: A002 - the name in use
    return Methods().legacy(user, type, op, data)


def legacy_with_more(user: str, kind: str, op: str, data: Any, cache: Any = None) -> Any:
    return Methods().legacy(user, kind, op, data)


FORMS: dict[str, Any] = {
    "modern": modern,
    "legacy": legacy,
    "legacy with an optional argument": legacy_with_more,
    "modern method": Methods().modern,
    "legacy method": Methods().legacy,
    "legacy callable object": Methods(),
    "partial of legacy": functools.partial(legacy_with_more, cache={}),
    "lambda": lambda: Methods().check_modern,
}


@pytest.mark.parametrize("form", FORMS)
def test_both_forms_are_asked_with_what_they_expect(form: str) -> None:
    checker = adapt_permission_checker(FORMS[form])
    assert is_permitted(checker, *ARGUMENTS)
    assert not is_permitted(adapt_permission_checker(answers(value=False)), *ARGUMENTS)


class Answers:
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1

    def __bool__(self) -> bool:
        return True


@pytest.mark.parametrize(
    "value",
    [1, 1.0, "yes", "True", [True], {"allowed": True}, (True,), object(), Answers(), lambda: True, b"1"],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_true_itself_is_a_no_that_is_logged(value: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert not is_permitted(adapt_permission_checker(answers(value)), *ARGUMENTS)
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert f"returned {type(value).__name__}, not a bool; denied" in record.getMessage()


@pytest.mark.parametrize("value", [False, None])
def test_a_plain_no_is_not_an_error(value: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert not is_permitted(adapt_permission_checker(answers(value)), *ARGUMENTS)
    assert caplog.records == []


def test_a_checker_that_is_a_coroutine_is_a_no(caplog: pytest.LogCaptureFixture) -> None:
    async def checker() -> bool:
        return True

    coroutine = checker()
    assert not is_permitted(adapt_permission_checker(answers(coroutine)), *ARGUMENTS)
    coroutine.close()
    assert "returned coroutine, not a bool" in caplog.text


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("down"),
        KeyError("x"),
        HTTPException(200, "fine"),
        StopIteration("yes"),
        AssertionError(),
        RecursionError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_checker_that_raises_is_a_no_with_its_traceback_in_the_log(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    assert not is_permitted(adapt_permission_checker(raises(error)), *ARGUMENTS)
    (record,) = caplog.records
    assert (record.levelname, record.exc_info and record.exc_info[1]) == ("ERROR", error)
    assert "/path create raised; denied" in record.getMessage()


@pytest.mark.parametrize(
    "get_checker",
    [
        lambda: None,
        lambda: True,
        lambda: lambda: True,
        lambda: lambda user, data: True,
        lambda user, type, op, data: None,
        lambda user, type, op, data: True,
        lambda user, type, op, data: lambda user: True,
        lambda user, type, op, data: lambda path, operation, user, data: True,
    ],
)
def test_a_getter_that_gives_no_checker_of_its_form_is_a_no(get_checker: Any) -> None:
    assert not is_permitted(adapt_permission_checker(get_checker), *ARGUMENTS)


@pytest.mark.parametrize(
    "get_checker",
    [
        None,
        True,
        "checker",
        {"/path": True},
        lambda path: True,
        lambda user, data: True,
        lambda path, operation, user: True,
        lambda a, b, c, d, e: True,
        lambda *, store: True,
        dict,
    ],
)
def test_another_form_fails_at_import(get_checker: Any) -> None:
    with pytest.raises(DeclarationError, match="setup_validated: get_permission_checker must"):
        adapt_permission_checker(get_checker)


def test_a_no_is_a_403_that_says_nothing_of_why(
    cold_start: object, issuer: TokenIssuer, caplog: pytest.LogCaptureFixture
) -> None:
    for account in ("denied", "broken-checker"):
        body = {"data": {"accountId": account, "charge": 1}}
        answer = charge(rest_api_event("POST", PATH, body, token=issuer.token("jane")), LambdaContext())
        assert (answer["statusCode"], body_of(answer)["error"]) == (403, "You are not permitted to do this")
    raised = [record for record in caplog.records if record.exc_info]
    assert [record.levelname for record in raised] == ["ERROR"]
