"""What an operation is told when a step of a run calls it, and the client does not."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["StepCall"]


@dataclass(frozen=True, slots=True)
class StepCall:
    """Handed to a handler that has a parameter `step_call: StepCall | None = None`.

    Naming it is a promise: two calls with the same `key` have the effect of one. A step of such an operation may be
    repeated when a run goes on that was ended by force.

    Attributes:
        key: the same for every attempt of one step of one run, and for nothing else.
        depth: how deep the run is nested to which the step belongs: 1 for one that a client began.
    """

    key: str
    depth: int
