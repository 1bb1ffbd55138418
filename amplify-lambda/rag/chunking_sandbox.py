"""Run `rag.chunking_program` on a document in a separate process, without credentials and with limits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from pycommon.logger import getLogger
from rag.chunk import Chunk
from rag.document_refusal import DocumentRefusedError, RefusalCode

if TYPE_CHECKING:
    from pathlib import Path

    from files.document_formats import DocumentFormat

__all__ = ["MAX_SECONDS", "chunks_within_bounds"]

MAX_SECONDS = 120
"""The time limit is a hundred times the time that a document of the largest allowed length needs."""

# The variables that an interpreter needs to start. The process gets no other variables, and therefore no credentials.
_HANDED_ON = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME")

logger = getLogger("rag.sandbox")


def chunks_within_bounds(form: DocumentFormat, path: Path, seconds: int = MAX_SECONDS) -> list[Chunk]:
    """Return the chunks of the document in a file.

    Args:
        form: the document's format.
        path: the file.
        seconds: the time limit.

    Raises:
        DocumentRefusedError: the document cannot be read, has no text, or exceeds a limit.
    """
    try:
        ended = subprocess.run(  # noqa: S603 - our own program, with the path of the document
            [sys.executable, "-P", "-m", "rag.chunking_program", form.value, str(path), str(seconds)],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback could contain text of the document
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        logger.warning("a %s document was not read within %d s", form.value, seconds)
        raise _too_complex() from None
    if ended.returncode:
        logger.warning("reading a %s document ended with %d", form.value, ended.returncode)
        raise _too_complex()
    answer = json.loads(ended.stdout)
    if "refused" in answer:
        raise DocumentRefusedError.from_json(answer["refused"])
    return [Chunk(**chunk) for chunk in answer["chunks"]]


def _environment() -> dict[str, str]:
    known = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    return {**known, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _too_complex() -> DocumentRefusedError:
    return DocumentRefusedError(
        RefusalCode.TOO_COMPLEX, "The document takes too long or too much memory to read; it may be damaged. Divide it."
    )
