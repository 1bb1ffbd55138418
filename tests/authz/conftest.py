"""Fixtures of the authz tests."""

from __future__ import annotations

import pytest

CANARY = "CANARY-7f3a"


@pytest.fixture(autouse=True)
def _everything_is_captured(caplog: pytest.LogCaptureFixture) -> None:
    """Tokens, keys and bodies must be in no line of any level; the root conftest looks."""
    caplog.set_level(0)
