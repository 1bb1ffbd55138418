"""Define the steps of a workflow, and check them before a workflow is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pycommon.api.ops import registry
from pycommon.encoders import dumps
from pycommon.exceptions import HTTPBadRequest
from workflows.result_references import ReferenceFault, find_references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pycommon.api.api_operation import Operation
    from workflows.result_references import ResultReference

__all__ = ["MAX_STEPS", "STEPS", "WorkflowStep", "check_steps"]

MAX_STEPS = 25
MAX_REFERENCES = 20
MAX_BYTES = 100_000
"""The limit for all steps as JSON. With it, templates and runs stay well below 400 KB, DynamoDB's limit for an item."""

STEPS: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "maxItems": MAX_STEPS,
    "items": {
        "type": "object",
        "properties": {
            "id": {
                "type": "string",
                "pattern": "^[A-Za-z0-9_-]{1,64}$",
                "description": "The id for references of later steps; default: step-1, step-2, ...",
            },
            "operation": {"type": "string", "minLength": 1, "description": "Name of an operation, e.g. textStatistics"},
            "arguments": {
                "type": "object",
                "description": "Its arguments. A value may be the result of an earlier step: "
                '{"$result": {"step": "<id>", "path": "/json/pointer"}}',
            },
        },
        "required": ["operation"],
        "additionalProperties": False,
    },
    "description": "Workflow steps, executed one after the other",
}

_WHATEVER_THE_VALUES = frozenset({"required", "additionalProperties"})
Fault = dict[str, str]


@dataclass(frozen=True, slots=True)
class WorkflowStep:
    """One step of a workflow. `arguments` may contain references to results of earlier steps."""

    id: str
    operation: str
    arguments: dict[str, Any]

    @classmethod
    def of(cls, described: dict[str, Any], index: int) -> WorkflowStep:
        """Return the step of a request, or of a stored template."""
        return cls(described.get("id", f"step-{index + 1}"), described["operation"], described.get("arguments", {}))

    def to_json(self) -> dict[str, Any]:
        """Return the step in the form for storage and for responses."""
        return {"id": self.id, "operation": self.operation, "arguments": self.arguments}


def check_steps(described: Sequence[dict[str, Any]]) -> list[WorkflowStep]:
    """Check steps that match the schema `STEPS`, and return them.

    Raises:
        HTTPBadRequest: an id appears twice, an operation does not exist, or the steps are too large. Or arguments do
            not match the operation's schema. Or a reference is malformed, or does not name an earlier step. The error's
            `details` list each fault.
    """
    steps = [WorkflowStep.of(each, index) for index, each in enumerate(described)]
    faults = list(_faults(steps)) or list(_faults_of_size(steps))
    if faults:
        raise HTTPBadRequest(f"The steps cannot be run: {faults[0]['pointer']} {faults[0]['message']}", details=faults)
    return steps


def _faults(steps: Sequence[WorkflowStep]) -> Iterator[Fault]:
    earlier: set[str] = set()
    for index, step in enumerate(steps):
        if step.id in earlier:
            yield _fault(f"/{index}/id", "uniqueId", "is the id of an earlier step")
        yield from _faults_of(step, index, earlier)
        earlier.add(step.id)


def _faults_of_size(steps: Sequence[WorkflowStep]) -> Iterator[Fault]:
    size = len(dumps([step.to_json() for step in steps]).encode())
    if size > MAX_BYTES:
        yield _fault("", "maxBytes", f"has {size} bytes as JSON; at most {MAX_BYTES} are allowed")


def _faults_of(step: WorkflowStep, index: int, earlier: Iterable[str]) -> Iterator[Fault]:
    operation = registry.named(step.operation)
    if operation is None or operation.arguments is None:
        yield _fault(
            f"/{index}/operation", "operation", "is not an operation of this service; GET /vu-agent/tools lists them"
        )
        return
    where = f"/{index}/arguments"
    try:
        references = list(find_references(step.arguments))
    except ReferenceFault as fault:
        yield _fault(where + fault.pointer, "reference", str(fault))
        return
    if len(references) > MAX_REFERENCES:
        yield _fault(where, "maxReferences", f"has {len(references)} references; at most {MAX_REFERENCES} are allowed")
    for reference in references:
        if reference.step not in earlier:
            yield _fault(where + reference.pointer, "reference", "does not name an earlier step")
    yield from _faults_of_arguments(operation, step.arguments, references, where)


def _faults_of_arguments(
    operation: Operation, arguments: dict[str, Any], references: Sequence[ResultReference], where: str
) -> Iterator[Fault]:
    """Return the faults that the schema finds. Ignore faults in values that references will replace."""
    filled = operation.arguments.prepared(arguments) if operation.arguments else arguments
    for fault in operation.argument_faults(filled):
        pointer = fault["pointer"].removeprefix("/data")
        inside = any(_leads_through(pointer, each.pointer) for each in references)
        around = any(_leads_through(each.pointer, pointer) for each in references)
        if not inside and (not around or fault["rule"] in _WHATEVER_THE_VALUES):
            yield _fault(where + pointer, fault["rule"], fault["message"])


def _leads_through(pointer: str, place: str) -> bool:
    return f"{pointer}/".startswith(f"{place}/")


def _fault(pointer: str, rule: str, message: str) -> Fault:
    return {"pointer": f"/data/steps{pointer}", "rule": rule, "message": message}
