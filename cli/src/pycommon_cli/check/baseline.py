"""A baseline: findings of old code that are known, so that only new ones are told.

A finding is known by its code, its file and its message, not by its line: code that moves brings nothing back. Where
there are several of the same, only as many as were known.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pycommon_cli.check.findings import Finding

__all__ = ["Baseline", "BaselineError", "read_baseline", "write_baseline"]

_VERSION = 1
_Key = tuple[str, str, str]


class BaselineError(Exception):
    """A baseline that cannot be read; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """How many findings of each kind are known."""

    known: Counter[_Key]

    def new(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings beyond those known, in their order."""
        left = Counter(self.known)
        new = []
        for finding in findings:
            if left[_key(finding)] > 0:
                left[_key(finding)] -= 1
            else:
                new.append(finding)
        return new

    def gone(self, findings: Iterable[Finding]) -> int:
        """How many of the known ones are there no more."""
        return (self.known - Counter(map(_key, findings))).total()


def read_baseline(file: Path) -> Baseline:
    """The baseline in `file`.

    Raises:
        BaselineError: it is not there, or none that `write_baseline` wrote.
    """
    try:
        document: Any = json.loads(file.read_text("utf-8"))
        entries = document["findings"]
        known = Counter({(each["code"], each["path"], each["message"]): int(each["count"]) for each in entries})
    except OSError as error:
        raise BaselineError(
            f"the baseline {file} cannot be read ({error.strerror}); write it with --update-baseline"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise BaselineError(f"{file} is no baseline of pycommon check; write it anew with --update-baseline") from None
    return Baseline(known)


def write_baseline(file: Path, findings: Iterable[Finding]) -> int:
    """Make all these findings known; how many they are. The file is sorted, so that its changes are easy to review."""
    counted = Counter(map(_key, findings))
    entries = [
        {"path": path, "code": code, "message": message, "count": count}
        for (code, path, message), count in sorted(counted.items(), key=lambda item: (item[0][1], item[0]))
    ]
    file.write_text(
        json.dumps({"version": _VERSION, "findings": entries}, indent=1, ensure_ascii=False) + "\n", "utf-8"
    )
    return counted.total()


def _key(finding: Finding) -> _Key:
    return (finding.code, finding.place.path, finding.message)
