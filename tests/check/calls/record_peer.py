"""Record what iam-policy-autopilot extracts from the corpus, without a network.

python -m venv /tmp/peer && /tmp/peer/bin/pip install iam-policy-autopilot
python -m tests.check.calls.record_peer /tmp/peer/bin/iam-policy-autopilot
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from tests.check.calls.figures import PARTS, PEER, Case, cases


def record(program: str, case: Case) -> list[dict[str, Any]]:
    """Its records for one service: each method, its place, the services that it may be of, its parameters."""
    found = []
    for file in sorted(case.folder.rglob("*.py")):
        command = [program, "extract-sdk-calls", "--full-output", str(file)]
        environment = {**os.environ, "DISABLE_IAM_POLICY_AUTOPILOT_TELEMETRY": "true"}
        answer = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        for each in json.loads(answer.stdout or "[]"):
            start, end = (
                int(part.partition(".")[0]) for part in each["Metadata"]["Location"].rpartition(":")[2].split("-")
            )
            texts = [json.dumps(parameter) for parameter in each["Metadata"].get("Parameters", [])]
            found.append(
                {
                    "case": case.name,
                    "path": file.relative_to(case.folder).as_posix(),
                    "lines": [start, end],
                    "method": each["Name"],
                    "services": sorted(each["PossibleServices"]),
                    "parameters": sorted(
                        text.replace('\\"', '"') for text in texts if "environ" in text or "getenv" in text
                    ),
                }
            )
    return found


def main(program: str) -> None:
    """Write the record."""
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    told = [json.dumps(each) for part in PARTS for case in cases(part) for each in record(program, case)]
    calls = [
        json.loads(text) for text in dict.fromkeys(told)
    ]  # a method that is several operations comes several times
    calls.sort(key=lambda each: (each["case"], each["path"], each["lines"], each["method"]))
    PEER.write_text(json.dumps({"version": version, "calls": calls}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
