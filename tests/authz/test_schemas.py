"""Test the validation of bodies: all drafts, the message of each rule, no values of the caller, no network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon.authz.schemas import compile_schema
from pycommon.authz.setup import Setup
from pycommon.exceptions import DeclarationError
from pycommon.testing import LambdaContext, rest_api_event
from tests.authz.conftest import CANARY
from tests.authz.service import PATH, body_of, charge
from tests.authz.test_jwks import KeyServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon.testing import TokenIssuer
    from tests.conftest import Aws

DRAFTS = {
    "4": "http://json-schema.org/draft-04/schema#",
    "6": "http://json-schema.org/draft-06/schema#",
    "7": "http://json-schema.org/draft-07/schema#",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}
NUMBER = {"type": "number"}

# Each line is valid for the drafts with this keyword. In other drafts it has no effect or is invalid.
PER_DRAFT: list[tuple[str, dict[str, Any], Any, set[str]]] = [
    ("exclusiveMinimum a boolean", {"minimum": 3, "exclusiveMinimum": True}, 3, {"4"}),
    ("exclusiveMinimum a number", {"exclusiveMinimum": 3}, 3, {"6", "7", "2019-09", "2020-12"}),
    ("const", {"const": 1}, 2, {"6", "7", "2019-09", "2020-12"}),
    ("contains", {"contains": NUMBER}, ["a"], {"6", "7", "2019-09", "2020-12"}),
    ("if and then", {"if": NUMBER, "then": {"minimum": 3}}, 1, {"7", "2019-09", "2020-12"}),
    ("dependentRequired", {"dependentRequired": {"a": ["b"]}}, {"a": 1}, {"2019-09", "2020-12"}),
    ("unevaluatedProperties", {"unevaluatedProperties": False}, {"a": 1}, {"2019-09", "2020-12"}),
    ("items a list", {"items": [NUMBER]}, ["a"], {"4", "6", "7", "2019-09"}),
    ("prefixItems", {"prefixItems": [NUMBER]}, ["a"], {"2020-12"}),
    (
        "dependencies",
        {"dependencies": {"a": ["b"]}},
        {"a": 1},
        set(DRAFTS),
    ),  # later drafts do not have it; the engine does
    ("definitions", {"definitions": {"n": NUMBER}, "$ref": "#/definitions/n"}, "a", set(DRAFTS)),
    ("$dynamicRef", {"$dynamicRef": "#n", "$defs": {"n": {"$dynamicAnchor": "n", **NUMBER}}}, "a", {"2020-12"}),
]


@pytest.mark.parametrize("draft", DRAFTS)
def test_a_schema_is_read_by_the_draft_that_it_names(draft: str) -> None:
    for name, schema, instance, drafts in PER_DRAFT:
        try:
            refused = bool(compile_schema({"$schema": DRAFTS[draft], **schema})(instance))
        except DeclarationError:
            refused = False
        assert refused == (draft in drafts), name


def test_without_a_draft_it_is_2020_12() -> None:
    assert compile_schema({"prefixItems": [NUMBER]})(["a"])


MESSAGES: list[tuple[dict[str, Any] | bool, Any, str, str]] = [
    ({"type": "string"}, 1, "type", 'must be of type "string"'),
    ({"type": ["string", "null"]}, 1, "type", 'must be of type "null", "string"'),
    ({"enum": ["a", None, True, 1.5]}, 2, "enum", 'must be one of "a", null, true, 1.5'),
    ({"enum": [["a", "b"], {"c": False}]}, 2, "enum", 'must be one of ["a","b"], {"c":false}'),
    ({"const": True}, 2, "const", "must be true"),
    ({"const": None}, 2, "const", "must be null"),
    ({"const": ["a"]}, 2, "const", 'must be ["a"]'),
    ({"const": 'a"b'}, 2, "const", r'must be "a\"b"'),
    ({"required": ["x"]}, {}, "required", 'lacks the required property "x"'),
    ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, "required", 'lacks the required property "b"'),
    ({"minLength": 3}, "a", "minLength", "must have at least 3 characters"),
    ({"maxLength": 1}, "abc", "maxLength", "must have at most 1 characters"),
    ({"pattern": "^a$"}, "b", "pattern", 'must match "^a$"'),
    ({"$schema": DRAFTS["7"], "format": "email"}, "b", "format", 'must be a "email"'),
    ({"minimum": 3}, 1, "minimum", "must be at least 3"),
    ({"maximum": 3.5}, 9, "maximum", "must be at most 3.5"),
    ({"exclusiveMinimum": 3}, 3, "exclusiveMinimum", "must be more than 3"),
    ({"exclusiveMaximum": 3}, 3, "exclusiveMaximum", "must be less than 3"),
    ({"multipleOf": 3}, 4, "multipleOf", "must be a multiple of 3"),
    ({"minItems": 3}, [], "minItems", "must have at least 3 items"),
    ({"maxItems": 0}, [1], "maxItems", "must have at most 0 items"),
    ({"uniqueItems": True}, [1, 1], "uniqueItems", "must not have two equal items"),
    ({"contains": {"type": "string"}}, [1], "contains", "lacks an item of the required form"),
    ({"minProperties": 3}, {}, "minProperties", "must have at least 3 properties"),
    ({"maxProperties": 0}, {"a": 1}, "maxProperties", "must have at most 0 properties"),
    ({"propertyNames": {"maxLength": 1}}, {"abc": 1}, "propertyNames", "has a property whose name is not allowed"),
    (
        {"properties": {"a": {}}, "additionalProperties": False},
        {"abc": 1},
        "additionalProperties",
        "has a property that is not allowed",
    ),
    ({"unevaluatedProperties": False}, {"abc": 1}, "unevaluatedProperties", "has a property that is not allowed"),
    ({"unevaluatedItems": False}, [1], "unevaluatedItems", "has more items than allowed"),
    (
        {"$schema": DRAFTS["7"], "items": [{}], "additionalItems": False},
        [1, 2],
        "additionalItems",
        "has more items than allowed",
    ),
    ({"additionalProperties": False}, {"abc": 1}, "falseSchema", "is not allowed"),
    (False, 1, "falseSchema", "is not allowed"),
    ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 1, "anyOf", "fits none of the allowed forms"),
    ({"oneOf": [{}, {}]}, 1, "oneOf", "must fit exactly one of the allowed forms"),
    ({"not": {}}, 1, "not", "has a form that is not allowed"),
    (
        {"$schema": DRAFTS["7"], "contentEncoding": "base64"},
        "!",
        "contentEncoding",
        "does not fit the rule contentEncoding",
    ),
]


@pytest.mark.parametrize(
    ("schema", "instance", "rule", "message"), MESSAGES, ids=[f"{line[2]}-{line[0]}" for line in MESSAGES]
)
def test_the_message_of_each_rule(schema: Any, instance: Any, rule: str, message: str) -> None:
    assert compile_schema(schema)(instance) == [{"pointer": "/data", "rule": rule, "message": message}]


def test_pointers() -> None:
    schema = {"properties": {"a/b": {"items": {"properties": {"c~d": NUMBER}}}, "ü": NUMBER}}
    faults = compile_schema(schema)({"a/b": [{}, {"c~d": "x"}], "ü": "x"})
    assert sorted(fault["pointer"] for fault in faults) == ["/data/a~1b/1/c~0d", "/data/ü"]


# No values of the caller in messages


def spoiled(canary: str) -> st.SearchStrategy[Any]:
    """Return JSON values with `canary` in some texts. Property names have it only if they can be in a pointer."""
    texts = st.sampled_from([canary, f"a{canary}b", canary * 40, "a", "", "2020-01-01"])
    leaves = texts | st.integers(-5, 5) | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False)
    names = st.sampled_from(["a", "b", "list", "nested", "kind", "when", "extra"])
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5), max_leaves=15
    )


EVERY_RULE: dict[str, Any] = {
    "$schema": DRAFTS["2019-09"],
    "type": "object",
    "required": ["a", "kind"],
    "minProperties": 2,
    "maxProperties": 4,
    "dependentRequired": {"b": ["when"]},
    "dependentSchemas": {"b": {"properties": {"when": {"const": "x"}}}},
    "propertyNames": {"pattern": "^[a-z]+$", "maxLength": 5},
    "properties": {
        "a": {
            "type": ["string", "number"],
            "minLength": 2,
            "maxLength": 3,
            "pattern": "^x",
            "minimum": 3,
            "maximum": 2,
        },
        "b": {"anyOf": [{"type": "integer", "multipleOf": 7}, {"enum": ["x", "y"]}]},
        "list": {
            "type": "array",
            "items": [{"const": 1}, {"not": {"type": "string"}}],
            "additionalItems": False,
            "minItems": 2,
            "maxItems": 3,
            "uniqueItems": True,
            "contains": {"const": "x"},
        },
        "nested": {"$ref": "#/$defs/nested"},
        "kind": {"oneOf": [{"const": "x"}, {"enum": ["y", "z"]}]},
        "when": {
            "type": "string",
            "format": "date",
            "contentEncoding": "base64",
            "contentMediaType": "application/json",
        },
    },
    "unevaluatedProperties": False,
    "if": {"properties": {"kind": {"const": "x"}}},
    "then": {"properties": {"a": {"exclusiveMinimum": 1, "exclusiveMaximum": 1}}},
    "else": {"required": ["when"]},
    "$defs": {
        "nested": {
            "type": "object",
            "properties": {"nested": {"$ref": "#/$defs/nested"}, "a": {"const": {"x": 1}}},
            "additionalProperties": False,
            "patternProperties": {"^l": {"type": "array", "unevaluatedItems": False}},
        }
    },
}


@pytest.mark.parametrize("draft", ["7", "2019-09"])
@given(instance=spoiled(CANARY))
def test_no_fault_repeats_a_value(draft: str, instance: Any) -> None:
    for fault in compile_schema({**EVERY_RULE, "$schema": DRAFTS[draft]})(instance):
        assert CANARY not in json.dumps(fault)
        assert fault.keys() == {"pointer", "rule", "message"}
        assert all(isinstance(each, str) for each in fault.values())


@pytest.mark.usefixtures("cold_start")
@given(instance=spoiled(CANARY))
def test_no_answer_repeats_a_value(issuer: TokenIssuer, instance: Any) -> None:
    answer = charge(rest_api_event("POST", PATH, {"data": instance}, token=issuer.token("jane")), LambdaContext())
    assert answer["statusCode"] == 400
    assert CANARY not in json.dumps(answer)


def test_a_property_name_of_the_body_is_only_in_the_pointer() -> None:
    check = compile_schema({"additionalProperties": NUMBER})
    (fault,) = check({CANARY: CANARY})
    assert fault.pop("pointer") == f"/data/{CANARY}"
    assert CANARY not in json.dumps(fault)
    (fault,) = check({"x" * 10_000: "a"})
    assert len(fault["pointer"]) <= 200


# Limits


@pytest.mark.parametrize(("items", "listed"), [(9_999, 100), (10_000, 1), (300_000, 1)])
def test_of_many_faults_the_answer_is_short(items: int, listed: int) -> None:
    check = compile_schema({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}})
    instance = [1] * items
    faults = check(instance)
    assert len(faults) == listed
    assert faults[0] == {"pointer": "/data/0", "rule": "anyOf", "message": "fits none of the allowed forms"}
    assert len(json.dumps(faults)) < 20_000


def test_large_bodies_that_are_good_are_good() -> None:
    check = compile_schema({"items": {"properties": {"a": NUMBER}, "required": ["a"]}})
    assert check([{"a": 1}] * 20_000) == []
    assert check([*([{"a": 1}] * 20_000), {}])[0]["pointer"] == "/data/20000"


def test_a_deep_body_is_refused_as_any_other(cold_start: object, aws: Aws, issuer: TokenIssuer) -> None:
    for depth in (100, 254, 255, 256, 500, 1000):
        body = '{"data":' + "[" * depth + "]" * depth + "}"
        answer = charge(rest_api_event("POST", PATH, body, token=issuer.token("jane")), LambdaContext())
        assert answer["statusCode"] == 400, depth
        assert body_of(answer)["details"][0]["rule"] in {"type", "depth"}
    assert aws.messages() == []


@given(
    instance=st.recursive(
        st.none() | st.text("xyz1") | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("ab"), inner),
    )
)
def test_no_faults_means_valid_and_the_reverse(instance: Any) -> None:
    assert (compile_schema(EVERY_RULE)(instance) == []) == jsonschema_rs.is_valid(EVERY_RULE, instance)


def test_a_schema_that_refers_to_itself_ends() -> None:
    tree = {
        "$ref": "#/$defs/tree",
        "$defs": {"tree": {"properties": {"of": {"$ref": "#/$defs/tree"}}, "type": "object"}},
    }
    check = compile_schema(tree)
    assert check({"of": {"of": {}}}) == []
    assert check({"of": {"of": 1}})[0]["pointer"] == "/data/of/of"


# Invalid schemas, and schemas that refer to other documents

BROKEN: list[Any] = [
    None,
    5,
    "string",
    [],
    {"type": "strin"},
    {"required": "x"},
    {"minLength": -1},
    {"pattern": "("},
    {"properties": {"a": {"type": "numbr"}}},
    {"$schema": 5},
    {"$schema": "http://example.com/own"},
    {"$schema": DRAFTS["4"], "exclusiveMinimum": 3},
    {"$ref": "#/$defs/missing"},
    {"$ref": "other.json"},
    {"$ref": "file:///etc/hostname"},
    {"properties": {"a": {"$ref": "https://json.schemastore.org/package"}}},
    {"type": object()},
    {"enum": {1, 2}},
]


def without_addresses(schema: Any) -> str:
    """Return the text of a schema, which all worker processes must agree on."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(schema))


