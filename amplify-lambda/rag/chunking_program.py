"""Read one document and write its chunks: `python -m rag.chunking_program FORMAT FILE SECONDS`.

`rag.chunking_sandbox` runs this program in a separate process, because a document may be malicious. The process has
limits for memory and time, and no credentials. If a parser crashes, never ends or uses too much memory, only this
process ends.

Standard output has one line of JSON: `{"chunks": [...]}`, or `{"refused": {"code": ..., "reason": ...}}`.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from files.document_formats import DocumentFormat
from rag.document_refusal import DocumentRefusedError, RefusalCode

if TYPE_CHECKING:
    from rag.chunk import Chunk
    from rag.extracted_text import ExtractedText

__all__ = ["MAX_MEMORY_BYTES", "chunks_of"]

MAX_MEMORY_BYTES = 1 << 30
"""The limit for the address space of this process. The function has more memory, because both processes share it."""


def chunks_of(form: DocumentFormat, path: Path) -> list[Chunk]:
    """Return the chunks of a document.

    Raises:
        DocumentRefusedError: the document cannot be read, or has no text.
    """
    from rag.text_splitting import split

    chunks = list(split(_read(form, path), form))
    if not chunks:
        raise DocumentRefusedError(
            RefusalCode.EMPTY, "There is no text in the document. Scanned pages must go through text recognition first."
        )
    return chunks


def _read(form: DocumentFormat, path: Path) -> ExtractedText:
    # Load the parser of this format only.
    match form:
        case DocumentFormat.PDF:
            from rag.pdf_text import read_pdf

            return read_pdf(path)
        case DocumentFormat.DOCX:
            from rag.docx_text import read_docx

            return read_docx(path)
        case DocumentFormat.TEXT | DocumentFormat.MARKDOWN:
            from rag.plain_text import read_text

            return read_text(path)


def main(form: str, path: str, seconds: str) -> None:
    """Set the limits, then write the result."""
    _limit(resource.RLIMIT_CPU, int(seconds))
    _limit(resource.RLIMIT_AS, MAX_MEMORY_BYTES)
    _limit(resource.RLIMIT_FSIZE, 0)  # the program writes to a pipe only
    _limit(resource.RLIMIT_CORE, 0)  # a core file would hold the document
    answer: dict[str, Any]
    try:
        answer = {"chunks": [asdict(chunk) for chunk in chunks_of(DocumentFormat(form), Path(path))]}
    except DocumentRefusedError as error:
        answer = {"refused": error.to_json()}
    json.dump(answer, sys.stdout)


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(what, (bound, bound))
    except (ValueError, OSError):
        if sys.platform == "linux":  # macOS cannot limit the address space
            raise


if __name__ == "__main__":
    main(*sys.argv[1:])
