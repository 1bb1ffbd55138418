"""Writes services for tests: a serverless.yml and its Python."""

from pathlib import Path

import pytest

from pycommon_cli.analysis.python import read_code
from pycommon_cli.analysis.serverless import read_configuration

HEADER = """
import os
import boto3
from pycommon.authz import setup_validated, validated
from pycommon.dal.providers.aws.resource_perms import (
    BedrockOperation, DynamoDBOperation, LambdaOperation, LogsOperation, S3Operation, SNSOperation, SQSOperation,
    SSMOperation, SecretsManagerOperation,
)
from pycommon.decorators import required_env_vars, track_execution
"""


class ServiceFolder:
    """A service folder in its own project."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.path = root / "service"
        self.path.mkdir()

    def read(self, configuration: str, python: str = ""):
        """Its code and configuration."""
        (self.path / "serverless.yml").write_text(configuration)
        (self.path / "core.py").write_text(HEADER + python)
        found = read_configuration(self.path, self.root, "dev")
        assert found.troubles == ()
        code = read_code(self.path, self.root, {function.handler for function in found.functions.values()})
        return code, found

    def declaring(self, declared: str, environment: str, resources: str = "", more: str = "", body: str = "pass"):
        """A service with one function `f` that declares this, with its record in the table `record`."""
        lines = "".join(f"    {line}\n" for line in environment.strip().splitlines())
        configuration = (
            "service: s\nprovider:\n  name: aws\n  region: eu-west-1\n  environment:\n"
            f"{lines}    ENV_VARS_TRACKING_TABLE: record\n{more}"
            f"functions:\n  f:\n    handler: core.f\n{resources}"
        )
        python = f"@required_env_vars({{{declared}}})\ndef f(event, context):\n    {body}\n"
        return self.read(configuration, python)


@pytest.fixture
def service(tmp_path):
    """An empty service."""
    return ServiceFolder(tmp_path)
