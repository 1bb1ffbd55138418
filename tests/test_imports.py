"""Imports of the library: the public names are pinned, and no heavy module is loaded before it is used.

The loaded modules are compared with lists of names. No time is measured. An unexpected import is a line in a failure
here, and milliseconds of every cold start in production.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pycommon
from pycommon.authz.api_key_store import ApiKeyStore
from pycommon.init_loading import FOR_GUARDED
from pycommon.testing import rest_api_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pycommon.testing import TokenIssuer
    from tests.conftest import Aws

REQUIRED_IMPORTS = """
from pycommon.decorators import required_env_vars
from pycommon.dal.providers.aws.resource_perms import (
    DynamoDBOperation, S3Operation, SQSOperation, SecretsManagerOperation,
    BedrockOperation, SSMOperation, LambdaOperation, CognitoOperation
)
from pycommon.logger import getLogger
from pycommon.authz import validated, setup_validated, add_api_access_types
from pycommon.const import APIAccessType
from pycommon.api.ops import api_tool, set_route_data
from pycommon.decorators import track_execution
"""
# The calls of a whole service during its import.
SETUP = """
setup_validated(
    {kind: {"/a": {"a": {"type": "object"}}} for kind in ("validators", "api_validators")},
    lambda: lambda path, operation, user, data: True,
)

@required_env_vars({"ACCOUNTS_DYNAMO_TABLE": [DynamoDBOperation.GET_ITEM]})
@validated("a")
def guarded(event, context, user, name, data): return {"user": user}

@required_env_vars({"STAGE": []})
@track_execution
def metered(event, context): return {"statusCode": 200}

@required_env_vars({"STAGE": []})
@api_tool(path="/b", name="b", description="", parameters={})
def operation(current_user): ...
"""
CALL = """
_answer = {function}({event!r}, None)
assert _answer["statusCode"] == 200, _answer
"""

STANDARD = frozenset(
    {"__future__", "atexit", "binascii", "collections", "contextlib", "contextvars", "copyreg", "enum", "functools"}
    | {"importlib", "itertools", "keyword", "linecache", "logging", "operator", "re", "reprlib", "string", "textwrap"}
    | {"threading", "token", "tokenize", "traceback", "types", "typing", "warnings", "weakref"}
)
"""The modules of the standard library that may be loaded, without C modules: `logging`, `typing` and their imports."""
OWN = frozenset(
    {"api", "api.api_operation", "api.handler_arguments", "api.ops", "authz", "authz.bearer_token", "authz.guard"}
    | {"authz.http_request", "authz.permission_checkers", "authz.responses", "authz.schemas", "authz.setup"}
    | {"background", "const", "decorators", "encoders", "env", "env.declaration", "env.process_environment"}
    | {"env.resolved_variables", "exceptions", "execution_environment", "init_loading", "logger", "parameters"}
    | {"metrics", "metrics.event_source", "metrics.init_phase", "metrics.payers", "metrics.tracked_execution"}
    | {"dal", "dal.providers", "dal.providers.aws", "proxy_response"}
)
"""The modules of the library that a service loads during its import, without the enums of operations."""
NEVER = frozenset(
    {"boto3", "botocore", "s3transfer", "urllib3", "dateutil", "jmespath", "jwt", "jsonschema", "requests", "pydantic"}
    | {"asyncio", "tempfile", "shutil", "pathlib", "urllib.request", "subprocess", "multiprocessing", "unittest"}
    | {"importlib.metadata", "cryptography.x509", "cryptography.hazmat.primitives.serialization"}
)
"""Modules that a function must not load, neither during its import nor by its first request."""
REPORT = "\nimport sys\nprint(*sorted(sys.modules))"

PUBLIC = {
    "pycommon.api.critical_logging": ["log_critical_error", "report_unhandled_error"],
    "pycommon.api.ops": [
        "Registry",
        "api_tool",
        "registry",
        "set_op_type",
        "set_permissions_by_state",
        "set_route_data",
    ],
    "pycommon.api.router": ["common_handler", "route"],
    "pycommon.authz": ["add_api_access_types", "setup_validated", "validated"],
    "pycommon.const": ["ACCESS_TYPE_FULL", "GENERAL_ACCOUNT", "SYSTEM_USER", "APIAccessType"],
    "pycommon.dal.providers.aws.resource_perms": [
        "AWSOperation",
        "BedrockAgentOperation",
        "BedrockOperation",
        "CognitoOperation",
        "DynamoDBOperation",
        "EventBridgeOperation",
        "KMSOperation",
        "LambdaOperation",
        "LogsOperation",
        "Permission",
        "ResourceType",
        "S3Operation",
        "SESOperation",
        "SESV2Operation",
        "SNSOperation",
        "SQSOperation",
        "SSMOperation",
        "SchedulerOperation",
        "SecretsManagerOperation",
        "StepFunctionsOperation",
        "member_for",
        "operation_for",
        "operations",
    ],
    "pycommon.decorators": ["required_env_vars", "track_execution"],
    "pycommon.encoders": ["dumps"],
    "pycommon.exceptions": [
        "DeclarationError",
        "EnvVarError",
        "HTTPBadRequest",
        "HTTPConflict",
        "HTTPException",
        "HTTPForbidden",
        "HTTPMethodNotAllowed",
        "HTTPNotFound",
        "HTTPServiceUnavailable",
        "HTTPTooManyRequests",
        "HTTPUnauthorized",
        "HTTPUnprocessableContent",
        "PyCommonError",
    ],
    "pycommon.logger": ["RedactionFilter", "getLogger", "keep_out_of_logs"],
    "pycommon.metrics": [
        "Execution",
        "Payer",
        "TrackingContext",
        "UsageMetrics",
        "UsageSink",
        "UsageTracker",
        "bill_to",
        "get_usage_tracker",
        "record_usage_with",
        "track_execution",
    ],
    "pycommon.testing": [
        "LambdaContext",
        "TokenIssuer",
        "alb_event",
        "fresh_execution_environment",
        "function_url_event",
        "http_api_event",
        "rest_api_event",
    ],
}


def modules_loaded_by(program: str, variables: Mapping[str, str] | None = None) -> set[str]:
    """The modules that a fresh interpreter has loaded after `program`, beyond those that it begins with."""
    return _loaded(program, tuple((variables or {}).items())) - _loaded("", ())


@cache
def _loaded(program: str, variables: tuple[tuple[str, str], ...]) -> set[str]:
    """The modules of a fresh interpreter after `program`. Warnings are errors there too."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "COVERAGE_"))}
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program + REPORT],
        capture_output=True,
        text=True,
        check=False,
        env={**inherited, **dict(variables)},
    )
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.splitlines()[-1].split())


