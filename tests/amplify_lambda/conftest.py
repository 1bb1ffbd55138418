"""The service of documents in this process: where its modules are, and a cold start with nothing uploaded yet."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.testing import LambdaContext, fresh_execution_environment
from tests.amplify_lambda.documents_service import DocumentService, made_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from pycommon.testing import TokenIssuer
    from tests.conftest import Aws

# A service folder is the root of its Lambda package.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "amplify-lambda"))


@pytest.fixture
def service(aws: Aws, issuer: TokenIssuer) -> Iterator[DocumentService]:
    """A cold start of the service's functions: a table, a bucket that tells a queue of uploads, a queue for chunks."""
    made = made_in(aws, issuer)
    with fresh_execution_environment(made.variables):
        yield made


@pytest.fixture(scope="session")
def endpoints() -> ModuleType:
    """The module of the endpoints. Every service folder has a package `schemata`, so this one is forgotten again."""
    module = importlib.import_module("files.file")
    for name in [name for name in sys.modules if name.split(".")[0] == "schemata"]:
        del sys.modules[name]
    return module


@pytest.fixture
def context() -> LambdaContext:
    """A context with as much time as the function that processes documents has."""
    return LambdaContext(timeout_s=300)


@pytest.fixture
def any_file(tmp_path: Path) -> Any:
    """Write bytes to a file; its path."""

    def write(content: bytes) -> Path:
        path = tmp_path / "document"
        path.write_bytes(content)
        return path

    return write
