"""Test the query of a request as an instance of a schema, for the events of every source."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon.api.query_arguments import arguments_of_query

SCHEMA = {
    "type": "object",
    "properties": {
        "limit": {"type": "integer"},
        "price": {"type": ["number", "null"]},
        "exact": {"type": "boolean"},
        "filter": {"type": "object"},
        "text": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "sizes": {"type": "array", "items": {"type": "integer"}},
    },
}


@pytest.mark.parametrize(
    ("query", "instance"),
    [
        ({"limit": "20"}, {"limit": 20}),
        ({"price": "1.5"}, {"price": 1.5}),
        ({"price": "null"}, {"price": None}),
        ({"exact": "true"}, {"exact": True}),
        ({"filter": '{"a": [1]}'}, {"filter": {"a": [1]}}),
        ({"text": "20"}, {"text": "20"}),
        ({"text": "a,b"}, {"text": "a,b"}),
        ({"tags": "a"}, {"tags": ["a"]}),
        ({"tags": "a,b"}, {"tags": ["a", "b"]}),
        ({"sizes": "1,2,x"}, {"sizes": [1, 2, "x"]}),
        ({"limit": "many"}, {"limit": "many"}),
        ({"limit": ""}, {"limit": ""}),
        ({"unknown": "7"}, {"unknown": "7"}),
        ({"text": None}, {"text": ""}),
        (None, {}),
        ("text=5", {}),
    ],
)
def test_one_value_of_each_name(query: Any, instance: dict[str, Any]) -> None:
    assert arguments_of_query({"queryStringParameters": query}, SCHEMA) == instance


def test_several_values_of_a_name() -> None:
    event = {
        "queryStringParameters": {"tags": "b", "text": "second", "limit": "2"},
        "multiValueQueryStringParameters": {"tags": ["a,1", "b"], "text": ["first", "second"], "limit": ["1", "2"]},
    }
    assert arguments_of_query(event, SCHEMA) == {"tags": ["a,1", "b"], "text": "second", "limit": 2}


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=12), max_size=4))
def test_a_load_balancer_hands_the_query_on_as_it_was_sent(query: dict[str, str]) -> None:
    sent = {quote(name, safe=""): quote(value, safe="") for name, value in query.items()}
    for balancer in (
        {"queryStringParameters": sent},
        {"multiValueQueryStringParameters": {name: [value] for name, value in sent.items()}},
    ):
        event = {"requestContext": {"elb": {}}, **balancer}
        assert arguments_of_query(event, {"type": "object"}) == query
    assert arguments_of_query({"queryStringParameters": query}, {"type": "object"}) == query


@given(st.from_regex(r"-?[0-9]{1,15}", fullmatch=True))
def test_integers(text: str) -> None:
    value = arguments_of_query({"queryStringParameters": {"limit": text}}, SCHEMA)["limit"]
    assert value in (int(text), text)  # 007 is not valid JSON
