"""Test when the record of a variable is written again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon.background import background_writes
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.env.declaration import Declaration
from pycommon.env.variable_record import RECORD_REFRESH_S, VariableUseRecord
from pycommon.env.variable_resolver import resolver
from pycommon.testing import fresh_execution_environment

if TYPE_CHECKING:
    from conftest import Aws

GET = Declaration("files.get_file", {"FILES_TABLE": (DynamoDBOperation.GET_ITEM,)})
PUT = Declaration("files.put_file", {"FILES_TABLE": (DynamoDBOperation.PUT_ITEM,)})


def test_at_most_hourly(aws: Aws) -> None:
    now = 0.0
    record = VariableUseRecord(clock=lambda: now)

    def written() -> bool:
        """Return whether `note` writes the deleted item again."""
        record.note(GET)
        assert background_writes().wait(10)
        found = bool(aws.items("ENV_VARS_TRACKING_TABLE"))
        for item in aws.items("ENV_VARS_TRACKING_TABLE"):
            key = {"service_var_key": {"S": item["service_var_key"]}}
            aws.client("dynamodb").delete_item(TableName=aws.variables["ENV_VARS_TRACKING_TABLE"], Key=key)
        return found

    with fresh_execution_environment({**aws.variables, "FILES_TABLE": "files"}):
        resolver().resolve(["FILES_TABLE"])
        assert written()
        assert not written()
        now = RECORD_REFRESH_S - 1
        assert not written()
        now = RECORD_REFRESH_S
        assert written()


def test_two_declarations_of_one_variable_in_one_function_are_both_recorded(aws: Aws) -> None:
    variables = {**aws.variables, "FILES_TABLE": "files", "AWS_LAMBDA_FUNCTION_NAME": "router"}
    with fresh_execution_environment(variables):
        resolver().resolve(["FILES_TABLE"])
        record = VariableUseRecord()
        record.note(GET)
        record.note(PUT)
        assert background_writes().wait(10)
    items = {item["variable"]: item for item in aws.items("ENV_VARS_TRACKING_TABLE")}
    assert items["FILES_TABLE"]["operations"] == {"dynamodb:GetItem", "dynamodb:PutItem"}
    assert items["FILES_TABLE"]["functions"] == {"router"}
    own = items["ENV_VARS_TRACKING_TABLE"]  # the record itself uses a variable too
    assert (own["operations"], own["functions"]) == ({"dynamodb:UpdateItem"}, {"router"})
