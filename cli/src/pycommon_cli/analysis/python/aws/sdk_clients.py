"""What clients of boto3 and botocore have, and what their methods call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import UNKNOWN, ConstantValue, MappingValue, Value, texts
from pycommon_cli.analysis.python.aws.aws_call_effects import Emissions
from pycommon_cli.analysis.python.aws.managed_transfers import TRANSFERS
from pycommon_cli.analysis.python.aws.sdk_values import (
    SdkClient,
    SdkPaginator,
    SdkWaiter,
)
from pycommon_cli.analysis.python.aws.service_models import service_model

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.attributes import Objects
    from pycommon_cli.analysis.python.interpreter.call_arguments import Call

__all__ = ["SdkClientCalls"]

_OF_CLIENTS = frozenset(
    {"can_paginate", "generate_presigned_post", "generate_presigned_url", "get_paginator", "get_waiter", *TRANSFERS}
)


class SdkClientCalls(Emissions):
    """Clients."""

    def has_method(self, client: SdkClient, name: str) -> bool:
        model = service_model(client.service)
        return model is not None and (name in model.operations or name in _OF_CLIENTS)

    def call_client(self, machine: Objects, client: SdkClient, name: str, call: Call) -> Value:  # noqa: PLR0911 - each method
        model = service_model(client.service)
        if model is None:
            return UNKNOWN
        if name in TRANSFERS and client.service == "s3":
            return self.transfer(machine, name, call, {})
        if name == "get_paginator":
            asked = texts(call.given(0, "operation_name"))
            return (
                frozenset(
                    SdkPaginator(client.service, model.operations[each]) for each in asked if each in model.operations
                )
                or UNKNOWN
            )
        if name == "get_waiter":
            asked = texts(call.given(0, "waiter_name"))
            return (
                frozenset(SdkWaiter(client.service, model.waiters[each]) for each in asked if each in model.waiters)
                or UNKNOWN
            )
        if name == "generate_presigned_url":
            return self._presigned(machine, client, call)
        if name == "generate_presigned_post":
            given = {"Bucket": call.given(0, "Bucket"), "Key": call.given(1, "Key")}
            return self.emit(machine, client.service, "PutObject", given, call.place)
        operation = model.operations.get(name)
        return (
            UNKNOWN if operation is None else self.emit(machine, client.service, operation, call.keywords, call.place)
        )

    def _presigned(self, machine: Objects, client: SdkClient, call: Call) -> Value:
        """Whether a client has a method of that name."""
        model = service_model(client.service)
        parameters: dict[str, Value] = {}
        for atom in call.given(1, "Params"):
            if isinstance(atom, MappingValue):
                atom.readers.add(machine.current)
                parameters |= {
                    str(key.value): value for key, value in atom.entries.items() if isinstance(key, ConstantValue)
                }
        for method in texts(call.given(0, "ClientMethod")):
            operation = model.operations.get(method) if model is not None else None
            if operation is not None:
                self.emit(machine, client.service, operation, parameters, call.place)
        return UNKNOWN
