"""Test loggers: their level, their handler in Lambda only, and no credentials in log lines."""

from __future__ import annotations

import logging
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon.logger import getLogger, keep_out_of_logs
from pycommon.testing import fresh_execution_environment

if TYPE_CHECKING:
    from pycommon.testing import TokenIssuer

KEY = "amp-v1-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg"


def unused() -> str:
    """Return a new name for each test, because a logger's level is set once."""
    return f"test-{uuid.uuid4().hex}"


@pytest.fixture(params=["token", "key"])
def credential(request: pytest.FixtureRequest, issuer: TokenIssuer) -> str:
    return issuer.token("jane") if request.param == "token" else KEY


def test_a_credential_in_the_message_is_redacted(caplog: pytest.LogCaptureFixture, credential: str) -> None:
    getLogger(unused()).warning(f"header Authorization: Bearer {credential}; next")
    assert caplog.messages == ["header Authorization: Bearer [redacted]; next"]


@pytest.mark.parametrize("wrap", [str, lambda key: {"headers": {"Authorization": f"Bearer {key}"}}, lambda key: [key]])
def test_a_credential_in_the_arguments_is_redacted(
    caplog: pytest.LogCaptureFixture, credential: str, wrap: Any
) -> None:
    getLogger(unused()).warning("event %s of %d", wrap(credential), 3)
    (message,) = caplog.messages
    assert credential not in message
    assert "[redacted]" in message
    assert message.endswith("of 3")


def test_a_credential_in_a_traceback_is_redacted(caplog: pytest.LogCaptureFixture, credential: str) -> None:
    error = ValueError(f"cannot use {credential}")
    getLogger(unused()).error("failed", exc_info=error)
    assert credential not in caplog.text
    assert "ValueError: cannot use [redacted]" in caplog.text


def test_each_part_of_a_token_is_taken_out(caplog: pytest.LogCaptureFixture, issuer: TokenIssuer) -> None:
    token = issuer.token("jane")
    getLogger(unused()).warning("cut short: %s", token[:-10])
    assert not any(part in caplog.text for part in token[:-10].split("."))


@pytest.mark.parametrize(
    "text", ["amp-short", "example-v1-abcdefghijkl", "eyJ", "ramp-up-phase-two", "a.b.c", "arn:aws:iam::1:role/x"]
)
def test_other_words_stay(caplog: pytest.LogCaptureFixture, text: str) -> None:
    getLogger(unused()).warning("%s", text)
    assert caplog.messages == [text]


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_credential_is_removed_whatever_is_around_it(before: str, after: str) -> None:
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    logger = getLogger(unused())
    logger.addHandler(Keep())
    logger.propagate = False
    logger.warning("%s %s %s", before, KEY, after)
    assert KEY not in lines[0]
    assert "[redacted]" in lines[0]


@pytest.mark.parametrize(
    ("variables", "level"),
    [
        ({}, logging.INFO),
        ({"LOG_LEVEL": "DEBUG"}, logging.DEBUG),
        ({"LOG_LEVEL": "warning"}, logging.WARNING),
        ({"LOG_LEVEL": "WARN"}, logging.WARNING),
        ({"LOG_LEVEL": "TRACE"}, logging.DEBUG),
        ({"LOG_LEVEL": "FATAL"}, logging.CRITICAL),
        ({"LOG_LEVEL": "LOUD"}, logging.INFO),
        ({"LOG_LEVEL": ""}, logging.INFO),
        ({"AWS_LAMBDA_LOG_LEVEL": "ERROR"}, logging.ERROR),
        ({"LOG_LEVEL": "DEBUG", "AWS_LAMBDA_LOG_LEVEL": "ERROR"}, logging.DEBUG),
    ],
)
def test_the_level_is_that_of_the_environment(variables: dict[str, str], level: int) -> None:
    with fresh_execution_environment(variables):
        assert getLogger(unused()).level == level


def test_a_level_that_the_program_has_set_stays() -> None:
    name = unused()
    logging.getLogger(name).setLevel(logging.ERROR)
    assert getLogger(name).level == logging.ERROR
    assert getLogger(name) is logging.getLogger(name)


PROGRAM = """
import logging
{before}
from pycommon.logger import getLogger
getLogger("a"); getLogger("b").info("hello %s", "{key}")
print(len(logging.getLogger().handlers))
"""


@pytest.mark.parametrize(
    ("variables", "before", "handlers", "said"),
    [
        ({}, "", 0, ""),
        ({"AWS_LAMBDA_FUNCTION_NAME": "f"}, "", 1, "\tb\thello [redacted]"),
        # As in Lambda, whose runtime adds the handler.
        ({"AWS_LAMBDA_FUNCTION_NAME": "f"}, "logging.basicConfig(format='%(message)s')", 1, "hello [redacted]"),
    ],
)
def test_a_handler_is_added_inside_lambda_where_there_is_none(
    variables: dict[str, str], before: str, handlers: int, said: str
) -> None:
    program = PROGRAM.format(before=before, key=KEY)
    ran = subprocess.run([sys.executable, "-c", program], env=variables, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == str(handlers)
    assert ran.stderr.rstrip().endswith(said)
    assert bool(ran.stderr) == bool(said)


def test_a_kept_out_value_is_in_no_line(caplog: pytest.LogCaptureFixture) -> None:
    keep_out_of_logs("CANARY-kept-out")
    logger = getLogger("kept-out")
    logger.warning("the value is %s", "CANARY-kept-out")
    try:
        int("CANARY-kept-out")
    except ValueError:
        logger.exception("failed")
    assert "CANARY-kept-out" not in caplog.text
    assert caplog.text.count("[redacted]") >= 2
