"""The package of a service: keep what was deployed, and make the next one by exchanging the sources in it.

Installing the requirements and compressing them takes osls many seconds; the requirements do not change when a line of
Python does.
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
    """What the upload weighs, and what Lambda unpacks; in bytes."""

    zipped: int
    unzipped: int


@dataclass(frozen=True, slots=True)
class Artifact:
    """The package deployed last, and what it was made from."""

    path: Path
    record: Path

    @classmethod
    def of(cls, home: Home, folder: str) -> "Artifact":
        return cls(home.artifacts / f"{folder}.zip", home.artifacts / f"{folder}.json")

    def keep(self, package: Path | None, sources: Manifest) -> None:
        """Remember a full deployment; `package` is None for a service without functions."""
        self.path.parent.mkdir(exist_ok=True)
        self.record.unlink(missing_ok=True)  # written last, so that the two always belong together
        self.path.unlink(missing_ok=True)
        if package:
            shutil.copyfile(package, self.path)
        self._write_record(sources)

    def replace(self, package: bytes, sources: Manifest) -> None:
        """Remember a quick deployment."""
        self.record.unlink(missing_ok=True)
        self.path.write_bytes(package)
        self._write_record(sources)

    def _write_record(self, sources: Manifest) -> None:
        self.record.write_text(json.dumps({"sources": sources, "sha256": self.sha256()}))

    def sources(self) -> Manifest | None:
        """What the kept package was made from; None when nothing usable is kept."""
        try:
            record = json.loads(self.record.read_text())
        except (OSError, ValueError):
            return None
        sources: Manifest | None = record["sources"] if record["sha256"] == self.sha256() else None
        return sources

    def sha256(self) -> str | None:
        """The package's hash as Lambda tells it (CodeSha256)."""
        return code_sha256(self.path.read_bytes()) if self.path.exists() else None

    def size(self) -> PackageSize | None:
        """The package's size; None for a service without functions."""
        if not self.path.exists():
            return None
        with zipfile.ZipFile(self.path) as package:
            return PackageSize(self.path.stat().st_size, sum(entry.file_size for entry in package.infolist()))


def code_sha256(package: bytes) -> str:
    """The hash that Lambda gives for a package."""
    return base64.b64encode(hashlib.sha256(package).digest()).decode()


Exchange = dict[str, Path]
"""Paths in a package, with the files that come in their place; a file that is gone leaves the package."""


def plan(
    artifact: Artifact, project: Project, folder: str, before: Manifest, changed: Iterable[str]
) -> Exchange | None:
    """What the changed sources mean for the package; None when only osls can tell."""
    with zipfile.ZipFile(artifact.path) as package:
        entries = set(package.namelist())
    exchange: Exchange = {}
    for name in changed:
        origin = next((prefix for prefix in (SERVICE, LIBRARY) if name.startswith(prefix)), None)
        if origin is None:
            return None
        entry = name.removeprefix(origin)
        if entry not in entries and not entry.endswith(".py"):
            return None  # a file beside the code: serverless.yml reads it, or tests do
        if entry in entries or _is_new_there(entry, origin, entries, before):
            exchange[entry] = (project.root / (folder if origin == SERVICE else "src")) / entry
        elif name not in before and not _excluded(entry, origin, entries, before):
            return None
    return exchange


def _is_new_there(entry: str, origin: str, entries: set[str], before: Manifest) -> bool:
    """Whether a new module lies in a folder whose other modules were packaged."""
    return origin + entry not in before and any(PurePosixPath(e).parent == PurePosixPath(entry).parent for e in entries)


def _excluded(entry: str, origin: str, entries: set[str], before: Manifest) -> bool:
    """Whether the folder was there when osls packaged, and osls left it out."""
    parent = str(PurePosixPath(entry).parent)
    known = any(
        str(PurePosixPath(name.removeprefix(origin)).parent) == parent for name in before if name.startswith(origin)
    )
    return known and not any(str(PurePosixPath(e).parent) == parent for e in entries)


def rewritten(artifact: Artifact, exchange: Exchange) -> bytes:
    """The package after the exchange."""
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
