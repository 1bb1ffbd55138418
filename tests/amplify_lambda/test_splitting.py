"""The chunks of a text contain all of it once, in order, within the limit, and with correct positions."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from files.document_formats import DocumentFormat
from rag.extracted_text import ExtractedText, TextCollector, clean
from rag.text_splitting import MAX_CHUNK_CHARACTERS, split

PARAGRAPH = "Long texts lose their meaning where they are cut anywhere. Sentences are what people think in. "
WORDS = st.sampled_from(
    ["word", "  ", "\n", "\n\n", "# Heading\n", "- item\n", "```\ncode\n```\n", "終わり。", "👩‍👩‍👧", "x" * 900]
)
TEXTS = st.text(max_size=3_000) | st.lists(WORDS, max_size=400).map("".join)
FORMATS = st.sampled_from([DocumentFormat.TEXT, DocumentFormat.MARKDOWN, DocumentFormat.PDF, DocumentFormat.DOCX])


def without_space(text: str) -> str:
    return re.sub(r"\s", "", text)


@given(text=TEXTS.map(clean), form=FORMATS)
def test_nothing_is_lost_and_nothing_is_there_twice(text: str, form: DocumentFormat) -> None:
    chunks = list(split(ExtractedText(text), form))
    assert without_space("".join(chunk.text for chunk in chunks)) == without_space(text)
    ends = [0]
    for chunk in chunks:
        assert chunk.text == text[chunk.start : chunk.end]
        assert chunk.text == chunk.text.strip()
        assert 0 < len(chunk.text) <= MAX_CHUNK_CHARACTERS
        assert chunk.start >= ends[-1]
        ends.append(chunk.end)


@pytest.mark.parametrize("form", [DocumentFormat.TEXT, DocumentFormat.MARKDOWN])
def test_chunks_end_where_paragraphs_do(form: DocumentFormat) -> None:
    paragraph = (PARAGRAPH * 9).strip()
    chunks = list(split(ExtractedText("\n\n".join([paragraph] * 60)), form))
    assert {chunk.text for chunk in chunks} == {f"{paragraph}\n\n{paragraph}"}


def test_a_markdown_section_stays_together() -> None:
    sections = [f"## Section {number}\n\n{PARAGRAPH * 12}\n" for number in range(5)]
    chunks = list(split(ExtractedText("\n".join(sections)), DocumentFormat.MARKDOWN))
    assert [chunk.text.splitlines()[0] for chunk in chunks] == [f"## Section {number}" for number in range(5)]


def test_a_chunk_says_from_which_page_to_which() -> None:
    collector = TextCollector()
    for text in ("One.", "Two.", "Three. " * 500, ""):
        collector.begin_page()
        collector.add(text)
    pages = [(chunk.first_page, chunk.last_page) for chunk in split(collector.finish(), DocumentFormat.PDF)]
    assert pages == [(1, 2), (3, 3), (3, 3)]


def test_without_pages_none_is_said() -> None:
    (chunk,) = split(ExtractedText("Some text."), DocumentFormat.DOCX)
    assert (chunk.first_page, chunk.last_page) == (None, None)


@pytest.mark.parametrize(
    "text",
    ["a" * 1_000_000, "\n" * 999_999 + "a", "[" * 500_000, "終" * 200_000],
    ids=["a", "lines", "brackets", "kanji"],
)
def test_texts_without_breaks_take_seconds_and_not_minutes(text: str) -> None:
    began = time.monotonic()
    assert (
        without_space("".join(chunk.text for chunk in split(ExtractedText(text), DocumentFormat.MARKDOWN)))
        == text.strip()
    )
    assert time.monotonic() - began < 20
