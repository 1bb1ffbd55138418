"""YAML and JSON as trees: places, tags, and what YAML 1.2 means by each scalar."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon_cli.analysis.facts import Text
from pycommon_cli.analysis.serverless.document_nodes import MappingNode, plain
from pycommon_cli.analysis.serverless.reading_troubles import UnreadableError
from pycommon_cli.analysis.serverless.yaml_documents import parse


def value(text):
    found = plain(parse(text, "x.yml"))
    return str(found) if isinstance(found, Text) else found


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("yes", "yes"), ("on", "on"), ("true", True), ("False", False), ("~", None), ("", None), ("null", None),
        ("2012-10-17", "2012-10-17"), ("012", 12), ("0o14", 12), ("0x1f", 31), ("1_000", 1000), ("1e3", 1000.0),
        (".inf", float("inf")), ("-.5", -0.5), ("'true'", "true"), ('"1"', "1"), ("!!str 1", "1"), ("a: b: c", None),
        ("|\n  a\n  b\n", "a\nb\n"), (">-\n  a\n  b\n", "a b"), ("0b_", "0b_"), ("1.2.3", "1.2.3"), ("<b>", "<b>"),
    ],
)  # fmt: skip
def test_scalars_mean_what_yaml_1_2_says(text, meant):
    if text == "a: b: c":
        with pytest.raises(UnreadableError, match="not valid YAML"):
            parse(text, "x.yml")
    else:
        assert value(text) == meant


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!Condition A", {"Condition": "A"}),
        ("!GetAtt A.B.C", {"Fn::GetAtt": ["A", "B.C"]}),
        ("!GetAtt [A, B]", {"Fn::GetAtt": ["A", "B"]}),
        ("!Sub 'x-${A}'", {"Fn::Sub": "x-${A}"}),
        ("!Sub ['${A}', {A: !Ref B}]", {"Fn::Sub": ["${A}", {"A": {"Ref": "B"}}]}),
        ("!If [C, !Ref A, !Ref 'AWS::NoValue']", {"Fn::If": ["C", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]}),
        ("!Equals [1, '1']", {"Fn::Equals": [1, "1"]}),
    ],
)
def test_short_tags_are_their_long_forms(short, long):
    def texts(found):
        if isinstance(found, dict):
            return {key: texts(each) for key, each in found.items()}
        if isinstance(found, list):
            return [texts(each) for each in found]
        return str(found) if isinstance(found, Text) else found

    assert texts(plain(parse(short, "x.yml"))) == long


def test_every_node_has_its_place():
    document = parse("a:\n  b: [1, two]\n  c: !Ref X\n", "s/x.yml")
    assert isinstance(document, MappingNode)
    second = document.get("a", "b").items[1].place
    assert (second.path, second.line, second.column, second.end_line, second.end_column) == ("s/x.yml", 2, 10, 2, 13)
    assert document.entries["a"].key_place.line == 1
    assert document.get("a", "c").place.line == 3


def test_anchors_and_merges():
    found = value("base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  y: 3\nmore:\n  <<: [{x: 5}, *b]\n")
    assert found["own"] == {"y": 3, "x": 1}
    assert found["more"] == {"x": 5, "y": 2}


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: [1,\nb: 2", 2, "not valid YAML"),
        ("a: 1\nb: 2\na: 3", 3, "'a' is duplicate"),
        ("a: 1\n---\nb: 2", 2, "second document"),
        ("a: *b", 1, "no anchor"),
        ("a: &a [*a]", 1, "inside its own anchor"),
        ("a:\n  <<: 3", 2, "not a mapping"),
        ("? [1, 2]\n: x", 1, "a list or a mapping"),
        ("[" * 100 + "]" * 100, 1, "levels"),
        ("a: 'x\0y'", 1, "not valid YAML"),
        ("\tb: 1", 1, "not valid YAML"),
    ],
)
def test_what_is_no_document_is_one_error_with_its_line(text, line, says):
    with pytest.raises(UnreadableError, match=says) as caught:
        parse(text, "x.yml")
    assert caught.value.trouble.place.line == line


def test_aliases_cannot_grow_without_end():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(UnreadableError, match="aliases expanded"):
        parse("\n".join(lines), "x.yml")


@given(st.text())
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(UnreadableError):
        plain(parse(text, "x.yml"))
