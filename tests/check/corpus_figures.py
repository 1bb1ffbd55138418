"""The corpus of planted faults: what each service is to bring, what the check finds, and the figures of both."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pycommon_cli.check.check_settings import Settings
from pycommon_cli.check.service_check import check

CORPUS = Path(__file__).parent / "corpus"
STYLES = ("own", "public")

PlantedFault = tuple[str, str, int]  # code, path from the service folder, line


@dataclass(frozen=True)
class CorpusService:
    """One service of the corpus: its style, a description of its faults, and the expected findings."""

    name: str
    style: str
    about: str
    expected: frozenset[PlantedFault]

    def found(self) -> frozenset[PlantedFault]:
        """Return the findings of the check."""
        report = check([CORPUS / self.name], CORPUS, Settings(), jobs=1)
        return frozenset(
            (each.code, each.place.path.removeprefix(f"{self.name}/"), each.place.line) for each in report.findings
        )


@dataclass(frozen=True)
class CorpusFigures:
    """The number of planted faults, of faults found at their line, and of other findings."""

    services: int
    planted: int
    found: int
    other: int

    @property
    def recall(self) -> float:
        return self.found / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.other) if self.found + self.other else 1.0

    def row(self, name: str) -> str:
        """Return a row of the table in docs/check-command.md."""
        return (
            f"| {name} | {self.services} | {self.planted} | {self.found} | {self.other} | "
            f"{self.recall:.3f} | {self.precision:.3f} |"
        )


def cases() -> list[CorpusService]:
    """Every service of the corpus."""
    return [_case(file) for file in sorted(CORPUS.glob("*/expected.json"))]


def figures(results: dict[CorpusService, frozenset[PlantedFault]]) -> CorpusFigures:
    """The figures of some services, each with what was found in it."""
    return CorpusFigures(
        len(results),
        sum(len(case.expected) for case in results),
        sum(len(case.expected & found) for case, found in results.items()),
        sum(len(found - case.expected) for case, found in results.items()),
    )


def table(results: dict[CorpusService, frozenset[PlantedFault]]) -> str:
    """The figures by style, as docs/check-command.md has them."""
    rows = [
        figures({case: found for case, found in results.items() if case.style == style}).row(style) for style in STYLES
    ]
    head = "| style | services | planted | found | other findings | recall | precision |\n|---|---|---|---|---|---|---|"
    return "\n".join([head, *rows, figures(results).row("all")])


def _case(file: Path) -> CorpusService:
    sidecar = json.loads(file.read_text("utf-8"))
    expected = frozenset((each["code"], each["path"], each["line"]) for each in sidecar["findings"])
    return CorpusService(file.parent.name, sidecar["style"], sidecar["about"], expected)
