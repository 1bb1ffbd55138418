"""Every rule has a page, every page a rule, and the examples are correct."""

import re

import pytest

from pycommon_cli.check.rules import GROUPS, rules
from pycommon_cli.check.rules.rule_pages import page, pages_folder
from pycommon_cli.check.service_check import FAILED
from tests.check.examples import checked, example

CODES = list(rules())
WITH_EXAMPLES = [code for code in CODES if code != FAILED]


def test_every_rule_has_a_page_and_every_page_a_rule():
    assert sorted(file.stem for file in pages_folder().glob("*.md")) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_page_says_what_the_rule_says(code):
    rule = rules()[code]
    text = page(code)
    assert text.startswith(f"# {code}: {rule.name}\n\n{rule.summary}\n\nSeverity: {rule.severity.value}.")
    assert "\n## Why\n" in text
    assert ("\n## Fix\n" in text) is (rule.fixable or code == "IAM001")
    assert all(control in text for control in rule.controls)


@pytest.mark.parametrize("code", WITH_EXAMPLES)
def test_bad_example_is_found(code, tmp_path):
    files = example(code, "Bad")
    assert files
    assert code in checked(files, tmp_path).counts


@pytest.mark.parametrize("code", WITH_EXAMPLES)
def test_good_example_is_well(code, tmp_path):
    files = example(code, "Good")
    assert files
    assert code not in checked(files, tmp_path).counts


@pytest.mark.parametrize("code", CODES)
def test_codes_are_of_a_group_and_lasting(code):
    match = re.fullmatch(r"([A-Z]+)\d{3}", code)
    assert match
    assert match[1] in GROUPS


def test_table_of_nist_controls_is_covered():
    """The controls of the field's table of SP 800-171 r2 checks, each asked for by some rule."""
    table = {
        "3.13.16": {"NIST001", "NIST002", "NIST003"},
        "3.5.10": {"NIST002", "NIST005"},
        "3.3.8": {"NIST002", "NIST009"},
        "3.3.1": {"NIST004", "NIST008", "NIST011"},
        "3.1.13": {"NIST005"},
        "3.13.8": {"NIST005"},
        "3.1.1": {"NIST006", "NIST007"},
        "3.1.2": {"NIST006", "NIST007"},
        "3.1.3": {"NIST006", "NIST007"},
        "3.1.14": {"NIST006", "NIST007"},
        "3.1.20": {"NIST006", "NIST007"},
        "3.13.2": {"NIST010"},
        "3.1.5": {"IAM004", "IAM005", "IAM007", "NIST012"},
        "3.1.7": {"IAM004", "IAM005", "IAM007", "NIST012"},
        "3.1.12": {"NIST011"},
    }
    for control, codes in table.items():
        asked = {code for code, rule in rules().items() if control in rule.controls}
        assert codes <= asked, control
