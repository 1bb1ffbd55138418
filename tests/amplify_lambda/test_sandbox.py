"""The process that reads documents has no credentials, and is stopped at its limits."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from files.document_formats import DocumentFormat
from rag import chunking_sandbox
from rag.chunking_sandbox import chunks_within_bounds
from rag.document_refusal import DocumentRefusedError, RefusalCode
from tests.amplify_lambda import document_samples as samples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[[bytes], Path]

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="macOS knows no limit of the address space")


def reads_with(program: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Replace the parser by a program, with a module that is found before the service's."""
    (tmp_path / "sitecustomize.py").write_text(
        f"import sys\nif 'rag.chunking_program' in sys.orig_argv:\n    import rag.plain_text\n"
        f"    def read_text(path):\n        {program}\n    rag.plain_text.read_text = read_text\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.parametrize(
    ("form", "content"),
    [
        (DocumentFormat.TEXT, b"Hello."),
        (DocumentFormat.MARKDOWN, b"Hello."),
        (DocumentFormat.PDF, samples.pdf("Hello.")),
        (DocumentFormat.DOCX, samples.word("Hello.")),
    ],
)
def test_every_format_is_read(any_file: Write, form: DocumentFormat, content: bytes) -> None:
    (chunk,) = chunks_within_bounds(form, any_file(content))
    assert (chunk.text, chunk.first_page) == ("Hello.", 1 if form is DocumentFormat.PDF else None)


def test_a_refusal_comes_through(any_file: Write) -> None:
    with pytest.raises(DocumentRefusedError) as refused:
        chunks_within_bounds(DocumentFormat.PDF, any_file(samples.pdf("x", password="y")))
    assert refused.value.code is RefusalCode.ENCRYPTED
    assert "without a password" in refused.value.reason


@pytest.mark.parametrize(
    "program",
    [
        "while True: pass",
        "import time; time.sleep(60)",
        pytest.param("return bytearray(2 << 30)", marks=LINUX),
        "import os; os.abort()",
        "raise RecursionError('CANARY in a traceback')",
        "open(f'{path}.out', 'w').write('x' * 9999)",
    ],
    ids=["loops", "hangs", "swells", "crashes", "raises", "writes"],
)
def test_a_parser_gone_wrong_ends_and_the_document_is_refused(
    any_file: Write, program: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    reads_with(program, monkeypatch, tmp_path_factory.mktemp("site"))
    began = time.monotonic()
    with pytest.raises(DocumentRefusedError) as refused:
        chunks_within_bounds(DocumentFormat.TEXT, any_file(b"Hello."), seconds=2)
    assert refused.value.code is RefusalCode.TOO_COMPLEX
    assert time.monotonic() - began < 10


def test_the_process_has_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "CANARY")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "CANARY")
    assert "CANARY" not in str(chunking_sandbox._environment())
    assert not [name for name in chunking_sandbox._environment() if name.startswith("AWS_")]


def test_the_process_loads_neither_aws_nor_the_library(any_file: Write) -> None:
    path = any_file(b"Hello.")
    program = (
        f"import sys; from rag.chunking_program import main; main('text', {str(path)!r}, '9'); print(*sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert not {"botocore", "boto3", "pycommon", "pypdfium2"} & set(ran.stdout.split())
