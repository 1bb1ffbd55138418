"""Record the calls of AWS: for each, the operation, its IAM actions and the variable that names the resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pycommon_cli.analysis.python.aws.authorized_actions import named_by, uses_of
from pycommon_cli.analysis.python.aws.managed_transfers import TRANSFERS
from pycommon_cli.analysis.python.aws.sdk_values import (
    SdkBatchWriter,
    SdkResponse,
)
from pycommon_cli.analysis.python.aws.service_models import service_model
from pycommon_cli.analysis.python.values.abstract_values import UNKNOWN, Value, join, one, variables_of
from pycommon_cli.analysis.python.values.code_effects import Use

if TYPE_CHECKING:
    import ast

    from pycommon_cli.analysis.facts import Place
    from pycommon_cli.analysis.python.values.call_arguments import Call
    from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext, SequenceValue

__all__ = ["AwsCallRecorder", "MakesLists", "RunningCode"]


class RunningCode(Protocol):
    """The code that the interpreter runs now. Its calls of AWS are recorded."""

    current: AnalysisContext

    def place(self, node: ast.expr | ast.stmt) -> Place:
        """Return the place of a syntax node in the code that runs."""


class MakesLists(Protocol):
    """Makes the lists that the AWS SDK returns."""

    def sequence(self, node: ast.AST, members: list[Value], rest: Value = ..., label: str = ...) -> SequenceValue:
        """Return the list that the expression `node` makes."""


class AwsCallRecorder:
    """Records calls of AWS in the effects of the code that runs."""

    __slots__ = ("_code",)

    def __init__(self, code: RunningCode) -> None:
        self._code = code

    def record(
        self,
        service: str,
        operation: str,
        parameters: dict[str, Value],
        place: Place,
        *,
        conditional: bool = False,
    ) -> Value:
        """Record a call of AWS, and return its response."""
        model = service_model(service)
        if model is None or not operation:
            return UNKNOWN
        uses = self._code.current.effects.uses
        for use in uses_of(model, operation, parameters):
            recorded = (
                Use(use.service, use.operation, use.actions, use.variable, use.part, conditional)
                if conditional
                else use
            )
            uses[recorded, place] = None
        return one(SdkResponse(named_by(parameters)))

    def record_batch_write(self, writer: SdkBatchWriter, place: Place) -> Value:
        """Record the BatchWriteItem by which a batch writer sends its items."""
        for variable in variables_of(join(*(value for _, value in writer.table.identifiers))) or (None,):
            use = Use("dynamodb", "BatchWriteItem", ("dynamodb:BatchWriteItem",), variable)
            self._code.current.effects.uses[use, place] = None
        return UNKNOWN

    def record_transfer(self, name: str, call: Call, given: dict[str, Value]) -> Value:
        """Record a managed transfer. `given` are the parameters of the bucket or object whose method is called."""
        transfer = TRANSFERS[name]
        parameters = transfer.parameters(call, given)
        for operation in transfer.operations:
            self.record("s3", operation, parameters, call.place)
        for operation in transfer.after_failure:
            self.record("s3", operation, parameters, call.place, conditional=True)
        return UNKNOWN
