"""Services of many lines, made of the corpus, to measure the reader by.

python -m tests.check.calls.many_lines 20000
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from pycommon_cli.analysis.python import read_code
from tests.check.calls.figures import PARTS, cases

_A_SERVICE = 1200  # lines


def write(root: Path, lines: int) -> int:
    """Write services of about so many lines in all; how many there are."""
    chosen = [case for part in PARTS for case in cases(part)]
    written = in_service = service = number = 0
    while written < lines:
        case = chosen[number % len(chosen)]
        number += 1
        for file in case.folder.rglob("*.py"):
            text = file.read_text("utf-8")
            target = root / f"service{service}" / f"part{number}" / file.relative_to(case.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
            written += text.count("\n")
            in_service += text.count("\n")
        if in_service >= _A_SERVICE:
            service, in_service = service + 1, 0
    return written


def read_services(root: Path) -> None:
    """Read every service below `root`."""
    for folder in sorted(root.iterdir()):
        read_code(folder, root, {f"{part.name}/app.handler" for part in folder.iterdir()})


def seconds_to_read(root: Path) -> float:
    """Return the processor time that reading every service below `root` takes."""
    began = time.process_time()
    read_services(root)
    return time.process_time() - began


def main(lines: int) -> None:
    """Measure once."""
    with TemporaryDirectory() as folder:
        written = write(Path(folder), lines)
        print(f"{written} lines in {seconds_to_read(Path(folder)):.2f} s")  # noqa: T201 - a script


if __name__ == "__main__":
    main(int(sys.argv[1]))
