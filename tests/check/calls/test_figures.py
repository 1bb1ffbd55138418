"""The corpus of call sites. `python -m pytest -s tests/check/calls` prints the figures."""

import re
from pathlib import Path

import pytest

from tests.check.calls.figures import PARTS, Case, Figures, cases, table

DOCS = Path(__file__).parents[3] / "docs" / "check-calls.md"
CASES = [case for part in PARTS for case in cases(part)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_need_is_found_and_no_other(case: Case):
    assert case.found() == case.needs()


def test_corpus_is_large_and_a_third_was_not_looked_at():
    sites = {part: sum(len({need[:2] for need in case.needs()}) for case in cases(part)) for part in PARTS}
    assert sum(sites.values()) >= 120
    assert (sites["held_out"] + sites["later"]) * 3 >= sum(sites.values())


def test_recall_and_precision():
    figures = Figures.of([(case.needs(), case.found()) for case in CASES])
    assert figures.recall >= 0.95
    assert figures.precision >= 0.98


def test_figures_are_those_of_the_docs():
    print("\n" + table())  # noqa: T201 - the figures are asked for
    documented = re.search(r"<!-- figures -->\n(.*?)\n<!-- end -->", DOCS.read_text("utf-8"), re.DOTALL)
    assert documented
    assert documented[1].strip() == table()