def top_level(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def third_party(modules: set[str]) -> set[str]:
    found = top_level(modules) - sys.stdlib_module_names - {"pycommon", "_cffi_backend", "_openssl", "__main__"}
    return {
        name for name in found if not name.startswith("_sysconfigdata")
    }  # of the interpreter, named after its platform


def test_the_required_imports_load_what_is_listed_and_nothing_else() -> None:
    loaded = modules_loaded_by(REQUIRED_IMPORTS)
    assert {name for name in top_level(loaded) if not name.startswith("_")} - {"pycommon"} <= STANDARD
    assert third_party(loaded) == set()
    own = {name.removeprefix("pycommon.") for name in loaded if name.startswith("pycommon.")}
    assert {name for name in own if "resource_perms" not in name} == OWN


def test_what_a_handler_may_import_itself_is_as_light() -> None:
    further = (
        "from pycommon.metrics import get_usage_tracker\nfrom pycommon.api.critical_logging import log_critical_error"
    )
    loaded = modules_loaded_by(further)
    assert third_party(loaded) == set()
    assert not loaded & {*NEVER, "inspect", "dataclasses", "json"}


def test_a_service_loads_the_schema_engine_for_a_schema_and_nothing_more() -> None:
    loaded = modules_loaded_by(REQUIRED_IMPORTS + SETUP)
    assert third_party(loaded) == {"jsonschema_rs"}
    assert not loaded & NEVER
    assert {name for name in loaded if name.startswith("pycommon.")} == {
        name for name in modules_loaded_by(REQUIRED_IMPORTS) if name.startswith("pycommon.")
    }
    without_schema = REQUIRED_IMPORTS + SETUP.replace('{"type": "object"}', "{}")
    assert third_party(modules_loaded_by(without_schema)) == set()


def test_in_lambda_what_a_first_request_needs_is_loaded_before_it(aws: Aws, issuer: TokenIssuer) -> None:
    variables = {**aws.variables, **issuer.environment(), "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}
    event = rest_api_event("POST", "/a", {"data": {}}, token=issuer.token("jane"))
    ready = modules_loaded_by(REQUIRED_IMPORTS + SETUP, variables)
    after = modules_loaded_by(REQUIRED_IMPORTS + SETUP + CALL.format(event=event, function="guarded"), variables)
    ours = ("pycommon.", "cryptography.", "orjson", "http")
    assert [name for name in after - ready if name.startswith(ours)] == []
    assert not ready & NEVER


@pytest.mark.parametrize("module", FOR_GUARDED)
def test_each_module_of_the_init_phase_exists(module: str) -> None:
    assert importlib.util.find_spec(module) is not None


@pytest.mark.parametrize("caller", ["a user", "an API key", "an event"])
def test_a_first_request_loads_what_it_needs(aws: Aws, issuer: TokenIssuer, caller: str) -> None:
    needed = {"jsonschema_rs", "orjson"}
    event: dict[str, object] = {"source": "somewhere"}
    match caller:
        case "a user":
            token = issuer.token("jane")
            needed |= {"cryptography"}
        case "an API key":
            table = aws.variables["API_KEYS_DYNAMODB_TABLE"]
            token = ApiKeyStore(table, aws.client("dynamodb")).create("jane").key
    if caller != "an event":
        event = rest_api_event("POST", "/a", {"data": {}}, token=token)
    program = REQUIRED_IMPORTS + SETUP
    program += CALL.format(event=event, function="metered" if caller == "an event" else "guarded")
    variables = {**aws.variables, **issuer.environment()}
    loaded = modules_loaded_by(program, variables)
    assert third_party(loaded) == needed
    assert not loaded & NEVER
    assert len(aws.items("USAGE_METRICS_DYNAMO_TABLE")) == 1


@pytest.mark.parametrize(("module", "names"), PUBLIC.items())
def test_public_names_are_pinned(module: str, names: list[str]) -> None:
    imported = importlib.import_module(module)
    assert sorted(imported.__all__) == sorted(names)
    assert all(hasattr(imported, name) for name in names)


def test_the_library_does_not_import_the_tools() -> None:
    package = Path(pycommon.__file__).parent
    paths = [path.relative_to(package.parent).with_suffix("") for path in package.rglob("*.py")]
    modules = [".".join(path.parts).removesuffix(".__init__") for path in paths]
    loaded = modules_loaded_by(f"import {', '.join(sorted(modules))}")
    assert set(modules) <= loaded
    assert not {"pycommon_cli", "typer", "rich", "yaml", "psutil"} & top_level(loaded)
