"""Find the services: the folders with a serverless.yml below the given paths."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from pycommon_cli.analysis.serverless import FILE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["ExcludesFolders", "find_services"]

# Folders of installed or generated files.
_NEVER = frozenset({"node_modules", "__pycache__", "site-packages", "venv", "build", "dist", "cdk.out"})


class ExcludesFolders(Protocol):
    """The settings of a project that the search for services needs."""

    def excludes(self, folder: str) -> bool:
        """Return whether the folder, relative to the root, is excluded."""


def find_services(paths: Iterable[Path], root: Path, settings: ExcludesFolders) -> list[Path]:
    """Return the service folders below each path, sorted. For a file, return the nearest service folder above it.

    Folders whose name begins with a dot, folders of generated files and excluded folders are not searched.

    Example:
        >>> find_services([Path(".")], Path("."), ProjectSettings())
        [PosixPath('amplify-lambda'), PosixPath('amplify-platform')]
    """
    found: dict[Path, None] = {}
    for path in paths:
        folders = _below(path, root, settings) if path.is_dir() else _around(path, root)
        found.update(dict.fromkeys(folder.resolve() for folder in folders))
    return sorted(found)


def _below(start: Path, root: Path, settings: ExcludesFolders) -> Iterator[Path]:
    for name, folders, files in os.walk(start):
        folder = start / os.path.relpath(name, start) if name != str(start) else start
        if any(each in files for each in FILE_NAMES):
            yield folder
        folders[:] = sorted(
            each
            for each in folders
            if not each.startswith(".") and each not in _NEVER and not settings.excludes(_shown(folder / each, root))
        )


def _around(file: Path, root: Path) -> Iterator[Path]:
    for folder in file.resolve().parents:
        if any((folder / each).is_file() for each in FILE_NAMES):
            yield folder
            return
        if folder == root.resolve():
            return


def _shown(folder: Path, root: Path) -> str:
    folder, root = folder.resolve(), root.resolve()
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.as_posix()
