"""`@track_execution` meters event-driven functions, and has no other effect."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon.decorators import required_env_vars, track_execution
from pycommon.metrics import Payer, UsageMetrics, bill_to, record_usage_with
from pycommon.testing import LambdaContext, fresh_execution_environment
from tests.metrics.json_values import JSON

if TYPE_CHECKING:
    from conftest import Aws

pytestmark = pytest.mark.usefixtures("cold_start")

USAGE = "USAGE_METRICS_DYNAMO_TABLE"
SQS_EVENT = {"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}


def usage_of(aws: Aws) -> dict[str, Any]:
    (item,) = aws.items(USAGE)
    return item


def test_bare(aws: Aws) -> None:
    @track_execution
    def nightly(_event: Any, _context: Any) -> dict[str, int]:
        """Close the day."""
        return {"statusCode": 200}

    context = LambdaContext()
    assert nightly(SQS_EVENT, context) == {"statusCode": 200}
    assert (nightly.__name__, nightly.__doc__) == ("nightly", "Close the day.")
    usage = usage_of(aws)
    wanted = {"operation": "nightly", "endpoint": "SQS", "event_source": "SQS", "success": True, "status_code": 200}
    assert {name: usage[name] for name in wanted} == wanted
    assert (usage["account"], usage["user"], usage["request_id"]) == ("system", "system", context.aws_request_id)


def test_with_arguments(aws: Aws) -> None:
    @track_execution(operation_name="close_day", account="finance", user="scheduler")
    def nightly(event: Any, context: Any) -> None: ...

    assert nightly(SQS_EVENT, LambdaContext()) is None
    usage = usage_of(aws)
    assert (usage["operation"], usage["account"], usage["user"]) == ("close_day", "finance", "scheduler")


@pytest.mark.parametrize(
    ("result", "success"),
    [
        (None, True),
        ("done", True),
        ({"statusCode": 200}, True),
        ({"statusCode": 500}, False),
        ({"success": False}, False),
        ({"batchItemFailures": []}, True),
        ({"batchItemFailures": [{"itemIdentifier": "1"}]}, False),
    ],
)
def test_results_go_through_and_say_whether_it_worked(aws: Aws, result: Any, *, success: bool) -> None:
    @track_execution
    def nightly(_event: Any, _context: Any) -> Any:
        return result

    assert nightly(SQS_EVENT, LambdaContext()) is result
    assert usage_of(aws)["success"] is success


@pytest.mark.parametrize("error", [ValueError("secret detail"), KeyboardInterrupt(), SystemExit(1)])
def test_what_is_raised_goes_through_and_is_recorded(aws: Aws, error: BaseException) -> None:
    @track_execution
    def nightly(_event: Any, _context: Any) -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        nightly(SQS_EVENT, LambdaContext())
    assert caught.value is error
    usage = usage_of(aws)
    assert (usage["success"], usage["error_type"]) == (False, type(error).__name__)
    assert "secret detail" not in str(usage)


@pytest.mark.parametrize("event", [None, {}, [], "text", {"Records": [None]}])
def test_an_odd_event_and_no_context_are_metered_too(aws: Aws, event: Any) -> None:
    @track_execution
    def nightly(_event: Any, _context: Any) -> Any:
        return event

    assert nightly(event, None) == event
    usage = usage_of(aws)
    assert usage["event_source"] in {"Direct", "Unknown"}
    assert usage["request_id"] is None


@pytest.mark.parametrize("table", [None, "no-such-table"])
def test_trouble_with_the_table_never_reaches_the_handler(
    capsys: pytest.CaptureFixture[str], table: str | None
) -> None:
    @track_execution
    def nightly(_event: Any, _context: Any) -> str:
        return "done"

    with fresh_execution_environment({USAGE: table}):
        assert nightly(SQS_EVENT, LambdaContext()) == "done"
    assert "USAGE_NOT_RECORDED" in capsys.readouterr().out


def test_below_required_env_vars_the_table_may_stand_in_parameter_store(aws: Aws, cold_start: dict[str, str]) -> None:
    @required_env_vars(USAGE)
    @track_execution
    def nightly(event: Any, context: Any) -> None: ...

    aws.put_parameter(USAGE, cold_start[USAGE])
    with fresh_execution_environment({USAGE: None}):
        nightly(SQS_EVENT, LambdaContext())
    assert usage_of(aws)["operation"] == "nightly"


class Shelf:
    """A sink that keeps all records."""

    def __init__(self) -> None:
        self.taken: list[UsageMetrics] = []
        record_usage_with(self)

    def put(self, metrics: UsageMetrics) -> None:
        self.taken.append(metrics)

    def payers(self) -> list[tuple[str, str]]:
        return [(each.account, each.user) for each in self.taken]


def messages(*bodies: dict[str, str]) -> dict[str, Any]:
    return {"Records": [{"eventSource": "aws:sqs", "body": json.dumps(body)} for body in bodies]}


JANE, JOE = {"account": "acc-1", "user": "jane"}, {"account": "acc-1", "user": "joe"}


def test_each_payer_of_a_batch_has_a_part_of_the_whole(aws: Aws) -> None:
    @track_execution
    def digest(_event: Any, _context: Any) -> dict[str, Any]:
        return {"batchItemFailures": [{"itemIdentifier": "2"}]}

    digest(messages(JANE, JOE, JANE), LambdaContext())
    items = sorted(aws.items(USAGE), key=lambda item: item["user"])
    assert [(item["account"], item["user"], item["records"]) for item in items] == [
        ("acc-1", "jane", 2),
        ("acc-1", "joe", 1),
    ]
    assert all((item["batch_records"], item["failed_records"]) == (3, 1) for item in items)
    assert {item["error_type"] for item in items} == {"BatchItemFailures"}
    assert len({(item["request_id"], item["duration_ms"], item["billed_duration_ms"]) for item in items}) == 1
    assert sum(item["request_cost"] for item in items) == Decimal("0.0000002")
    assert items[0]["lambda_cost"] - 2 * items[1]["lambda_cost"] < Decimal("1e-23")


@given(st.lists(st.sampled_from([{}, JANE, JOE, {"user": "ann"}]), min_size=1, max_size=30), st.integers(128, 10_240))
def test_the_parts_sum_to_the_whole(bodies: list[dict[str, str]], memory_mb: int) -> None:
    with fresh_execution_environment({}):
        shelf = Shelf()
        track_execution(lambda _event, _context: None)(messages(*bodies), LambdaContext(memory_limit_in_mb=memory_mb))
    seconds = Decimal(shelf.taken[0].billed_duration_ms) / 1000
    price = Decimal("0.0000133334" if shelf.taken[0].architecture == "arm64" else "0.0000166667")
    assert sum(each.lambda_cost for each in shelf.taken) == price * memory_mb / 1024 * seconds
    assert sum(each.request_cost for each in shelf.taken) == Decimal("0.0000002")
    assert sum(each.records or 0 for each in shelf.taken) == len(bodies)
    assert len(set(shelf.payers())) == len(shelf.taken)


@pytest.mark.parametrize(
    ("named", "payers"),
    [
        ({}, [("acc-1", "jane"), ("acc-1", "joe")]),
        ({"account": "research"}, [("research", "jane"), ("research", "joe")]),
        ({"user": "robot"}, [("acc-1", "robot")]),
        ({"account": "research", "user": "robot"}, [("research", "robot")]),
        ({"extract_from_event": False}, [("system", "system")]),
        ({"extract_from_event": False, "account": "research"}, [("research", "system")]),
        (
            {"extract_from_event": lambda event: [("x", body["body"][-4:-2]) for body in event["Records"]]},
            [("x", "ne"), ("x", "oe")],
        ),
        ({"extract_from_event": lambda _event: []}, [("acc-1", "jane"), ("acc-1", "joe")]),
        ({"extract_from_event": lambda event: event["missing"]}, [("system", "system")]),
    ],
)
def test_what_the_decorator_says_of_the_payer(named: dict[str, Any], payers: list[tuple[str, str]]) -> None:
    shelf = Shelf()
    track_execution(**named)(_nothing)(messages(JANE, JOE), LambdaContext())
    assert shelf.payers() == payers


def _nothing(_event: Any, _context: Any) -> None: ...


def test_a_handler_that_knows_better_says_who_pays() -> None:
    shelf = Shelf()

    @track_execution(account="research")
    def digest(_event: Any, _context: Any) -> None:
        bill_to(account="acc-9", user="ann", records=3)
        bill_to(user="joe")
        bill_to(account="acc-9", user="ann")
        bill_to(account="acc-7")

    digest(messages(JANE), LambdaContext())
    assert [(Payer(each.account, each.user), each.records) for each in shelf.taken] == [
        (Payer("acc-9", "ann"), 4),
        (Payer("joe", "joe"), 1),
        (Payer("acc-7", "system"), 1),
    ]


def test_the_event_is_not_asked_for_a_payer_that_the_handler_has_named() -> None:
    shelf, asked = Shelf(), []

    @track_execution(extract_from_event=lambda event: asked.append(event) or [])
    def digest(_event: Any, _context: Any) -> None:
        bill_to(user="ann")

    digest(messages(JANE, JOE), LambdaContext())
    assert (asked, shelf.payers(), shelf.taken[0].batch_records) == ([], [("ann", "ann")], 2)


def test_what_a_handler_billed_before_it_failed_counts() -> None:
    shelf = Shelf()

    @track_execution
    def digest(_event: Any, _context: Any) -> None:
        bill_to(user="ann")
        raise LookupError

    with pytest.raises(LookupError):
        digest({}, LambdaContext())
    assert (shelf.payers(), shelf.taken[0].error_type) == ([("ann", "ann")], "LookupError")


@pytest.mark.parametrize("wrong", [{}, {"account": ""}, {"user": "ann", "records": 0}])
def test_nobody_is_no_payer(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected an account or a user"):
        bill_to(**wrong)


def test_outside_an_execution_nobody_is_billed(caplog: pytest.LogCaptureFixture) -> None:
    bill_to(user="ann")
    assert "the call has no effect" in caplog.text


def test_executions_at_once_do_not_pay_for_each_other() -> None:
    shelf = Shelf()
    both_run = threading.Barrier(2, timeout=10)

    @track_execution
    def digest(event: Any, _context: Any) -> None:
        bill_to(user=event["for"])
        both_run.wait()

    threads = [threading.Thread(target=digest, args=({"for": user}, LambdaContext())) for user in ("ann", "joe")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(shelf.payers()) == [("ann", "ann"), ("joe", "joe")]


def test_a_scheduled_event_delivered_again_under_its_request_id_stays_one(aws: Aws) -> None:
    now = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    tick = {"source": "aws.events", "detail-type": "Scheduled Event", "time": now, "detail": {}}
    nightly = track_execution(lambda _event, _context: None)
    context = LambdaContext()
    nightly(tick, context)
    nightly(tick, context)
    assert len(aws.items(USAGE)) == 1
    nightly(tick, LambdaContext())
    assert len(aws.items(USAGE)) == 2


def test_an_event_delivered_again_because_it_had_failed_is_another_execution(aws: Aws) -> None:
    now = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    tick = {"source": "aws.events", "detail-type": "Scheduled Event", "time": now, "detail": {}}
    fails = iter([True, False])

    @track_execution
    def nightly(_event: Any, _context: Any) -> None:
        if next(fails):
            raise LookupError

    context = LambdaContext()
    with pytest.raises(LookupError):
        nightly(tick, context)
    nightly(tick, context)
    assert sorted(item["success"] for item in aws.items(USAGE)) == [False, True]


@given(JSON, JSON)
def test_whatever_comes_and_goes_there_is_a_record_and_a_payer(event: Any, result: Any) -> None:
    with fresh_execution_environment({}):
        shelf = Shelf()
        answer = track_execution(lambda _event, _context: result)(event, LambdaContext())
    assert answer is result
    assert shelf.taken
    for each in shelf.taken:
        item = each.item(each.timestamp, 0)
        assert item["account"]
        assert item["user"]
    assert len({each.request_id for each in shelf.taken}) == 1
