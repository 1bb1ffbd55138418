"""Run the documents service in this process: the path of its modules, and a cold start without uploads."""

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
    """A cold start of the service: a table, a bucket with notifications to a queue, and a queue for chunks."""
    made = made_in(aws, issuer)
    with fresh_execution_environment(made.variables):
        yield made


@pytest.fixture(scope="session")
def endpoints() -> ModuleType:
    """Import the endpoints. Remove the package `schemata` afterwards, because every service folder has one."""
    module = importlib.import_module("files.file")
    for name in [name for name in sys.modules if name.split(".")[0] == "schemata"]:
        del sys.modules[name]
    return module


@pytest.fixture
def context() -> LambdaContext:
    """A context with the timeout of the function that processes documents."""
    return LambdaContext(timeout_s=300)


@pytest.fixture
def any_file(tmp_path: Path) -> Any:
    """Write bytes to a file, and return its path."""

    def write(content: bytes) -> Path:
        path = tmp_path / "document"
        path.write_bytes(content)
        return path

    return write
