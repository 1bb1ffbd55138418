"""Define the bounds of the interpretation: where the reader stops following code, and what that costs.

Each bound was measured with half and double its value. The corpus (tests/check/corpus, tests/check/calls and
the four services) has 1,105 facts. Further packages (boto3, s3transfer, requests, Powertools, moto's DynamoDB, and the
packages `check` and `iam` of this tool) have 57. If no other result is given, neither value changed a fact: small
services do not reach the bound, which protects against unusual code. Many bounds were also set to 1. "Lost" and "added"
compare the facts with those of the present value.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LIMITS", "AnalysisLimits"]


@dataclass(frozen=True, slots=True)
class AnalysisLimits:
    """The bounds. The names say what is counted.

    Attributes:
        nested_calls: calls inside calls. A deeper call runs by itself, and its callers run again. With 1, no fact
            changes, and there are 75 % more runs. The stack of Python bounds this number from above.
        contexts_of_a_function: contexts of one function. Further calls share one context. With 1, values of different
            calls mix: 4 facts of the corpus are lost and 185 wrong facts are added.
        contexts_of_a_function_without_effects: the same for a function that never reaches AWS or the environment. With
            1, 60 wrong facts are added to the corpus. With half, rich (38,500 lines) has the same facts after half as
            many statements.
        contexts_searched_for_effects: contexts that the search for effects visits.
        contexts_at_which_effects_are_searched_again: numbers of contexts of a function at which the search is repeated.
        contexts_of_a_function_after_half_of_the_steps: `contexts_of_a_function` once half of the steps are used.
        runs_of_a_context: runs of one context. With 1, 32 of the 57 facts of the packages are lost. Double takes 2 %
            more runs.
        steps_per_line: statements that run, on average per line of the service. The bound makes the time grow with the
            size of the code. With half, 13 modules of rich are not followed to their end. With double, no fact of rich
            changes.
        additional_steps: statements that may run in a service of any size.
        unrolled_iterations: iterations of a loop that run one by one. With 1, 2 wrong facts are added to the corpus.
        unrolled_comprehension_iterations: the same for a comprehension. With 1, 1 wrong fact is added to the corpus.
        nested_unrolled_loops: loops inside loops that run iteration by iteration.
        constants_of_a_value: constants of one value. A value with more is unknown.
        possibilities_of_a_value: possibilities of one value. A value with more loses its data, then its code.
            Environment variables always stay.
        known_members: members of a list or dict whose order is known. With 1, 20 wrong facts are added to the corpus.
        bases_of_a_class: bases of one class.
        chained_star_imports: `from ... import *` through which a name is searched.
        name_length: characters of a text that may name a resource. A longer text is prose, and does not distinguish
            calls.
        nested_containers: lists inside lists that may distinguish calls. With half (1), 11 facts of the corpus are
            lost. With double, 1 wrong fact is added.
        members_searched: members of a list that may distinguish calls.
        combinations_of_text: texts that a concatenation may make.
        parts_of_a_text: parts of one composed text.
        text_length: characters of one text.
        parts_of_a_split_text: known parts after `split`.
        nested_parameters: dicts and lists inside the parameters of an AWS call. With half (2), 15 facts of the corpus
            are lost.
    """

    nested_calls: int = 24
    contexts_of_a_function: int = 128
    contexts_of_a_function_without_effects: int = 12
    contexts_searched_for_effects: int = 400
    contexts_at_which_effects_are_searched_again: tuple[int, ...] = (24, 48, 96)
    contexts_of_a_function_after_half_of_the_steps: int = 3
    runs_of_a_context: int = 8
    steps_per_line: int = 3
    additional_steps: int = 20_000
    unrolled_iterations: int = 16
    unrolled_comprehension_iterations: int = 32
    nested_unrolled_loops: int = 2
    constants_of_a_value: int = 24
    possibilities_of_a_value: int = 64
    known_members: int = 64
    bases_of_a_class: int = 32
    chained_star_imports: int = 24
    name_length: int = 80
    nested_containers: int = 3
    members_searched: int = 32
    combinations_of_text: int = 16
    parts_of_a_text: int = 12
    text_length: int = 4096
    parts_of_a_split_text: int = 64
    nested_parameters: int = 5


LIMITS = AnalysisLimits()
