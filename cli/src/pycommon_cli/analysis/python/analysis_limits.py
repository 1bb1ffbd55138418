"""The bounds of the interpretation: how far the reader follows code, and where it stops and says less."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LIMITS", "AnalysisLimits"]


@dataclass(frozen=True, slots=True)
class AnalysisLimits:
    """Each number bounds time or memory."""

    # Runs of functions
    nested_calls: int = 24
    contexts_of_a_function: int = 128
    contexts_of_a_function_without_effects: int = 12
    contexts_searched_for_effects: int = 400
    contexts_at_which_effects_are_searched_again: tuple[int, ...] = (24, 48, 96)
    contexts_of_a_function_after_half_of_the_steps: int = 3
    runs_of_a_context: int = 8

    # Steps: statements that are run
    steps_per_line: int = 3
    additional_steps: int = 20_000

    # Loops
    unrolled_iterations: int = 16
    unrolled_comprehension_iterations: int = 32
    nested_unrolled_loops: int = 2

    # Values
    constants_of_a_value: int = 24
    possibilities_of_a_value: int = 64
    known_members: int = 64
    bases_of_a_class: int = 32
    chained_star_imports: int = 24

    # Arguments that distinguish one call of a function from another
    name_length: int = 80
    nested_containers: int = 3
    members_searched: int = 32

    # Texts
    combinations_of_text: int = 16
    parts_of_a_text: int = 12
    text_length: int = 4096
    parts_of_a_split_text: int = 64

    # Parameters of an AWS call
    nested_parameters: int = 5


LIMITS = AnalysisLimits()
