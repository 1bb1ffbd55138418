"""The program that reads one document and writes its chunks: `python -m rag.chunking FORMAT FILE`.

A process of its own (see `rag.chunking_sandbox`) because documents come from anybody. It has no credentials, bounded memory and
bounded time; should a parser crash, loop or swell, this process ends and the function goes on.

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
"""Address space of this process. The function has more, for itself and this one together."""


def chunks_of(form: DocumentFormat, path: Path) -> list[Chunk]:
    """The chunks of a document.

    Raises:
        DocumentRefusedError: it can't be read, or there is nothing to read in it.
    """
    from rag.text_splitting import split

    chunks = list(split(_read(form, path), form))
    if not chunks:
        raise DocumentRefusedError(
            RefusalCode.EMPTY, "There is no text in the document. Scanned pages must go through text recognition first."
        )
    return chunks


def _read(form: DocumentFormat, path: Path) -> ExtractedText:
    # Each format needs its own parser, and no other is loaded.
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
    """Set the bounds, then write what became of the document."""
    _limit(resource.RLIMIT_CPU, int(seconds))
    _limit(resource.RLIMIT_AS, MAX_MEMORY_BYTES)
    _limit(resource.RLIMIT_FSIZE, 0)  # it writes to a pipe only
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
        if sys.platform == "linux":  # macOS knows no limit of the address space
            raise


if __name__ == "__main__":
    main(*sys.argv[1:])
