"""Fixtures of the authz tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CANARY = "CANARY-7f3a"
_CREDENTIAL = re.compile(r"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+|amp-v1-[A-Za-z0-9_-]{20,}")


@pytest.fixture(autouse=True)
def _nothing_secret_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """After each test: no token, no key and no planted value in anything that was logged, at any level."""
    caplog.set_level(0)
    yield
    for record in caplog.get_records("call"):
        line = caplog.handler.format(record)
        assert CANARY not in line
        assert not _CREDENTIAL.search(line), "a credential was logged"
