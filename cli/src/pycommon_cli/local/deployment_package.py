"""Keep the last package of a service, and make the next package by replacing changed source files in it.

The Serverless Framework (osls) takes many seconds to install and compress the requirements. A change of Python code
does not change the requirements.
"""

import base64
import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath

from pycommon_cli.local.deployed_sources import LIBRARY, SERVICE, Manifest
from pycommon_cli.local.project_folders import Home, Project

_UNDATED = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class PackageSize:
    """The size of a package in bytes, zipped and unzipped."""

    zipped: int
    unzipped: int


@dataclass(frozen=True, slots=True)
class StoredPackage:
    """The package of the last deployment, and the manifest of its sources."""

    path: Path
    record: Path

    @classmethod
    def of(cls, home: Home, folder: str) -> "StoredPackage":
        return cls(home.artifacts / f"{folder}.zip", home.artifacts / f"{folder}.json")

    def keep(self, package: Path | None, sources: Manifest) -> None:
        """Store the package of a full deployment. `package` is None for a service without functions."""
        self.path.parent.mkdir(exist_ok=True)
        self.record.unlink(missing_ok=True)  # the record is written last, so that it always belongs to its package
        self.path.unlink(missing_ok=True)
        if package:
            shutil.copyfile(package, self.path)
        self._write_record(sources)

    def replace(self, package: bytes, sources: Manifest) -> None:
        """Store the package of a deployment that only replaced code."""
        self.record.unlink(missing_ok=True)
        self.path.write_bytes(package)
        self._write_record(sources)

    def _write_record(self, sources: Manifest) -> None:
        self.record.write_text(json.dumps({"sources": sources, "sha256": self.sha256()}))

    def sources(self) -> Manifest | None:
        """Return the manifest of the stored package, or None when there is no valid manifest."""
        try:
            record = json.loads(self.record.read_text())
        except (OSError, ValueError):
            return None
        sources: Manifest | None = record["sources"] if record["sha256"] == self.sha256() else None
        return sources

    def sha256(self) -> str | None:
        """Return the hash of the package, in the format of Lambda's CodeSha256."""
        return code_sha256(self.path.read_bytes()) if self.path.exists() else None

    def size(self) -> PackageSize | None:
        """Return the size of the package, or None for a service without functions."""
        if not self.path.exists():
            return None
        with zipfile.ZipFile(self.path) as package:
            return PackageSize(self.path.stat().st_size, sum(entry.file_size for entry in package.infolist()))


def code_sha256(package: bytes) -> str:
    """Return the hash that Lambda gives to a package."""
    return base64.b64encode(hashlib.sha256(package).digest()).decode()


Exchange = dict[str, Path]
"""Paths in a package, each with its new file. If the new file does not exist, the path is removed from the package."""


def plan(
    artifact: StoredPackage, project: Project, folder: str, before: Manifest, changed: Iterable[str]
) -> Exchange | None:
    """Return the files to replace for the changed sources, or None when osls must package the service again."""
    with zipfile.ZipFile(artifact.path) as package:
        entries = set(package.namelist())
    exchange: Exchange = {}
    for name in changed:
        origin = next((prefix for prefix in (SERVICE, LIBRARY) if name.startswith(prefix)), None)
        if origin is None:
            return None
        entry = name.removeprefix(origin)
        if entry not in entries and not entry.endswith(".py"):
            return None  # the file is not code, and serverless.yml may read it
        if entry in entries or _is_new_there(entry, origin, entries, before):
            exchange[entry] = (project.root / (folder if origin == SERVICE else "src")) / entry
        elif name not in before and not _excluded(entry, origin, entries, before):
            return None
    return exchange


def _is_new_there(entry: str, origin: str, entries: set[str], before: Manifest) -> bool:
    """Return whether the module is new, and the package has other modules of the same folder."""
    return origin + entry not in before and any(PurePosixPath(e).parent == PurePosixPath(entry).parent for e in entries)


def _excluded(entry: str, origin: str, entries: set[str], before: Manifest) -> bool:
    """Return whether the folder existed when osls packaged the service, and osls left it out."""
    parent = str(PurePosixPath(entry).parent)
    known = any(
        str(PurePosixPath(name.removeprefix(origin)).parent) == parent for name in before if name.startswith(origin)
    )
    return known and not any(str(PurePosixPath(e).parent) == parent for e in entries)


def rewritten(artifact: StoredPackage, exchange: Exchange) -> bytes:
    """Return the package with the files replaced."""
    buffer = BytesIO()
    with zipfile.ZipFile(artifact.path) as package, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in package.infolist():
            if entry.filename not in exchange:
                target.writestr(entry, package.read(entry))
        for name, path in sorted(exchange.items()):
            if path.exists():
                entry = zipfile.ZipInfo(name, _UNDATED)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                target.writestr(entry, path.read_bytes())
    return buffer.getvalue()
