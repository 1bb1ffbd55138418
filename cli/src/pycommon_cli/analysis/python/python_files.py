"""The Python files of a service folder, parsed. What cannot be parsed is a `ReadingTrouble`, never an exception."""

from __future__ import annotations

import ast
import os
import re
import sys
import tokenize
import warnings
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Place, ReadingTrouble

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MAX_BYTES", "PythonFile", "is_test", "noqa_codes", "python_files", "read_source"]

MAX_BYTES = 2_000_000
"""A file that is larger is data or generated, and is named in place of being read."""

_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "venv"})
_NOQA = re.compile(r"#\s*noqa(?P<colon>\s*:\s*(?P<codes>[A-Z]+[0-9]*(?:[,\s]+[A-Z]+[0-9]+)*))?", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]+[0-9]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PythonFile:
    """One module, parsed.

    Attributes:
        path: relative to the root, with slashes.
        module: as it is imported, e.g. "service.core".
        tree: its text, parsed; `text` as it stands.
    """

    path: str
    module: str
    is_package: bool
    tree: ast.Module
    text: str


def python_files(folder: Path) -> Iterator[Path]:
    """Every `.py` file below `folder`, sorted; none of virtual environments and hidden folders."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name not in _SKIPPED and not name.startswith(".") and not _is_venv(parent, name)
        )
        yield from (Path(parent, name) for name in sorted(files) if name.endswith(".py"))


def is_test(path: Path) -> bool:
    """Whether a file, relative to the service folder, holds tests of it: read only where something imports it."""
    return (
        path.name.startswith("test_")
        or path.name == "conftest.py"
        or any(part in ("tests", "test") for part in path.parts[:-1])
    )


def read_source(file: Path, folder: Path, root: Path) -> PythonFile | ReadingTrouble:
    """The module at `file`, or what keeps it from being read."""
    path = _relative(file, root)
    start = Place(path, 1)
    try:
        if file.stat().st_size > MAX_BYTES:
            return ReadingTrouble(
                start,
                f"{path} is larger than {MAX_BYTES:,} bytes and was not read",
                "move data out of the code, or split the module",
            )
        content = file.read_bytes()
    except OSError as error:
        return ReadingTrouble(start, f"{path} could not be read: {error.strerror}", "make the file readable")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape is the linter's affair
            tree = ast.parse(content, path)
    except SyntaxError as error:
        return _syntax_error(path, error)
    except (ValueError, RecursionError, MemoryError) as error:
        said = str(error) if isinstance(error, ValueError) else "it is nested too deeply"
        return ReadingTrouble(
            start, f"{path} could not be parsed: {said}", "mend the file so that Python can import it"
        )
    text = content.decode("utf-8-sig", "replace")  # of other encodings that are declared only comments are looked for
    parts = file.relative_to(folder).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    return PythonFile(path, ".".join(parts[:-1] if is_package else parts), is_package, tree, text)


def noqa_codes(source: PythonFile) -> dict[int, frozenset[str]]:
    """The codes that comments silence, by line; empty for all of a line."""
    if "noqa" not in source.text.lower():
        return {}
    found: dict[int, frozenset[str]] = {}
    try:
        for token in tokenize.generate_tokens(StringIO(source.text).readline):
            match = _NOQA.search(token.string) if token.type == tokenize.COMMENT else None
            if match is not None:
                codes = _CODE.findall(match["codes"] or "")
                found[token.start[0]] = frozenset(code.upper() for code in codes)
    except (tokenize.TokenError, SyntaxError):
        return found  # the parser took it all the same; what stands before counts
    return found


def _syntax_error(path: str, error: SyntaxError) -> ReadingTrouble:
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    if "unicode" in str(error.msg).lower() or "codec" in str(error.msg):
        message, help_text = f"{path} is not UTF-8: {error.msg}", "save the file as UTF-8, or declare its encoding"
    else:
        message = f"{path} has a syntax error: {error.msg}"
        help_text = f"mend it; this was read as Python {running}"
    return ReadingTrouble(Place(path, max(error.lineno or 1, 1), max(error.offset or 1, 1)), message, help_text)


def _relative(file: Path, root: Path) -> str:
    try:
        return file.relative_to(root).as_posix()
    except ValueError:
        return file.as_posix()


def _is_venv(parent: str, name: str) -> bool:
    return Path(parent, name, "pyvenv.cfg").is_file()
