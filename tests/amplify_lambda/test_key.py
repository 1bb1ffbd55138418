"""Keys of files: one separate folder for each user, and safe names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from files.file_key import file_key, is_in_folder_of, safe_file_name, upload_id_of

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=255)


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("report.pdf", "report.pdf"),
        ("Bericht über 3%.pdf", "Bericht über 3_.pdf"),
        ("報告.docx", "報告.docx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a?.txt", "a_.txt"),
        ("...", "file"),
        ("///", "file"),
        ("a\x00b\n.txt", "a_b_.txt"),
        ("u\u0308.txt", "\u00fc.txt"),
        (".gitignore", "gitignore"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("x" * 300, "x" * 200),
    ],
)
def test_names(given_name: str, expected: str) -> None:
    assert safe_file_name(given_name) == expected


@given(name=TEXT, user=TEXT)
def test_a_key_has_three_segments_and_lies_in_its_users_folder(name: str, user: str) -> None:
    key = file_key(user, "5f0c", name)
    folder, upload_id, last = key.split("/")
    assert upload_id == upload_id_of(key) == "5f0c"
    assert last
    assert last not in {".", ".."}
    assert len(last.encode()) <= 200
    assert is_in_folder_of(user, key)
    assert folder == user or "%" in folder


@given(one=TEXT, other=TEXT)
def test_no_folder_lies_inside_another(one: str, other: str) -> None:
    if one != other:
        assert not is_in_folder_of(one, file_key(other, "5f0c", "a"))


@pytest.mark.parametrize("user", ["..", ".", "a/b", "a\\b", "a%2Fb"])
def test_a_user_that_would_not_stay_one_segment_is_encoded(user: str) -> None:
    assert file_key(user, "5f0c", "n").count("/") == 2
    assert "/../" not in f"/{file_key(user, '5f0c', 'n')}"


def test_an_unknown_form_has_no_upload_id() -> None:
    assert upload_id_of("somewhere") == "?"
