"""The corpus: every planted fault is found at its line, and nothing else. `python -m pytest -s` prints the figures."""

import re
from pathlib import Path

import pytest

from pycommon_cli.check.rules import rules
from tests.check.corpus_figures import CorpusService, cases, table

DOCS = Path(__file__).parents[2] / "docs" / "check-command.md"
CASES = cases()


@pytest.fixture(scope="module")
def results():
    return {case: case.found() for case in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_planted_faults_and_nothing_else(case: CorpusService, results):
    assert sorted(results[case]) == sorted(case.expected), case.about


def test_figures_are_those_of_the_docs(results):
    print("\n" + table(results))  # noqa: T201 - the figures are asked for
    documented = re.search(r"<!-- figures -->\n(.*?)\n<!-- end -->", DOCS.read_text("utf-8"), re.DOTALL)
    assert documented
    assert documented[1].strip() == table(results)


def test_corpus_is_large_and_half_of_it_in_public_styles():
    assert len(CASES) >= 60
    assert sum(case.style == "public" for case in CASES) * 2 >= len(CASES)


def test_every_rule_is_planted_somewhere():
    planted = {code for case in CASES for code, _, _ in case.expected}
    # A fault of the check itself cannot be planted.
    assert set(rules()) - planted == {"SRC004"}
