"""Define the argument that an operation receives when a step of a run calls it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["StepCall"]


@dataclass(frozen=True, slots=True)
class StepCall:
    """The argument for a handler that has a parameter `step_call: StepCall | None = None`.

    A handler with this parameter promises that two calls with the same `key` have the effect of one call. Resuming an
    interrupted run may therefore repeat its step.

    Attributes:
        key: a text that is the same for all attempts of one step of one run, and different for every other step.
        depth: the nesting depth of the step's run: 1 for a run that a client started.
    """

    key: str
    depth: int
