"""Fixtures of the authz tests."""

from __future__ import annotations

import pytest

CANARY = "CANARY-7f3a"


@pytest.fixture(autouse=True)
def _everything_is_captured(caplog: pytest.LogCaptureFixture) -> None:
    """No log line of any level may contain a token, a key or a body. The root conftest checks that."""
    caplog.set_level(0)
