"""What an import costs and what it offers: names are few and pinned, and nothing heavy is loaded before it is used."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import pycommon

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
from pycommon.metrics import get_usage_tracker
from pycommon.api.critical_logging import log_critical_error
"""
# What a whole service does while it is imported, beside the imports.
SETUP = """
setup_validated({"validators": {"/a": {"a": {"type": "object"}}}}, lambda: lambda path, operation, user, data: True)

@required_env_vars({"TABLE": [DynamoDBOperation.GET_ITEM]})
@api_tool(path="/a", name="a", description="", parameters={})
@track_execution
def handler(event, context): ...
"""
HEAVY = ("boto3", "botocore", "cryptography", "jsonschema", "jsonschema_rs", "jwt", "urllib.request", "pycommon.cli")
TOOLS = ("check", "cli")
"""Packages for a person's machine, which no function imports."""
REPORT = "\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"

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


def modules_loaded_by(program: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after `program`. Warnings are errors there too."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program + REPORT], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return set(json.loads(ran.stdout))


@pytest.mark.parametrize("program", [REQUIRED_IMPORTS, REQUIRED_IMPORTS + SETUP], ids=["imports", "a service"])
def test_importing_loads_nothing_heavy(program: str) -> None:
    before = modules_loaded_by("")
    loaded = modules_loaded_by(program) - before
    assert "pycommon.decorators" in loaded
    assert {name for name in loaded for heavy in HEAVY if name == heavy or name.startswith(f"{heavy}.")} == set()


@pytest.mark.parametrize(("module", "names"), PUBLIC.items())
def test_public_names_are_pinned(module: str, names: list[str]) -> None:
    imported = importlib.import_module(module)
    assert sorted(imported.__all__) == sorted(names)
    assert all(hasattr(imported, name) for name in names)


def test_nothing_but_the_command_line_imports_the_command_line() -> None:
    package = Path(pycommon.__file__).parent
    paths = [path.relative_to(package.parent).with_suffix("") for path in package.rglob("*.py")]
    modules = [".".join(path.parts).removesuffix(".__init__") for path in paths if path.parts[1] not in TOOLS]
    loaded = modules_loaded_by(f"import {', '.join(sorted(modules))}")
    assert set(modules) <= loaded
    assert not {name for name in loaded if name.startswith(tuple(f"pycommon.{tool}" for tool in TOOLS))}
    assert not {"typer", "rich", "yaml", "psutil"} & loaded
