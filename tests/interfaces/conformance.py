"""Test a running service with Schemathesis and the service's OpenAPI document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_CHECKED = (
    "unsupported_method",  # API Gateway answers methods without an event
    "positive_data_acceptance",  # an operation may refuse a request that matches its schema, e.g. an unknown operation
)
_PATIENCE_S = 540
_LAST_LINES = 80


def conforms(
    document: Mapping[str, Any],
    url: str,
    headers: Mapping[str, str],
    folder: Path,
    *,
    max_examples: int = 3,
    phases: str = "coverage,fuzzing",
) -> None:
    """Drive every operation of `document` at `url`; fail with what Schemathesis says of it, if anything.

    Every answer must have a documented status and media type, fit the schema of that status, and be no 5xx; what does
    not fit the schema of a request must be refused; and so must be a request without a token.
    """
    file = folder / "openapi.json"
    file.write_text(json.dumps(document))
    sent = [part for name, value in headers.items() for part in ("--header", f"{name}: {value}")]
    ran = subprocess.run(
        [
            *(Path(sys.executable).with_name("schemathesis"), "run", file, "--url", url, *sent),
            *("--phases", phases, "--exclude-checks", ",".join(NOT_CHECKED), "--request-timeout", "35"),
            *("--max-examples", str(max_examples), "--generation-database", "none", "--no-color", "--seed", "6"),
        ],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=_PATIENCE_S,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
        check=False,
    )
    said = "\n".join(f"{ran.stdout}\n{ran.stderr}".splitlines()[-_LAST_LINES:])
    assert ran.returncode == 0, said
    assert " passed" in said, said
