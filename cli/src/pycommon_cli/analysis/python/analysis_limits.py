"""Define the limits of the interpreter: where it stops following code, and what each limit costs.

Each limit was measured at half and at double its value. Many limits were also measured at 1. If a limit has no result
in the list below, the measured values did not change a fact. Small services do not reach the limits. The limits protect
against unusual code.

Two sets of code were measured:

- The corpus consists of tests/check/corpus, tests/check/calls and the four services. It has 1,105 facts.
- The packages are boto3, s3transfer, requests, Powertools, moto's DynamoDB, and `check` and `iam` of this tool. They
  have 57 facts.

The Python package `rich` was measured too, for its size. A fact is "lost" or "added" in comparison with the facts at
the present value of the limit.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LIMITS", "AnalysisLimits"]


@dataclass(frozen=True, slots=True)
class AnalysisLimits:
    """The limits of the interpreter.

    These words have a special meaning here:

    - A context is one way in which code runs: the body of a module, or a function with certain arguments.
    - A run is one pass of the interpreter through the code of a context. A context runs again when a value that it has
      read changes.
    - A step is one statement in one run.
    - An effect is a read of an environment variable or a call of AWS.
    - A fact is what the reader reports about the service, such as a call of AWS in a handler (see `analysis.facts`).
    - The corpus and the packages are the code that was measured (see the docstring of this module).

    Attributes:
        nested_calls: the largest depth of calls inside calls. A deeper call runs later, and its callers run again. If
            the limit is 1, no fact changes, and there are 75 % more runs. Python's own stack limits this number too.
        contexts_of_a_function: the most contexts of one function. All further calls share one context. If the limit is
            1, the values of different calls mix: 4 facts of the corpus are lost, and 185 wrong facts are added.
        contexts_of_a_function_without_effects: the most contexts of a function that never reaches an effect. If the
            limit is 1, 60 wrong facts are added to the corpus. If the limit is halved, `rich` (38,500 lines) has the
            same facts, and the interpreter runs half as many statements.
        contexts_searched_for_effects: the most contexts in which the interpreter searches for effects.
        contexts_at_which_effects_are_searched_again: the numbers of contexts of one function at which the interpreter
            repeats this search.
        contexts_of_a_function_after_half_of_the_steps: replaces `contexts_of_a_function` when half of the steps are
            used.
        runs_of_a_context: the most runs of one context. If the limit is 1, 32 of the 57 facts of the packages are
            lost. If the limit is doubled, there are 2 % more runs.
        steps_per_line: the most steps per line of the service, on average. With this limit, the time grows with the
            size of the code. If the limit is halved, 13 modules of `rich` are not followed to their end. If the limit
            is doubled, no fact of `rich` changes.
        additional_steps: the steps that every service may use, in addition to the steps for its lines.
        unrolled_iterations: the most iterations of a loop that run one by one. If the limit is 1, 2 wrong facts are
            added to the corpus.
        unrolled_comprehension_iterations: the most iterations of a comprehension that run one by one. If the limit is
            1, 1 wrong fact is added to the corpus.
        nested_unrolled_loops: the largest depth of loops inside loops whose iterations run one by one.
        constants_of_a_value: the most constants that one value may be. A value with more constants is unknown.
        possibilities_of_a_value: the most possibilities of one value. A value with more possibilities loses its data
            first, and then its code. Environment variables always stay.
        known_members: the most members of a list or dict that are known one by one. If the limit is 1, 20 wrong facts
            are added to the corpus.
        bases_of_a_class: the most bases of one class.
        chained_star_imports: the most `from ... import *` through which the interpreter searches for a name.
        name_length: the most characters of a text that may name a resource. A longer text is prose. Calls that differ
            only in prose share a context.
        nested_containers: the largest depth of lists inside lists that make one call different from another. If the
            limit is halved (1), 11 facts of the corpus are lost. If the limit is doubled, 1 wrong fact is added.
        members_searched: the most members of a list that make one call different from another.
        combinations_of_text: the most texts that a concatenation may make.
        parts_of_a_text: the most parts of one composed text.
        text_length: the most characters of one text.
        parts_of_a_split_text: the most known parts after `split`.
        nested_parameters: the largest depth of dicts and lists inside the parameters of an AWS call. If the limit is
            halved (2), 15 facts of the corpus are lost.
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
