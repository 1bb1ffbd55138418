"""Check the words of everything that a person reads. docs/style.md explains the list."""

from __future__ import annotations

import re

import pytest

from tests.banned_words import BANNED, EXCEPTIONS
from tests.prose import ROOT, Sentence, banned, sentences


def test_no_text_has_a_banned_word() -> None:
    assert list(banned(sentences())) == []


def test_style_page_lists_each_word_with_its_replacement() -> None:
    table = (ROOT / "docs" / "style.md").read_text()
    assert [word.name for word in BANNED if f"| {word.name} | {word.instead} |" not in table] == []


def test_each_exception_names_a_file_and_a_word_of_the_list() -> None:
    names = {word.name for word in BANNED} | {"*"}
    assert [each for each in EXCEPTIONS if each[0] not in names or not (ROOT / each[1]).is_file()] == []


@pytest.mark.parametrize(
    "text",
    [
        "mend: declare it",
        "The wish of the caller.",
        "the two faces of the registry",
        "The claims are held against the schema.",
        "Only the audience tells the two apart.",
        "The body is no JSON.",
        "What is read is kept.",
        "Who may put items can call as anybody.",
    ],
)
def test_a_banned_word_is_found(text: str) -> None:
    assert list(banned([Sentence("a.md", 1, text)]))


@pytest.mark.parametrize(
    "text",
    [
        "We recommend an atomic write through the interfaces.",
        "There is no such table, and the key is no longer valid.",
        "Provisioned concurrency is billed by the hour.",
        "`pycommon.faces` is the old name, and `mend` the old key.",
        "What is a payer?",
        "SQS stands for Simple Queue Service, the standard.",
    ],
)
def test_ordinary_words_pass(text: str) -> None:
    assert not list(banned([Sentence("a.md", 1, text)]))


def test_every_kind_of_text_is_collected() -> None:
    found = {re.sub(r"^.*\.", "", each.path) for each in sentences()}
    assert found == {"md", "py", "yml"}
