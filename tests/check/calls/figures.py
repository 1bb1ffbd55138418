"""The corpus of call sites: what each needs, what the reader finds, what iam-policy-autopilot finds, and the figures.

A call site is a line that calls AWS; its comment says what the call needs and through which variable:

    s3.get_object(Bucket=BUCKET, Key=key)  # aws: s3:GetObject FILES_BUCKET

"-" stands for a resource that no variable names. `open` was written before the reader, and the reader with it;
`held_out` was written then too, and looked at only when the reader was ready; `later` was written after the reader.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pycommon.dal.providers.aws.resource_perms import operation_for
from pycommon_cli.analysis.python import read_code
from pycommon_cli.analysis.python.aws.iam_names import actions_of
from pycommon_cli.analysis.python.aws.managed_transfers import TRANSFERS
from pycommon_cli.analysis.python.aws.service_models import service_model

CORPUS = Path(__file__).parent
PARTS = ("open", "held_out", "later")
PEER = CORPUS / "iam_policy_autopilot.json"
HANDLER = "app.handler"
_MARK = "# aws:"
_VARIABLE = re.compile(r"""environ(?:\.get\(|\[)\s*["'](\w+)["']|getenv\(\s*["'](\w+)["']""")

Need = tuple[str, int, str, str | None]  # path, line, IAM action, variable


@dataclass(frozen=True)
class Case:
    """One small service of the corpus."""

    part: str
    folder: Path

    @property
    def name(self) -> str:
        return f"{self.part}/{self.folder.name}"

    def needs(self) -> set[Need]:
        """What its comments say."""
        found: set[Need] = set()
        for file in self.folder.rglob("*.py"):
            for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
                for each in line.partition(_MARK)[2].split(";") if _MARK in line else ():
                    action, variable = each.split()
                    found.add(
                        (
                            self._path(file),
                            number,
                            action,
                            None if variable == "-" else variable,
                        )
                    )
        return found

    def found(self) -> set[Need]:
        """What the reader finds."""
        handler = read_code(self.folder, self.folder, {HANDLER}).handlers[HANDLER]
        return {
            (call.place.path, call.place.line, action, call.variable)
            for call in handler.calls
            if not call.conditional
            for action in call.actions
        }

    def found_by_peer(self, recorded: list[dict[str, Any]]) -> set[Need]:
        """What iam-policy-autopilot extracted. It names methods; actions are looked up for it as for the reader.

        It tells the lines of a whole statement: a need on any of them is found.
        """
        needed = {(path, line, action) for path, line, action, _ in self.needs()}
        found: set[Need] = set()
        for each in recorded:
            if each["case"] == self.name:
                variables = sorted({a or b for text in each["parameters"] for a, b in _VARIABLE.findall(text)})
                start, end = each["lines"]
                for action in _actions(each["method"], each["services"]):
                    inside = [line for line in range(start, end + 1) if (each["path"], line, action) in needed]
                    found |= {
                        (each["path"], line, action, name) for line in inside or [start] for name in variables or [None]
                    }
        return found

    def _path(self, file: Path) -> str:
        return file.relative_to(self.folder).as_posix()


@dataclass(frozen=True)
class Figures:
    """How much of what is needed was found, and how much of what was found is needed."""

    needed: int
    found: int
    right: int

    @classmethod
    def of(cls, pairs: list[tuple[set[Any], set[Any]]]) -> Figures:
        return cls(
            sum(len(a) for a, _ in pairs),
            sum(len(b) for _, b in pairs),
            sum(len(a & b) for a, b in pairs),
        )

    @property
    def recall(self) -> float:
        return self.right / self.needed

    @property
    def precision(self) -> float:
        return self.right / self.found

    def __str__(self) -> str:
        return f"{self.recall:.3f} / {self.precision:.3f}"


def cases(part: str) -> list[Case]:
    """The services of one part."""
    return [Case(part, folder) for folder in sorted((CORPUS / part).iterdir()) if folder.is_dir()]


def table() -> str:
    """The figures as they stand in the docs."""
    recorded = json.loads(PEER.read_text("utf-8"))["calls"]
    rows = [
        "| part | call sites | needs | pycommon | without variables | iam-policy-autopilot | without variables |",
        "|---|---|---|---|---|---|---|",
    ]
    for part in (*PARTS, "all"):
        chosen = [case for each in (PARTS if part == "all" else (part,)) for case in cases(each)]
        needs = [case.needs() for case in chosen]
        own = [case.found() for case in chosen]
        peer = [case.found_by_peer(recorded) for case in chosen]
        columns = [
            str(Figures.of([(shape(need), shape(found)) for need, found in zip(needs, answers, strict=True)]))
            for answers in (own, peer)
            for shape in (_whole, _without_variable)
        ]
        sites = sum(len({need[:2] for need in each}) for each in needs)
        rows.append(f"| {part} | {sites} | {sum(map(len, needs))} | {' | '.join(columns)} |")
    return "\n".join(rows)


def _whole(needs: set[Need]) -> set[Any]:
    return set(needs)


def _without_variable(needs: set[Need]) -> set[Any]:
    return {need[:3] for need in needs}


def _actions(method: str, services: list[str]) -> set[str]:
    found: set[str] = set()
    for service in services:
        model = service_model(service)
        named = model.operations.get(method) if model is not None else None
        transfer = TRANSFERS.get(method) if service == "s3" else None
        for operation in transfer.operations if transfer else [named] if named else []:
            member = operation_for(service, operation)
            if member is not None:
                found.update(member.actions)
            elif model is not None:
                found.update(actions_of(model, operation))
            if operation in ("CopyObject", "UploadPartCopy"):
                found.add("s3:GetObject")
    return found
