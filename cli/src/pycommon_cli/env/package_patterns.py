"""Which Python modules of a service folder go into its package, by the patterns of serverless.yml."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pycommon_cli.local.serverless_file import ServerlessFile

_NO_SOURCES = {"node_modules", "__pycache__"}
_GLOB = re.compile(r"\*\*/|\*\*|\*|\?|\{|\}|,|\[[^\]]+\]|[^*?{},\[]+|\[")
_MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def packaged_modules(folder: Path, file: ServerlessFile) -> list[Path]:
    """Paths, relative to the folder, of all modules that osls would package; sorted."""
    modules = list(_python_files(folder))
    chosen = {path for patterns in _pattern_lists(file) for path in modules if _packaged(path, patterns)}
    return sorted(map(Path, chosen))


def functions(file: ServerlessFile) -> dict[str, dict[str, Any]]:
    """The functions of serverless.yml by their keys; a list of parts, as osls takes it too, is put together."""
    found = file.at("functions")
    parts = found if isinstance(found, list) else [found]
    merged: dict[str, Any] = {}
    for part in map(file.resolved, parts):
        merged |= part if isinstance(part, dict) else {}
    resolved = {str(key): file.resolved(value) for key, value in merged.items()}
    return {key: value for key, value in resolved.items() if isinstance(value, dict)}


def _pattern_lists(file: ServerlessFile) -> Iterator[list[str]]:
    """The patterns of the service, and those of each function that is packaged by itself."""
    common = _patterns(file.at("package"))
    yield common
    for function in functions(file).values():
        if own := _patterns(file.resolved(function.get("package"))):
            yield common + own


def _patterns(package: Any) -> list[str]:
    patterns = package.get("patterns") if isinstance(package, dict) else None
    return [pattern for pattern in patterns if isinstance(pattern, str)] if isinstance(patterns, list) else []


def _packaged(path: str, patterns: Iterable[str]) -> bool:
    """As osls decides: everything is in, and the last pattern that matches has the say."""
    packaged = True
    for pattern in patterns:
        if _regex(pattern.removeprefix("!").removeprefix("./")).fullmatch(path):
            packaged = not pattern.startswith("!")
    return packaged


def _regex(glob: str) -> re.Pattern[str]:
    depth, text = 0, ""
    for part in _GLOB.findall(glob):
        if part == "{":
            depth, text = depth + 1, text + "(?:"
        elif part == "}" and depth:
            depth, text = depth - 1, text + ")"
        elif part == "," and depth:
            text += "|"
        elif part.startswith("[") and part.endswith("]"):
            text += part.replace("[!", "[^")
        else:
            text += _MEANING.get(part, re.escape(part))
    return re.compile(text + ")" * depth, re.DOTALL)


def _python_files(folder: Path) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _NO_SOURCES and not name.startswith(".")]
        folders[:] = [name for name in folders if not Path(parent, name, "pyvenv.cfg").exists()]
        for name in files:
            if name.endswith(".py"):
                yield Path(parent, name).relative_to(folder).as_posix()
