"""Reads and writes a baseline: a file with the known findings of old code, which are not reported again.

The code, the file and the message identify a kind of finding. The line does not matter, so code may move. The baseline
has the number of findings of each kind.
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
    """A baseline that cannot be read. The message says why."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The number of known findings of each kind."""

    known: Counter[_Key]

    def new(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings that are not in the baseline, in their order."""
        left = Counter(self.known)
        new = []
        for finding in findings:
            if left[_key(finding)] > 0:
                left[_key(finding)] -= 1
            else:
                new.append(finding)
        return new

    def gone(self, findings: Iterable[Finding]) -> int:
        """Return how many known findings no longer occur."""
        return (self.known - Counter(map(_key, findings))).total()


def read_baseline(file: Path) -> Baseline:
    """Return the baseline in `file`.

    Raises:
        BaselineError: the file is missing, or `write_baseline` did not write it.
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
        raise BaselineError(
            f"{file} is not a baseline of pycommon check; write it again with --update-baseline"
        ) from None
    return Baseline(known)


def write_baseline(file: Path, findings: Iterable[Finding]) -> int:
    """Write all findings to the baseline, sorted for review. Return their number."""
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
