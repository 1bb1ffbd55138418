"""Extract the text of Word documents (.docx, ISO/IEC 29500): the body, then footnotes and endnotes.

A document is a ZIP archive of XML parts. This module reads the parts as a stream and builds no tree. A small file that
unpacks to gigabytes therefore does not fill the memory, and reading stops at the limit. The module loads no external
resources. It refuses a document with a document type declaration: Word never writes such a declaration, and entity
bombs need it.
"""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from rag.document_refusal import DocumentRefusedError, RefusalCode
from rag.extracted_text import ExtractedText, TextCollector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["MAX_UNPACKED_BYTES", "read_docx"]

MAX_UNPACKED_BYTES = 200_000_000
"""The limit for the bytes of XML that are read from all parts together."""

_BODY = "word/document.xml"
_PARTS = (_BODY, "word/footnotes.xml", "word/endnotes.xml")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of encrypted documents, and of Word's format before 2007
_PIECE = 65_536

_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",  # "strict"
)
# Text is in w:t elements. The elements below separate text. Deleted text (w:delText) and field codes (w:instrText) are
# left out.
_AT_START: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_AT_END: Final = {"p": "\n", "tc": "\t", "tr": "\n"}
# The content of these elements is left out. Paragraph properties contain w:tab elements that define tab stops and are
# not text. A drawing may be stored in two forms, and both forms contain the text of the drawing's boxes.
_SILENT: Final = frozenset(
    {f"{namespace} pPr" for namespace in _NAMESPACES}
    | {"http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"}
)


def read_docx(path: Path) -> ExtractedText:
    """Return the text of a document. Tables are read row by row, with tabs between cells.

    Raises:
        DocumentRefusedError: the file is not a Word document, is damaged or encrypted, or exceeds a limit.
    """
    with path.open("rb") as file:
        if file.read(len(_OLE)) == _OLE:
            raise DocumentRefusedError(
                RefusalCode.ENCRYPTED,
                "The document is encrypted, or in Word's format before 2007; save it as .docx without a password.",
            )
    collector = TextCollector()
    try:
        # Open the file here: an archive that opened the file itself would not close it while a part is unread.
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            parts = set(archive.namelist())
            if _BODY not in parts:
                raise DocumentRefusedError(RefusalCode.DAMAGED, "The file is not a Word document (.docx).")
            budget = _Budget(MAX_UNPACKED_BYTES)
            for part in _PARTS:
                if part in parts:
                    _TextOfPart(collector).read(_content(archive, part, budget))
                    collector.add("\n")
    # A damaged archive can raise each of these. NotImplementedError (a RuntimeError) means a compression that zipfile
    # does not support. RuntimeError means a part with a password.
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, RuntimeError, ValueError) as error:
        raise DocumentRefusedError(
            RefusalCode.DAMAGED, "The file is not a Word document (.docx), or it is damaged."
        ) from error
    return collector.finish()


class _Budget:
    """Limit the bytes that are unpacked."""

    def __init__(self, left: int) -> None:
        self._left = left

    def spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise DocumentRefusedError(
                RefusalCode.TOO_LARGE, f"The document unpacks to more than {MAX_UNPACKED_BYTES:,} bytes of XML."
            )


def _content(archive: zipfile.ZipFile, part: str, budget: _Budget) -> Iterator[bytes]:
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            budget.spend(len(piece))
            yield piece


class _TextOfPart:
    """Receive the XML parser's events for one part, and collect the text."""

    def __init__(self, collector: TextCollector) -> None:
        self._collector = collector
        self._in_text = False
        self._silent = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._refuse

    def read(self, content: Iterator[bytes]) -> None:
        for piece in content:
            self._parser.Parse(piece, False)  # noqa: FBT003 - the parser's own signature
        self._parser.Parse(b"", True)  # noqa: FBT003 - as above

    def _start(self, name: str, _: dict[str, str]) -> None:
        if name in _SILENT:
            self._silent += 1
        local = _local(name)
        self._in_text = local == "t"
        self._say(_AT_START.get(local))

    def _end(self, name: str) -> None:
        self._in_text = False
        self._say(_AT_END.get(_local(name)))
        if name in _SILENT:
            self._silent -= 1

    def _characters(self, text: str) -> None:
        if self._in_text:
            self._say(text)

    def _say(self, text: str | None) -> None:
        if text and not self._silent:
            self._collector.add(text)

    def _refuse(self, *_: object) -> None:
        raise DocumentRefusedError(RefusalCode.DAMAGED, "The document declares a document type. Word never does this.")


def _local(name: str) -> str:
    """Return the local name of a WordprocessingML element, and "" for any other element."""
    namespace, _, local = name.rpartition(" ")
    return local if namespace in _NAMESPACES else ""
