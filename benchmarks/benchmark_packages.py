"""Build the deployment package of each peer, as `serverless-python-requirements` does with the option `slim`.

pip installs the requirements into a folder. Then this module removes byte code, `*.dist-info`, and the files that match
the patterns of the sample base's `serverless.yml`. A second copy of the package has byte code. The peers normally run
from this second copy.
"""

from __future__ import annotations

import compileall
import csv
import fnmatch
import hashlib
import itertools
import json
import re
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from benchmarks.benchmark_peers import OURS
from pycommon_cli.cli_error import CliError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.benchmark_peers import Peer

__all__ = ["BenchmarkPackage", "Distribution", "build", "distributions", "slim"]

ROOT = Path(__file__).resolve().parent.parent
SLIM_BY_DEFAULT = ("**/*.py[co]", "**/__pycache__", "**/*.dist-info", "bin")
"""The patterns of the plugin's option `slim`, and of `noDeploy` in the services of this project."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution in a package, and its size in bytes after the removal of files."""

    name: str
    version: str
    size: int


@dataclass(frozen=True, slots=True)
class BenchmarkPackage:
    """The deployment package of a peer: the content of /var/task.

    Attributes:
        slim: the uploaded package, without byte code.
        compiled: the same package with byte code.
        distributions: the installed distributions, the largest first.
    """

    slim: Path
    compiled: Path
    distributions: tuple[Distribution, ...]


def build(peer: Peer, home: Path) -> BenchmarkPackage:
    """Return the package of `peer` below `home`. Build the package again only if its sources have changed.

    Raises:
        CliError: pip could not install the requirements.
    """
    folder = home / peer.name
    stamp, made_of, unwanted = folder / "built-from.json", _made_of(peer), patterns()
    kept = json.loads(stamp.read_text("utf-8")) if stamp.exists() else {}
    if kept.get("made_of") != made_of:
        kept = {"made_of": made_of, "distributions": _build(peer, folder, unwanted)}
        stamp.write_text(json.dumps(kept), "utf-8")
    return BenchmarkPackage(
        folder / "slim", folder / "compiled", tuple(Distribution(**each) for each in kept["distributions"])
    )


def _build(peer: Peer, folder: Path, unwanted: tuple[str, ...]) -> list[dict[str, object]]:
    shutil.rmtree(folder, ignore_errors=True)
    slimmed, compiled = folder / "slim", folder / "compiled"
    slimmed.mkdir(parents=True)
    for requirements in sorted(peer.folder.glob("requirements*.txt")):
        _install(requirements, slimmed)
    _keep_only(peer.only, slimmed)
    weighed = distributions(slimmed, unwanted)
    slim(slimmed, unwanted)
    for source in peer.sources:
        shutil.copy(source, slimmed / peer.name_in_package(source))
    shutil.copytree(slimmed, compiled)
    compileall.compile_dir(compiled, quiet=1)
    return [asdict(each) for each in weighed]


def patterns() -> tuple[str, ...]:
    """Return the patterns of removed files: the patterns of the plugin and of the services of this project."""
    text = (ROOT / "amplify-lambda-python-base" / "serverless.yml").read_text("utf-8")
    # Remove tags such as `!Ref`, because only CloudFormation understands them.
    service = yaml.safe_load(re.sub(r"!(\w+)", r"", text))
    ours = service["custom"]["pythonRequirements"]["slimPatterns"]
    return SLIM_BY_DEFAULT + tuple(itertools.chain.from_iterable(map(_alternatives, ours)))


def slim(folder: Path, unwanted: Iterable[str]) -> None:
    """Remove files and folders that match a pattern."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if _fits(path.relative_to(folder), unwanted):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def distributions(folder: Path, unwanted: Iterable[str] = ()) -> list[Distribution]:
    """Return the distributions in `folder`, the largest first. Do not count files that match `unwanted`."""
    unwanted = tuple(unwanted)
    found = []
    for record in folder.glob("*.dist-info/RECORD"):
        with record.open(encoding="utf-8", newline="") as lines:
            paths = [Path(row[0]) for row in csv.reader(lines)]
        kept = [p for p in paths if ".." not in p.parts and not any(_fits(each, unwanted) for each in (p, *p.parents))]
        name, version = record.parent.name.removesuffix(".dist-info").split("-")
        size = sum((folder / path).stat().st_size for path in kept if (folder / path).is_file())
        found.append(Distribution(name.replace("_", "-").lower(), version, size))
    return sorted(found, key=lambda each: -each.size)


def _fits(path: Path, unwanted: Iterable[str]) -> bool:
    text = path.as_posix()
    return any(
        fnmatch.fnmatchcase(f"/{text}" if p.startswith("**/") else text, p.replace("**/", "*/")) for p in unwanted
    )


def _alternatives(pattern: str) -> Iterator[str]:
    """Expand `a{b,c}` to `ab` and `ac`. The plugin's globs support such braces, and Python's globs do not."""
    braces = re.fullmatch(r"(.*)\{(.*)\}(.*)", pattern)
    if braces is None:
        yield pattern
        return
    for each in braces[2].split(","):
        yield f"{braces[1]}{each}{braces[3]}"


def _made_of(peer: Peer) -> str:
    sources = [*sorted(peer.folder.glob("requirements*.txt")), *peer.sources, ROOT / "pyproject.toml", Path(__file__)]
    if peer.name == OURS:
        sources += sorted((ROOT / "src").rglob("*.py"))
    digest = hashlib.sha256(f"{sys.version} {patterns()} {peer}".encode())
    for source in sources:
        digest.update(source.relative_to(ROOT).as_posix().encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()


def _install(requirements: Path, target: Path) -> None:
    alone = ["--no-deps"] if requirements.stem.endswith("-alone") else []
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    # A path in the file is relative to the file's folder.
    result = subprocess.run(  # noqa: S603 - our own arguments
        [*command, "--upgrade", *alone, "--target", str(target), "--requirement", requirements.name],
        cwd=requirements.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise CliError(
            f"pip could not install {requirements}: {result.stderr.strip()[-1000:]}",
            "Check the network: the first run needs the package index.",
        )


def _keep_only(only: Iterable[str], folder: Path) -> None:
    for distribution in {name.split("/")[0] for name in only}:
        for path in sorted((folder / distribution).rglob("*"), reverse=True):
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path.relative_to(folder).as_posix() not in only:
                path.unlink()
