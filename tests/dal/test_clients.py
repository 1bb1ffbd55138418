"""Test the library's AWS clients: created once, with time limits, and the descriptions of their errors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from pycommon.dal.providers.aws.clients import client, describe_error, error_code
from pycommon.testing import fresh_execution_environment

if TYPE_CHECKING:
    from conftest import Aws


def test_a_client_is_made_once_for_an_execution_environment(cold_start: dict[str, str]) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: client("dynamodb"), range(64)))
    assert made == {client("dynamodb")}
    with fresh_execution_environment(cold_start):
        assert client("dynamodb") not in made


def test_clients_of_several_services_can_be_made_at_once(cold_start: dict[str, str]) -> None:
    services = ["dynamodb", "ssm", "sqs", "sts"]
    for _ in range(3):  # a botocore session loads its parts on first use, where threads could conflict
        with fresh_execution_environment(cold_start), ThreadPoolExecutor(len(services)) as pool:
            made = list(pool.map(client, services))
        assert [each.meta.service_model.service_name for each in made] == services


def test_a_client_waits_for_bounded_times(cold_start: dict[str, str]) -> None:
    config = client("dynamodb").meta.config
    assert (config.connect_timeout, config.read_timeout) == (1, 2)
    assert config.retries["total_max_attempts"] == 3
    assert client("dynamodb").meta.endpoint_url == cold_start["AWS_ENDPOINT_URL"]


def test_the_code_of_an_error() -> None:
    answered = ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "table x"}}, "GetItem")
    assert error_code(answered) == describe_error(answered) == "ResourceNotFoundException"
    unanswered = EndpointConnectionError(endpoint_url="http://127.0.0.1:9")
    assert error_code(unanswered) == describe_error(unanswered) == "EndpointConnectionError"
    assert error_code(ClientError({}, "GetItem")) == "ClientError"


def test_a_denial_names_the_action(aws: Aws) -> None:
    table = aws.variables["ACCOUNTS_DYNAMO_TABLE"]
    with fresh_execution_environment(aws.role_variables()), pytest.raises(ClientError) as caught:
        client("dynamodb").get_item(TableName=table, Key={"user": {"S": "jane"}})
    said = describe_error(caught.value)
    assert said.startswith("AccessDeniedException: ")
    assert "dynamodb:GetItem" in said
