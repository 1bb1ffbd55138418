"""Where the services are: every folder with a serverless.yml below the paths that were asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pycommon_cli.analysis.serverless import FILE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pycommon_cli.project_settings import ProjectSettings

__all__ = ["find_services"]

# Nothing in these was written by people of the project.
_NEVER = frozenset({"node_modules", "__pycache__", "site-packages", "venv", "build", "dist", "cdk.out"})


def find_services(paths: Iterable[Path], root: Path, settings: ProjectSettings) -> list[Path]:
    """The service folders below each path, sorted; for a file, the nearest service folder around it.

    Folders that begin with a dot, that hold what tools made, and those that the settings exclude are not entered.

    Example:
        >>> find_services([Path(".")], Path("."), ProjectSettings())
        [PosixPath('amplify-lambda'), PosixPath('amplify-platform')]
    """
    found: dict[Path, None] = {}
    for path in paths:
        folders = _below(path, root, settings) if path.is_dir() else _around(path, root)
        found.update(dict.fromkeys(folder.resolve() for folder in folders))
    return sorted(found)


def _below(start: Path, root: Path, settings: ProjectSettings) -> Iterator[Path]:
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
