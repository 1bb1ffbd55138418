"""Read and parse the Python files of a service folder. A file that cannot be parsed becomes a `ReadingTrouble`."""

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
"""The largest file that is read. A larger file is data or generated code, and the reader reports it."""

_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "venv"})
_NOQA = re.compile(r"#\s*noqa(?P<colon>\s*:\s*(?P<codes>[A-Z]+[0-9]*(?:[,\s]+[A-Z]+[0-9]+)*))?", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]+[0-9]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PythonFile:
    """One parsed module.

    Attributes:
        path: the path of the file, relative to the root, with slashes.
        module: the dotted name of the module, e.g. "service.core".
        tree: the syntax tree.
        text: the text of the file.
    """

    path: str
    module: str
    is_package: bool
    tree: ast.Module
    text: str


def python_files(folder: Path) -> Iterator[Path]:
    """Yield every `.py` file below `folder`, sorted. Virtual environments and hidden folders are skipped."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name not in _SKIPPED and not name.startswith(".") and not _is_venv(parent, name)
        )
        yield from (Path(parent, name) for name in sorted(files) if name.endswith(".py"))


def is_test(path: Path) -> bool:
    """Return whether a file, relative to the service folder, is a test.

    Tests are read only if other code imports them.
    """
    return (
        path.name.startswith("test_")
        or path.name == "conftest.py"
        or any(part in ("tests", "test") for part in path.parts[:-1])
    )


def read_source(file: Path, folder: Path, root: Path) -> PythonFile | ReadingTrouble:
    """Return the module at `file`, or the reason why it cannot be read."""
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
            warnings.simplefilter("ignore")  # reporting invalid escapes is the task of the linter
            tree = ast.parse(content, path)
    except SyntaxError as error:
        return _syntax_error(path, error)
    except (ValueError, RecursionError, MemoryError) as error:
        said = str(error) if isinstance(error, ValueError) else "it is nested too deeply"
        return ReadingTrouble(start, f"{path} could not be parsed: {said}", "fix the file so that Python can import it")
    text = content.decode("utf-8-sig", "replace")  # another encoding affects only the searches in the text
    parts = file.relative_to(folder).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    return PythonFile(path, ".".join(parts[:-1] if is_package else parts), is_package, tree, text)


def noqa_codes(source: PythonFile) -> dict[int, frozenset[str]]:
    """Return the codes that comments suppress, by line. An empty set suppresses all codes."""
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
        return found  # the parser accepts the file, so the comments before the error count
    return found


def _syntax_error(path: str, error: SyntaxError) -> ReadingTrouble:
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    if "unicode" in str(error.msg).lower() or "codec" in str(error.msg):
        message, help_text = f"{path} is not UTF-8: {error.msg}", "save the file as UTF-8, or declare its encoding"
    else:
        message = f"{path} has a syntax error: {error.msg}"
        help_text = f"fix the error; the file was read as Python {running}"
    return ReadingTrouble(Place(path, max(error.lineno or 1, 1), max(error.offset or 1, 1)), message, help_text)


def _relative(file: Path, root: Path) -> str:
    try:
        return file.relative_to(root).as_posix()
    except ValueError:
        return file.as_posix()


def _is_venv(parent: str, name: str) -> bool:
    return Path(parent, name, "pyvenv.cfg").is_file()
