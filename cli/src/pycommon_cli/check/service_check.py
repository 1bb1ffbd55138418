"""Checks services: reads them, runs the rules, and removes the findings that comments or settings suppress."""

from __future__ import annotations

import os
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Place, ReadingTrouble, Text
from pycommon_cli.analysis.python import read_code
from pycommon_cli.analysis.python.python_files import python_files
from pycommon_cli.analysis.serverless import FILE_NAMES, read_configuration
from pycommon_cli.analysis.service_facts import Service
from pycommon_cli.check.findings import Finding, Severity
from pycommon_cli.check.fixes import fix_for
from pycommon_cli.check.noqa_comments import Suppressions
from pycommon_cli.check.rules import rules
from pycommon_cli.check.rules.template_properties import at, resources
from pycommon_cli.check.source_texts import Sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pycommon_cli.check.check_settings import Settings

__all__ = ["FAILED", "CheckReport", "check"]

FAILED = "SRC004"
"""The code of the rule that reports a bug in the check itself."""
_WORTH_PROCESSES = 300_000  # bytes of Python (about 8,000 lines); reading less is as fast as starting processes


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of a check.

    Attributes:
        root: the folder to which all paths are relative.
        services: the service folders that were read.
        findings: the findings, sorted by file and line.
        silenced: the number of findings that comments, settings or the baseline suppressed.
        files: every file that was read.
    """

    root: Path
    services: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    silenced: int = 0
    files: tuple[str, ...] = field(default=(), repr=False)

    @property
    def counts(self) -> Counter[str]:
        """The number of findings of each rule code."""
        return Counter(finding.code for finding in self.findings)


def check(folders: Sequence[Path], root: Path, settings: Settings, *, jobs: int | None = None) -> CheckReport:
    """Check the services in `folders` without running them.

    Args:
        folders: the service folders.
        root: the folder to which the paths of findings are relative.
        settings: the settings, which say which rules run.
        jobs: the number of processes that read services. By default, this is the number of processors if there is much
            to read, and otherwise 1.

    Example:
        >>> report = check([Path("amplify-lambda")], Path("."), Settings())
        >>> [(finding.code, finding.place.line) for finding in report.findings]
    """
    read = list(_read_all(folders, root, settings.stage, jobs))
    published = frozenset(name for service in read for name in _published(service))
    sources = Sources(root)
    findings: list[Finding] = []
    silenced = 0
    for one in read:
        service = replace(one, published=published, expected_parameters=settings.parameter_store)
        found = list(_findings(service, settings))
        kept = list(_kept(found, service, settings, sources))
        silenced += len(found) - len(kept)
        findings += [replace(each, fix=fix_for(each, sources)) for each in kept]
    return CheckReport(
        root,
        tuple(_shown(folder, root) for folder in folders),
        tuple(sorted(findings, key=_order)),
        silenced,
        tuple(sorted({file for service in read for file in _files(service)})),
    )


def _read_all(folders: Sequence[Path], root: Path, stage: str, jobs: int | None) -> list[Service]:
    read = partial(_read, root=root, stage=stage)
    jobs = min(jobs or _jobs(folders), len(folders))
    if jobs <= 1:
        return [read(folder) for folder in folders]
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(read, folders, chunksize=-(-len(folders) // (jobs * 4))))


def _jobs(folders: Sequence[Path]) -> int:
    """Return the number of processors if several processes are faster than one. Otherwise return 1."""
    if len(folders) == 1:
        return 1
    size = sum(file.stat().st_size for folder in folders for file in python_files(folder))
    return os.cpu_count() or 1 if size >= _WORTH_PROCESSES else 1


def _read(folder: Path, root: Path, stage: str) -> Service:
    """Read one service. An exception in a reader is a bug, and must not stop the check of the other services."""
    try:
        configuration = read_configuration(folder, root, stage)
        references = {function.handler for function in configuration.functions.values()}
        return Service(read_code(folder, root, references), configuration)
    except Exception as error:  # noqa: BLE001 - see the docstring
        return Service(failures=(_failure(_shown(folder, root), error),))


def _findings(service: Service, settings: Settings) -> Iterable[Finding]:
    yield from map(_failed, service.failures)
    for code, rule in rules().items():
        if not settings.wants(code):
            continue
        try:
            yield from [settings.with_project_severity(each) for each in rule.findings(service)]
        except Exception as error:  # noqa: BLE001 - the other rules still run
            yield _failed(_failure(service.folder, error))


def _kept(found: Iterable[Finding], service: Service, settings: Settings, sources: Sources) -> Iterable[Finding]:
    suppressions = Suppressions(sources, service.code.noqa)
    kept = set()
    for finding in found:
        key = (finding.code, finding.place, finding.message)
        if key in kept or suppressions.silence(finding) or settings.ignored_in(finding.code, finding.place.path):
            continue
        kept.add(key)
        yield finding


def _failure(folder: str, error: Exception) -> ReadingTrouble:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return ReadingTrouble(
        Place(f"{folder}/{FILE_NAMES[0]}".removeprefix("./"), 1),
        f"pycommon check failed here: {type(error).__name__} in {Path(last.filename).name}:{last.lineno}: {error}",
        "report this bug with the file; the other rules and services were checked",
    )


def _failed(failure: ReadingTrouble) -> Finding:
    return Finding(FAILED, Severity.ERROR, failure.message, failure.help_text, failure.place)


def _published(service: Service) -> Iterable[str]:
    """Yield the names of the parameters that the template of a service creates in Parameter Store."""
    for parameter in resources(service, "AWS::SSM::Parameter"):
        name = parameter.name or at(parameter.properties, "Name")
        if isinstance(name, Text | str):
            yield str(name)


def _files(service: Service) -> Iterable[str]:
    yield from service.code.noqa
    yield from (handler.place.path for handler in service.code.handlers.values())
    yield from (service.configuration.files if service.configuration else ())


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    return (finding.place.path, finding.place.line, finding.place.column, finding.code, finding.message)


def _shown(folder: Path, root: Path) -> str:
    folder, root = folder.resolve(), root.resolve()
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.as_posix()
