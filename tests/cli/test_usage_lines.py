"""Items in log text: found in every wrapping, checked to the attribute, and never a traceback."""

import csv
import io
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon.dal.providers.aws.attribute_values import to_item
from pycommon.metrics import UsageMetrics
from pycommon.metrics.unrecorded_usage import NOT_RECORDED
from pycommon_cli.usage import usage_items
from pycommon_cli.usage.usage_items import DamagedItemError, read_item
from pycommon_cli.usage.usage_lines import UnreadableItem, UnrecordedItem, unrecorded_items
from tests.cli.kept_usage import item, line

LINE = line("usage-table")
EVENT = {"logStreamName": "2026/01/15/[$LATEST]0", "timestamp": 1, "message": LINE + "\n", "eventId": "1"}


def in_csv(*cells):
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


WRAPPED = {
    "itself": LINE,
    "with its end": LINE + "\r\n",
    "behind a time": f"2026-01-15T10:30:00.123Z {LINE}",
    "behind a time, a stream and tabs": f"2026-01-15T10:30:00+00:00\t2026/01/15/[$LATEST]0\t{LINE}",
    "behind a level in brackets": f'[INFO] {{x}} 5" "half {LINE}',
    "before other text": f"{LINE} and more {{",
    "as an event": json.dumps(EVENT),
    "as events": json.dumps({"events": [EVENT], "searchedLogStreams": []}),
    "as an event, pretty-printed": next(
        each for each in json.dumps({"events": [EVENT]}, indent=4).splitlines() if NOT_RECORDED in each
    ),
    "as an answer of Logs Insights": json.dumps({"@timestamp": "2026", "@message": LINE}),
    "as a field of Logs Insights": json.dumps([[{"field": "@message", "value": LINE}]]),
    "as CSV": in_csv("2026-01-15 10:30:00.123", LINE),
    "as CSV, alone": in_csv(LINE),
    "in a subscription's message": json.dumps({"logEvents": [{"id": "1", "timestamp": 1, "message": LINE}]}),
    "in a JSON log's message": json.dumps({"level": "INFO", "message": LINE}),
    "as an object in a log's message": json.dumps({"message": json.loads(LINE)}),
    "wrapped twice": json.dumps({"message": json.dumps(EVENT)}),
    "sorted by a tool": json.dumps(json.loads(LINE), sort_keys=True),
}


@pytest.mark.parametrize("text", WRAPPED.values(), ids=WRAPPED.keys())
def test_a_line_is_found_in_every_wrapping(text):
    assert list(unrecorded_items(text)) == [UnrecordedItem(item(), "usage-table", "ThrottlingException")]


def test_numbers_keep_every_digit():
    (kept,) = unrecorded_items(line(None, lambda_cost=Decimal("0.12345678901234567890123456789012345678")))
    assert kept.item["lambda_cost"] == Decimal("0.12345678901234567890123456789012345678")
    assert kept.table is None


def test_several_in_one_text():
    both = json.dumps({"events": [EVENT, {**EVENT, "message": "START"}, {**EVENT, "message": line("t", 1)}]})
    assert [kept.item["request_id"] for kept in unrecorded_items(both)] == ["request-0", "request-1"]
    assert [kept.item["request_id"] for kept in unrecorded_items(f"{LINE} {line('t', 1)}")] == [
        "request-0",
        "request-1",
    ]


def test_what_is_whole_in_an_export_that_was_cut_off_is_found_and_the_rest_is_reported():
    text = json.dumps({"events": [EVENT, {**EVENT, "message": line("t", 1)}]})
    whole, cut = unrecorded_items(text[: text.rindex("request-1")])
    assert whole.item["request_id"] == "request-0"
    assert cut == UnreadableItem("no complete JSON object with the item")


@pytest.mark.parametrize("text", ["", "INFO all is well", '{"message": "x"}', "USAGE_RECORDED"])
def test_other_lines_are_ignored(text):
    assert list(unrecorded_items(text)) == []


@pytest.mark.parametrize("cut", range(40, len(LINE), 97))
def test_a_line_that_was_cut_off_is_reported(cut):
    assert list(unrecorded_items(LINE[:cut])) == [UnreadableItem("no complete JSON object with the item")]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"why {NOT_RECORDED}?", "no complete JSON object"),
        (json.dumps({"message": f"why {NOT_RECORDED}?"}), "no complete JSON object"),
        (json.dumps({"message": NOT_RECORDED}), "it has no item"),
        (json.dumps({"message": NOT_RECORDED, "item": []}), "it has no item"),
        (json.dumps({**json.loads(LINE), "table": 1}), "its table is not text"),
        (f'{"[" * 100_000} "{NOT_RECORDED}"', "no"),
        (json.dumps({NOT_RECORDED: 1}), "no complete JSON object"),
        (json.dumps([NOT_RECORDED])[:-1], "no complete JSON object"),
    ],
)
def test_what_cannot_be_read_is_reported(text, what):
    (damaged,) = unrecorded_items(text)
    assert isinstance(damaged, UnreadableItem)
    assert what in damaged.what or "nested too deeply" in damaged.what


