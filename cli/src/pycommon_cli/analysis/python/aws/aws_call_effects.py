"""Noting that code calls AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import UNKNOWN, Value, join, one, variables_of
from pycommon_cli.analysis.python.aws.authorized_actions import named_by, uses_of
from pycommon_cli.analysis.python.aws.managed_transfers import TRANSFERS
from pycommon_cli.analysis.python.aws.sdk_values import (
    SdkBatchWriter,
    SdkResponse,
)
from pycommon_cli.analysis.python.aws.service_models import service_model
from pycommon_cli.analysis.python.code_effects import Use

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import Place
    from pycommon_cli.analysis.python.interpreter.attributes import Objects
    from pycommon_cli.analysis.python.interpreter.call_arguments import Call

__all__ = ["Emissions"]


class Emissions:
    """What every part of the SDK does in the end."""

    def write(self, machine: Objects, writer: SdkBatchWriter, call: Call) -> Value:
        """A batch writer gathers what it is given, and sends it by BatchWriteItem."""
        for variable in variables_of(join(*(value for _, value in writer.table.identifiers))) or (None,):
            use = Use("dynamodb", "BatchWriteItem", ("dynamodb:BatchWriteItem",), variable)
            machine.current.effects.uses[use, call.place] = None
        return UNKNOWN

    def emit(  # noqa: PLR0913 - what a call of AWS is made of
        self,
        machine: Objects,
        service: str,
        operation: str,
        parameters: dict[str, Value],
        place: Place,
        *,
        conditional: bool = False,
    ) -> Value:
        """Note a call of AWS, and give its answer."""
        model = service_model(service)
        if model is None or not operation:
            return UNKNOWN
        for use in uses_of(model, operation, parameters):
            noted = (
                Use(use.service, use.operation, use.actions, use.variable, use.part, conditional)
                if conditional
                else use
            )
            machine.current.effects.uses[noted, place] = None
        return one(SdkResponse(named_by(parameters)))

    def transfer(self, machine: Objects, name: str, call: Call, given: dict[str, Value]) -> Value:
        """A managed transfer, of a client or of what brings `given`."""
        transfer = TRANSFERS[name]
        parameters = transfer.parameters(call, given)
        for operation in transfer.operations:
            self.emit(machine, "s3", operation, parameters, call.place)
        for operation in transfer.seldom:
            self.emit(machine, "s3", operation, parameters, call.place, conditional=True)
        return UNKNOWN