@pytest.mark.parametrize("schema", BROKEN, ids=without_addresses)
def test_a_broken_schema_is_refused_with_its_place(schema: Any) -> None:
    with pytest.raises(DeclarationError) as refusal:
        compile_schema(schema, 'rules["validators"]["/a"]["create"]')
    message = str(refusal.value)
    assert message.startswith('rules["validators"]["/a"]["create"]: the schema is not a valid JSON Schema: ')
    assert "\n" not in message


def test_a_reference_to_elsewhere_is_refused_without_asking_there() -> None:
    with KeyServer() as server:
        server.document = {"type": "string"}
        for keyword in ("$ref", "$dynamicRef", "$schema"):
            with pytest.raises(DeclarationError):
                compile_schema({keyword: server.url})
        with pytest.raises(DeclarationError):
            compile_schema({"$id": server.url, "$ref": "other.json"})
        assert server.requests == 0


@pytest.mark.parametrize(
    "schema", [True, {}, {"$id": "https://example.com/a", "$ref": "#/$defs/b", "$defs": {"b": {}}}]
)
def test_what_takes_everything(schema: Any) -> None:
    for instance in (None, 1, "a", [], {}, {"a": [1]}):
        assert compile_schema(schema)(instance) == []


# Compiled once


class Watched(Mapping[str, Any]):
    """A schema that counts how often it is read completely."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema
        self.reads = 0

    def __getitem__(self, name: str) -> Any:
        return self._schema[name]

    def __iter__(self) -> Iterator[str]:
        self.reads += 1
        return iter(self._schema)

    def __len__(self) -> int:
        return len(self._schema)


def test_a_schema_is_compiled_once() -> None:
    watched, other = Watched({"type": "string"}), Watched({"type": "string"})
    setup = Setup({"validators": {"/a": {"create": watched, "other": other}}}, lambda *_: True)
    assert (watched.reads, other.reads) == (0, 0)
    setup.check_operation("create")
    for _ in range(100):
        assert setup.faults("validators", "/a", "create", "x") == []
        assert setup.faults("validators", "/a", "create", 1) != []
    setup.check_operation("create")
    assert (watched.reads, other.reads) == (1, 0)


def test_the_pointer_of_the_whole_body(cold_start: object, issuer: TokenIssuer) -> None:
    body = {"data": {"accountId": 1, "details": {"category": 2, "more": 3}}}
    answer = charge(rest_api_event("POST", PATH, body, token=issuer.token("jane")), LambdaContext())
    assert answer["statusCode"] == 400
    assert sorted((fault["pointer"], fault["rule"]) for fault in body_of(answer)["details"]) == [
        ("/data", "required"),
        ("/data/accountId", "type"),
        ("/data/details", "additionalProperties"),
        ("/data/details/category", "type"),
    ]