@given(st.text() | st.text(alphabet='{}[]":,\\ a1'), st.text() | st.text(alphabet='{}[]":,\\ a1'))
def test_any_text_has_an_answer(before, after):
    found = list(unrecorded_items(before + NOT_RECORDED + after))
    assert found
    assert all(isinstance(each, UnreadableItem) for each in found)


@given(st.text(alphabet=st.characters(exclude_characters='"\\{[')))
def test_any_prefix_without_json_is_passed_over(prefix):
    assert [kept.item["request_id"] for kept in unrecorded_items(prefix + LINE)] == ["request-0"]


DYNAMODB_JSON = to_item(item())


@pytest.mark.parametrize("name", usage_items._NEEDED)
def test_an_attribute_that_every_item_has_is_missing(name):
    with pytest.raises(DamagedItemError, match=f"^{name} is missing$"):
        read_item({key: value for key, value in DYNAMODB_JSON.items() if key != name})


@pytest.mark.parametrize(
    ("name", "attribute", "says"),
    [
        ("account", {"N": "1"}, "account is not text"),
        ("account", {"S": ""}, "account does not have 1 to 2048 bytes"),
        ("account", {"S": "ä" * 1025}, "account does not have 1 to 2048 bytes"),
        ("timestamp", {"S": "yesterday"}, "timestamp is not a UTC time"),
        ("timestamp", {"S": "2026-01-15"}, "timestamp is not a UTC time"),
        ("timestamp", {"S": "2026-01-15T10:30:00+01:00"}, "timestamp is not a UTC time"),
        ("lambda_cost", {"S": "0.1"}, "lambda_cost is not a number"),
        ("lambda_cost", {"N": "free"}, "lambda_cost is not a valid DynamoDB number"),
        ("lambda_cost", {"N": "NaN"}, "lambda_cost is not a valid DynamoDB number"),
        ("lambda_cost", {"N": "-0.1"}, "lambda_cost is negative"),
        ("lambda_cost", {"N": "1" * 39}, "38 significant digits"),
        ("lambda_cost", {"N": "1e400"}, "lambda_cost is not a valid DynamoDB number"),
        ("request_cost", {"NULL": False}, "request_cost is not an attribute value"),
        ("success", {"S": "true"}, "success is not true or false"),
        ("cold_start", {"NULL": True}, "cold_start is not true or false"),
        ("status_code", {"S": "200"}, "status_code is not a number or null"),
        ("user", {"S": "\ud800"}, "user is not an attribute value"),
        ("user", {"S": "a", "N": "1"}, "user is not an attribute value"),
        ("user", {}, "user is not an attribute value"),
        ("user", "jane", "user is not an attribute value"),
        ("more", {"B": "AAEC"}, "more is not an attribute value"),
        ("more", {"L": [{"X": 1}]}, "more is not an attribute value"),
        ("counted_at", {"S": "2026-01-15T10:30:00Z"}, "counted_at is present"),
    ],
)
def test_an_attribute_that_cannot_be(name, attribute, says):
    with pytest.raises(DamagedItemError, match=says) as caught:
        read_item({**DYNAMODB_JSON, name: attribute})
    assert "jane" not in str(caught.value)


def test_attributes_of_later_versions_are_kept():
    more = {"more": {"M": {"a": {"L": [{"N": "1"}, {"NULL": True}]}}}}
    assert read_item({**DYNAMODB_JSON, **more})["more"] == {"a": [1, None]}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["S", "N", "M", "L"]), inner),
)


@given(st.dictionaries(st.sampled_from([*DYNAMODB_JSON, "x"]), json_values))
def test_any_item_is_read_or_refused(changes):
    try:
        values = read_item({**DYNAMODB_JSON, **changes})
    except DamagedItemError:
        return
    assert to_item(values)


def test_every_attribute_that_the_library_writes_is_known():
    written = {*UsageMetrics._fields} - {"ends_at"} | {"ttl"}
    assert written == set(usage_items._NEEDED) | set(usage_items._POSSIBLE)
