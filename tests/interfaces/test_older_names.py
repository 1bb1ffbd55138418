"""The older name of the package, `pycommon.faces`, has the objects of `pycommon.interfaces`."""

from __future__ import annotations

import importlib

import pytest


@pytest.mark.parametrize("module", ["mcp", "openapi", "tools", "visibility"])
def test_the_older_name_has_the_same_objects(module: str) -> None:
    older, newer = (importlib.import_module(f"pycommon.{package}.{module}") for package in ("faces", "interfaces"))
    assert older.__all__ == newer.__all__
    assert all(getattr(older, name) is getattr(newer, name) for name in newer.__all__)
