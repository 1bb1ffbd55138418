"""Handle clients of boto3 and botocore: their methods, paginators, waiters and presigned URLs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.aws.managed_transfers import TRANSFERS
from pycommon_cli.analysis.python.aws.sdk_values import (
    SdkClient,
    SdkPaginator,
    SdkWaiter,
)
from pycommon_cli.analysis.python.aws.service_models import service_model
from pycommon_cli.analysis.python.values.abstract_values import UNKNOWN, ConstantValue, Value, texts
from pycommon_cli.analysis.python.values.code_contexts import MappingValue

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.aws.aws_call_effects import AwsCallRecorder, RunningCode
    from pycommon_cli.analysis.python.values.call_arguments import Call

__all__ = ["SdkClients"]

_OTHER_METHODS = frozenset(
    {"can_paginate", "generate_presigned_post", "generate_presigned_url", "get_paginator", "get_waiter", *TRANSFERS}
)


class SdkClients:
    """Handles the methods of clients."""

    __slots__ = ("_code", "_recorder")

    def __init__(self, code: RunningCode, recorder: AwsCallRecorder) -> None:
        self._code = code
        self._recorder = recorder

    def has_method(self, client: SdkClient, name: str) -> bool:
        """Return whether the client has a method of this name."""
        model = service_model(client.service)
        return model is not None and (name in model.operations or name in _OTHER_METHODS)

    def call_method(self, client: SdkClient, name: str, call: Call) -> Value:  # noqa: PLR0911 - one for each method
        """Return the value of `client.name(...)`."""
        model = service_model(client.service)
        if model is None:
            return UNKNOWN
        if name in TRANSFERS and client.service == "s3":
            return self._recorder.record_transfer(name, call, {})
        if name == "get_paginator":
            named = [each for each in texts(call.given(0, "operation_name")) if each in model.operations]
            return frozenset(SdkPaginator(client.service, model.operations[each]) for each in named) or UNKNOWN
        if name == "get_waiter":
            named = [each for each in texts(call.given(0, "waiter_name")) if each in model.waiters]
            return frozenset(SdkWaiter(client.service, model.waiters[each]) for each in named) or UNKNOWN
        if name == "generate_presigned_url":
            return self._presign(client, call)
        if name == "generate_presigned_post":
            given = {"Bucket": call.given(0, "Bucket"), "Key": call.given(1, "Key")}
            return self._recorder.record(client.service, "PutObject", given, call.place)
        operation = model.operations.get(name)
        if operation is None:
            return UNKNOWN
        return self._recorder.record(client.service, operation, call.keywords, call.place)

    def _presign(self, client: SdkClient, call: Call) -> Value:
        """Record the operation of a presigned URL, which runs with the permissions of the function that signs it."""
        model = service_model(client.service)
        parameters: dict[str, Value] = {}
        for each in call.given(1, "Params"):
            if isinstance(each, MappingValue):
                each.readers.add(self._code.current)
                parameters |= {
                    str(key.value): value for key, value in each.entries.items() if isinstance(key, ConstantValue)
                }
        for method in texts(call.given(0, "ClientMethod")):
            operation = model.operations.get(method) if model is not None else None
            if operation is not None:
                self._recorder.record(client.service, operation, parameters, call.place)
        return UNKNOWN
