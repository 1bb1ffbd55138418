"""Check the sample service: responses, usage items, declarations and grants. `Tour` is the state of all steps."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from demo import aws_lookups
from pycommon.env.observed_call import resource_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Step = tuple[str, Callable[["Tour"], None]]

    from demo.tour_report import TourReport
    from pycommon_cli.local.local_aws import LocalAws
    from pycommon_cli.local.rest_api import RestResponse

__all__ = ["Step", "Tour", "awaited", "declared", "granted", "guarded", "metered"]

PATH = "/sample/visits"
GOOD = {"data": {"message": "hello from the tour"}}
PATIENCE_S = 5.0

NEEDED = {
    "amplify-lambda-python-base": {"SAMPLE_DYNAMODB_TABLE", "ACCOUNTS_DYNAMO_TABLE", "USAGE_METRICS_DYNAMO_TABLE"},
    "amplify-lambda": {"FILES_DYNAMO_TABLE", "S3_RAG_INPUT_BUCKET_NAME", "RAG_CHUNK_DOCUMENT_QUEUE_URL"},
    "amplify-agent-loop-lambda": {"WORKFLOW_TEMPLATES_TABLE", "WORKFLOW_RUNS_TABLE", "AGENT_NOTES_TABLE"},
    "amplify-platform": {"USAGE_METRICS_DYNAMO_TABLE", "COST_CALCULATIONS_DYNAMO_TABLE"},
}
"""The variables that the record of each service must contain."""


@dataclass
class Tour:
    """The state of a tour: the local AWS, the report, and the start time."""

    stack: LocalAws
    report: TourReport
    began: float = field(default_factory=time.time)

    def ask(  # noqa: PLR0913 - a request and what is expected of its answer
        self,
        asked: str,
        status: int,
        *,
        data: object,
        token: str | None = None,
        body: dict[str, Any] | None = None,
        text: str = "",
    ) -> None:
        """Send a POST request to the sample endpoint. Check the status, members of the body, and a text in the body."""
        began, clock = time.time(), time.perf_counter()
        answer = self.stack.call("POST", PATH, data=data, token=token)
        took = (time.perf_counter() - clock) * 1000
        right = answer.status == status and text in answer.body and _has(answer, body or {})
        self.report.check(
            f"POST {PATH} with {asked}",
            f"{answer.status} {_short(answer)} ({took:.0f} ms)",
            right=right,
            why="" if right else f"expected {status}\n{aws_lookups.complaints(self.stack, began)}",
        )


def guarded(tour: Tour) -> None:
    """Check the responses of `@validated`."""
    token, user = tour.stack.token(aws_lookups.USER), aws_lookups.USER
    again = {"previousMessage": GOOD["data"]["message"]}
    tour.ask("a good request", 200, token=token, data=GOOD, body={"success": True, "user": user, "name": user})
    tour.ask("the same again, warm", 200, token=token, data=GOOD, body=again)
    wrong = {"data": {"message": 3}}
    tour.ask("a message that is a number", 400, token=token, data=wrong, text='"pointer":"/data/message"')
    tour.ask("a body that is not JSON", 400, token=token, data="{")
    tour.ask("no token", 401, data=GOOD)
    tour.ask("a tampered token", 401, token=_tampered(token), data=GOOD)
    others = {"data": {"message": "x", "visitor": "grace"}}
    tour.ask("a visit of another user", 403, token=token, data=others)


def metered(tour: Tour) -> None:
    """Check the items in USAGE_METRICS_DYNAMO_TABLE."""
    expected = ["200", "200", "400", "400", "403"]
    items = awaited(lambda: aws_lookups.usage(tour.stack, tour.began), at_least=len(expected))
    statuses = sorted(str(item.get("status_code")) for item in items)
    tour.report.check(
        "a usage item for each request of a known caller",
        f"status {', '.join(statuses) or 'none'}",
        right=statuses == expected,
        why=aws_lookups.complaints(tour.stack, tour.began),
    )
    for item in sorted(items, key=lambda item: str(item["timestamp"]))[:2]:
        paid = item["account"] == "general_account" and item["duration_ms"] > 0 and item["lambda_cost"] > 0
        tour.report.check(
            f"{item['operation']} at {item['timestamp']}",
            f"{item['duration_ms']} ms, {item['memory_used_mb']} of {item['memory_allocated_mb']} MB, "
            f"{item['lambda_cost']:.10f} USD, paid by {item['account']} for {item['user']}",
            right=bool(paid),
        )


def declared(tour: Tour, folders: Iterable[str] = tuple(aws_lookups.SERVICES)) -> None:
    """Check the record of variables in ENV_VARS_TRACKING_TABLE."""
    for folder in folders:
        _declared_by(tour, folder)


def _declared_by(tour: Tour, folder: str) -> None:
    variables = aws_lookups.variables_of_service(tour.stack, folder)
    needed = NEEDED[folder]
    uses = awaited(lambda: aws_lookups.variable_uses(tour.stack, folder), at_least=len(needed))
    for use in sorted(uses, key=lambda use: str(use["variable"])):
        tour.report.check(
            f"{folder}: {use['variable']}",
            f"{', '.join(sorted(use.get('operations', ()))) or 'configuration'}; found in {use['found_in']}",
            right=variables[str(use["variable"])] not in {use[name] for name in use.keys() - {"stage"}},
            why="the record contains the value of the variable",
        )
    missing = needed - {str(use["variable"]) for use in uses}
    tour.report.check(
        f"{folder}: every variable that was used is in the record",
        f"missing: {', '.join(sorted(missing)) or 'none'}",
        right=not missing,
        why=aws_lookups.complaints(tour.stack, tour.began),
    )


def granted(tour: Tour, folders: Iterable[str] = tuple(aws_lookups.SERVICES)) -> None:
    """Compare the policies of the roles with the record, and call an undeclared operation with a role."""
    for folder in folders:
        _granted_to(tour, folder)
    variables = aws_lookups.variables(tour.stack)
    scan = "boto3.client('dynamodb').scan(TableName=event['table'], Limit=1)"
    answer = aws_lookups.run_as_the_function(tour.stack, scan, {"table": variables["SAMPLE_DYNAMODB_TABLE"]})
    tour.report.check(
        "dynamodb:Scan, which is not declared, with the role of the function",
        answer,
        right="AccessDenied" in answer and "dynamodb:Scan" in answer,
    )


def _granted_to(tour: Tour, folder: str) -> None:
    variables = aws_lookups.variables_of_service(tour.stack, folder)
    allowed = aws_lookups.granted_actions(tour.stack, f"{folder}:{aws_lookups.SERVICES[folder][0]}")
    needed = {
        (str(action), resource_name(variables[str(use["variable"])]))
        for use in aws_lookups.variable_uses(tour.stack, folder)
        for action in use.get("operations", ())
    }
    for action, resource in sorted(needed):
        right = any(aws_lookups.covers(grant, action, resource) for grant in allowed)
        came_back = "granted" if right else f"{action} is NOT granted"
        tour.report.check(f"{folder}: {action} on {resource}", came_back, right=right)
    extra = sorted(
        {grant[0] for grant in allowed if not any(aws_lookups.covers(grant, *declared_one) for declared_one in needed)}
    )
    tour.report.check(
        f"{folder}: no other action", ", ".join(extra) or "every granted action is declared", right=not extra
    )


def _has(answer: RestResponse, members: dict[str, Any]) -> bool:
    try:
        body = answer.json()
    except ValueError:
        return False
    return isinstance(body, dict) and all(body.get(name) == value for name, value in members.items())


def _short(answer: RestResponse, limit: int = 110) -> str:
    try:
        body = answer.json()
    except ValueError:
        return answer.body[:limit]
    shown = body.get("error") if isinstance(body, dict) and body.get("error") else answer.body
    return str(shown)[:limit]


def _tampered(token: str) -> str:
    """Return the token with another user in its payload, and with the old signature."""
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    forged = json.dumps({**claims, "username": "root"}).encode()
    return f"{header}.{base64.urlsafe_b64encode(forged).decode().rstrip('=')}.{signature}"


def awaited(
    read: Callable[[], list[dict[str, Any]]], at_least: int, patience_s: float = PATIENCE_S
) -> list[dict[str, Any]]:
    """Call `read` until it returns `at_least` rows or the time is over. Return the last rows."""
    end = time.monotonic() + patience_s
    while len(rows := read()) < at_least and time.monotonic() < end:
        time.sleep(0.1)
    return rows
