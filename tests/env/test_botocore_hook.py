"""The private method of botocore that observation wraps: the installed botocore has it, and others are refused."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from botocore import client, signers

from pycommon.env.botocore_hook import unexpected_in_botocore

REPORTS = """
import boto3
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from pycommon.env.botocore_hook import install_hook

plain = Config(retries={"total_max_attempts": 1})
made_before = boto3.client("dynamodb", endpoint_url="http://127.0.0.1:9", config=plain)
assert install_hook(lambda *call: print(*call))
assert install_hook.cache_info().currsize == 1
for each in (made_before, boto3.client("dynamodb", endpoint_url="http://127.0.0.1:9", config=plain)):
    try:
        each.get_item(TableName="files", Key={})
    except EndpointConnectionError:
        pass
s3 = boto3.client("s3")
s3.generate_presigned_url("get_object", Params={"Bucket": "files", "Key": "a"})
s3.generate_presigned_post("files", "a")
"""
REFUSES = """
import logging
from botocore.client import BaseClient
from pycommon.env import call_observation

logging.basicConfig(format="%(levelname)s %(message)s")
del BaseClient._emit_api_params
assert call_observation.observer() is None
assert call_observation.install() is False
assert not hasattr(BaseClient, "_emit_api_params")
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "OBSERVE_AWS_CALLS": "true",
    }
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)


def test_the_installed_botocore_is_as_expected() -> None:
    assert unexpected_in_botocore(client.BaseClient, signers) is None


def test_calls_and_presigned_requests_of_the_installed_botocore_are_reported() -> None:
    done = run(REPORTS)
    get_item = "dynamodb GetItem {'TableName': 'files', 'Key': {}} dynamodb"
    assert done.stdout.splitlines() == [
        get_item,
        get_item,
        "s3 GetObject {'Bucket': 'files', 'Key': 'a'} s3",
        "s3 PutObject {'Bucket': 'files'} s3",
    ], done.stderr


def test_observation_is_off_with_a_line_in_the_log_if_botocore_is_not_as_expected() -> None:
    done = run(REFUSES)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("AWS calls are not observed: botocore ") == 1
    assert "is not supported, BaseClient._emit_api_params is not a function" in done.stderr


class Changed:
    """A BaseClient whose method takes its parameters in another order."""

    def _emit_api_params(self, operation_model: Any, api_params: Any, context: Any) -> None: ...


class Unused:
    """A BaseClient that makes its calls without the method."""

    def _emit_api_params(self, api_params: Any, operation_model: Any, context: Any) -> None: ...

    def _make_api_call(self, operation_name: str, api_kwargs: Any) -> None: ...


@pytest.mark.parametrize(
    ("base_client", "signers_module", "expected"),
    [
        (object, signers, "_emit_api_params is not a function"),
        (Changed, signers, "takes (self, operation_model, api_params, context), expected (self, api_params,"),
        (Unused, signers, "BaseClient._make_api_call does not call BaseClient._emit_api_params"),
        (client.BaseClient, SimpleNamespace(), "signers.generate_presigned_url does not call"),
    ],
)
def test_another_botocore_is_refused(base_client: Any, signers_module: Any, expected: str) -> None:
    assert expected in str(unexpected_in_botocore(base_client, signers_module))
