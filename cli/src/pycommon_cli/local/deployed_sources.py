"""List every file that can change a deployment, with its hash, and compare two lists."""

import hashlib
import json
import os
import platform
from collections.abc import Iterator
from pathlib import Path

from pycommon_cli.local.lambda_runtime import python_version
from pycommon_cli.local.project_folders import Project

SERVICE, LIBRARY = "service/", "library/"
_LIBRARY_BUILD = ("pyproject.toml", "hatch_build.py")  # these files decide which files pip installs for the library
_NOT_SOURCES = {"node_modules", "__pycache__", "venv", "build", "dist"}

Manifest = dict[str, str]
"""The hash of each file, by name: `service/...` in the service folder, or `library/...` in `src/` of this checkout."""


def architecture() -> str:
    """Return the architecture of this machine, as Lambda names it."""
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def manifest(project: Project, folder: str) -> Manifest:
    """Return every source file of a deployment of the service folder, with its hash.

    Include the library if the service takes the library from this checkout. The tools in `cli/` are never in a package.
    """
    root = project.root / folder
    found = {SERVICE + str(path.relative_to(root)): _hash(path) for path in _files(root)}
    found["var"] = _hash(project.variables) if project.variables.exists() else ""
    found["runtime"] = f"python{python_version()} {architecture()}"
    if _takes_library_from(root / "requirements.txt", project.root):
        library = project.root / "src"
        found |= {LIBRARY + str(path.relative_to(library)): _hash(path) for path in _files(library)}
        found |= {name: _hash(project.root / name) for name in _LIBRARY_BUILD if (project.root / name).is_file()}
    return found


def fingerprint(sources: Manifest) -> str:
    """Return one hash of a whole manifest."""
    return hashlib.sha256(json.dumps(sources, sort_keys=True).encode()).hexdigest()


def changed(before: Manifest, after: Manifest) -> list[str]:
    """Return the names that were added, changed or removed."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in _NOT_SOURCES and not f.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            if path.suffix not in (".pyc", ".md") and not name.startswith(".") and path.is_file():
                yield path


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _takes_library_from(requirements: Path, root: Path) -> bool:
    """Return whether requirements.txt names this checkout: `..`, `-e ..`, `name @ file:..` or `..[extra]`."""
    if not requirements.is_file():
        return False
    for line in requirements.read_text().splitlines():
        target = line.split("#")[0].strip().removeprefix("-e").removeprefix("--editable").strip()
        target = target.rpartition("@")[2].strip().removeprefix("file://").removeprefix("file:").partition("[")[0]
        if target.startswith((".", "/")) and (requirements.parent / target).resolve() == root:
            return True
    return False
