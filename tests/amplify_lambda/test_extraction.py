"""Extract the text of documents of every format. Any other bytes are refused."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from files.document_formats import DocumentFormat
from rag import docx_text, extracted_text, pdf_text
from rag.chunking_program import chunks_of
from rag.document_refusal import DocumentRefusedError, RefusalCode
from rag.docx_text import read_docx
from rag.extracted_text import MAX_CHARACTERS, TextCollector, clean
from rag.pdf_text import read_pdf
from rag.plain_text import read_text
from tests.amplify_lambda import document_samples as samples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[[bytes], Path]

BOX = "<w:p><w:r><w:t>box</w:t></w:r></w:p>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_its_encodings(any_file: Write, encoding: str) -> None:
    assert read_text(any_file("Grüße\r\n世界 🎉".encode(encoding))).text == "Grüße\n世界 🎉"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"caf\xe9", b"a\x00b", b"\x7fELF\x02\x01\x01\x00"])
def test_bytes_that_are_no_text_are_refused(any_file: Write, content: bytes) -> None:
    with pytest.raises(DocumentRefusedError) as refused:
        read_text(any_file(content))
    assert refused.value.code is RefusalCode.NOT_TEXT


def test_the_pages_of_a_pdf(any_file: Write) -> None:
    found = read_pdf(any_file(samples.pdf("The first page.", "", "The third page.")))
    assert found.text == "The first page.\n\n\n\nThe third page."
    assert [found.page_at(found.text.index(word)) for word in ("first", "third")] == [1, 3]


def test_a_word_that_a_pdf_hyphenates_at_a_line_end_is_whole(any_file: Write) -> None:
    assert "an example of" in read_pdf(any_file(samples.pdf("This is an exam-\nple of that."))).text


def test_an_encrypted_pdf_is_refused_with_the_mend(any_file: Write) -> None:
    with pytest.raises(DocumentRefusedError) as refused:
        read_pdf(any_file(samples.pdf("secret", password="sesame")))
    assert refused.value.code is RefusalCode.ENCRYPTED
    assert "without a password" in refused.value.reason


def test_a_pdf_with_too_many_pages_is_refused(any_file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_text, "MAX_PAGES", 2)
    with pytest.raises(DocumentRefusedError) as refused:
        read_pdf(any_file(samples.pdf("1", "2", "3")))
    assert refused.value.code is RefusalCode.TOO_LONG


def test_paragraphs_and_tables_of_word(any_file: Write) -> None:
    content = samples.word("First paragraph.", "Second.", table=(("name", "sum"), ("Ada", "12")))
    lines = [line.split() for line in read_docx(any_file(content)).text.splitlines() if line.strip()]
    assert lines == [["First", "paragraph."], ["Second."], ["name"], ["sum"], ["Ada"], ["12"]]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>", "a\tb\nc"),
        ('<w:p><w:pPr><w:tabs><w:tab w:pos="1"/></w:tabs></w:pPr><w:r><w:t>a</w:t></w:r></w:p>', "a"),
        (
            "<w:p><w:del><w:r><w:delText>no</w:delText></w:r></w:del><w:ins><w:r><w:t>yes</w:t></w:r></w:ins></w:p>",
            "yes",
        ),
        (
            "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink></w:p>",
            "link",
        ),
        (
            f"<mc:AlternateContent><mc:Choice>{BOX}</mc:Choice><mc:Fallback>{BOX}</mc:Fallback></mc:AlternateContent>",
            "box",
        ),
        ("<w:p><w:r><w:t>co</w:t><w:noBreakHyphen/><w:t>op</w:t></w:r></w:p>", "co-op"),
    ],
    ids=["tab and break", "tab stop", "tracked changes", "field and link", "text box once", "hyphen"],
)
def test_what_word_says_and_what_it_only_notes(any_file: Write, content: str, text: str) -> None:
    found = read_docx(any_file(samples.word_of_xml(samples.body_of_word(content))))
    assert found.text.strip() == text


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no archive", RefusalCode.DAMAGED),
        (samples.word_of_xml("<a>", part="other.xml"), RefusalCode.DAMAGED),
        (samples.word_of_xml("<not-closed>"), RefusalCode.DAMAGED),
        (samples.word("cut off")[:-400], RefusalCode.DAMAGED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), RefusalCode.ENCRYPTED),
        (
            samples.word_of_xml('<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><d>&b;</d>'),
            RefusalCode.DAMAGED,
        ),
    ],
    ids=["no archive", "no document", "no XML", "cut off", "encrypted", "entity bomb"],
)
def test_word_documents_that_are_refused(any_file: Write, content: bytes, code: RefusalCode) -> None:
    with pytest.raises(DocumentRefusedError) as refused:
        read_docx(any_file(content))
    assert refused.value.code is code


def test_an_archive_that_unpacks_to_too_much_is_refused(any_file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx_text, "MAX_UNPACKED_BYTES", 1_000_000)
    bomb = samples.word_of_xml(samples.body_of_word("<w:p/>" * 1_000_000))
    assert len(bomb) < 20_000
    with pytest.raises(DocumentRefusedError) as refused:
        read_docx(any_file(bomb))
    assert refused.value.code is RefusalCode.TOO_LARGE


def test_text_beyond_the_limit_is_refused() -> None:
    collector = TextCollector()
    collector.add("a" * MAX_CHARACTERS)
    with pytest.raises(DocumentRefusedError) as refused:
        collector.add("a")
    assert refused.value.code is RefusalCode.TOO_LONG


@pytest.mark.parametrize(
    "form", [DocumentFormat.TEXT, DocumentFormat.MARKDOWN, DocumentFormat.PDF, DocumentFormat.DOCX]
)
def test_a_document_without_text_is_refused(any_file: Write, form: DocumentFormat) -> None:
    content = {DocumentFormat.PDF: samples.pdf(""), DocumentFormat.DOCX: samples.word("")}.get(form, b" \n\t\n")
    with pytest.raises(DocumentRefusedError) as refused:
        chunks_of(form, any_file(content))
    assert refused.value.code is RefusalCode.EMPTY


@given(text=st.text())
def test_clean_text_is_what_json_and_queues_take(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.encode().decode() == cleaned
    assert not set(cleaned) & {"\r", "\0", "\x0c", "\ufffe", "\uffff"}
    assert clean(cleaned) == cleaned


def mutated(original: bytes) -> st.SearchStrategy[bytes]:
    """Return `original` with some bytes replaced, and possibly cut."""
    places = st.dictionaries(st.integers(0, len(original) - 1), st.integers(0, 255), max_size=30)

    def apply(changes: dict[int, int], end: int) -> bytes:
        changed = bytearray(original)
        for place, value in changes.items():
            changed[place] = value
        return bytes(changed[:end])

    return st.builds(apply, places, st.integers(1, len(original)))


@given(content=st.binary(max_size=2_000).map(b"%PDF-1.7\n".__add__) | mutated(samples.pdf("Some text.", "More.")))
def test_no_bytes_break_the_pdf_reader(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.pdf"
    path.write_bytes(content)
    try:
        read_pdf(path)
    except DocumentRefusedError:
        return


@given(content=st.binary(max_size=2_000).map(b"PK\x03\x04".__add__) | mutated(samples.word("Some text.", "More.")))
def test_no_bytes_break_the_word_reader(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.docx"
    path.write_bytes(content)
    try:
        read_docx(path)
    except DocumentRefusedError:
        return


@given(xml=st.text(max_size=500))
def test_no_part_breaks_the_word_reader(tmp_path: Path, xml: str) -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", xml.encode("utf-8", "replace"))
    path = tmp_path / "any.docx"
    path.write_bytes(file.getvalue())
    try:
        read_docx(path)
    except DocumentRefusedError:
        return


def test_the_limits_hold_together() -> None:
    """A document within the limit of characters needs a fraction of the process's memory."""
    assert extracted_text.MAX_CHARACTERS * 4 * 5 < 1 << 30
