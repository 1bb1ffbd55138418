r"""The syntax of `${...}`, held against osls's own parser on the same texts."""

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon_cli.analysis.serverless.variables.variable_syntax import (
    Literal,
    Variable,
    VariableSource,
    VariableSyntaxError,
    parse_variables,
)

CHECKOUT = Path(__file__).parents[3]
NODE = shutil.which("node") or "node"
PARSER = CHECKOUT / "node_modules" / "osls" / "lib" / "configuration" / "variables" / "parse.js"
PIECES = [
    "${", "${", "}", "}", "self:", "opt:stage", "file(", ")", ":", ",", ", ", "'a b'", '"x"', "custom.x", "a",
    "AWS::Region", "ssm(raw):", "/a/b", "1", "true", "null", "\\", "$", " ", "sls:stage", "${self:a}", "${opt:b, 'c'}",
    "..", "env:X", "-", "'",
]  # fmt: skip
WRITTEN = [
    "${self:custom.a}", "x-${self:service}-${sls:stage}", "${opt:stage, 'dev'}", "${opt:a, self:b, 3}",
    "${AWS::Region}", "${file(../var/${sls:stage}-var.yml):A.b}", "${ssm(eu-west-1, raw):/a/${opt:b, 'c'}}",
    "\\${self:a}", "\\\\${self:a}", "${self:}", "${file(./x.json)}", "${strToBool(${opt:x})}", "${env:A, ''}",
    "${env:A,''}", "${foo}", "${self:a", "${}", "${self:a, }", "${self:a, b}", "${self:a, 'b', 'c'}",
    '${opt:a, "b\\"c"}', "${Foo-${self:a}}", "${self:a.${AWS::X}}", "${param:x, null}", "${cf(us-east-1):s.O}",
    "${s3:b/k}", "${a:b:c}", "${self:'a.b'}", "${file(a,b)}", "$${self:a}", "${ self:a}",
]  # fmt: skip


def theirs(texts):
    """What osls makes of texts: for each the variables with their types, or the error."""
    script = """
      const parse = require(process.argv[1]);
      const shape = (vs) => vs && vs.map((v) => v.sources
        ? v.sources.map((s) => s.type ? [s.type, s.params ? s.params.length : -1,
            s.address ? s.address.value : null] : ['literal', s.value])
        : 'escape');
      const out = JSON.parse(require('fs').readFileSync(0, 'utf8')).map((t) => {
        try { return shape(parse(t)); } catch (e) { return 'error'; }
      });
      process.stdout.write(JSON.stringify(out));
    """
    run = subprocess.run(
        [NODE, "-e", script, str(PARSER)], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout)


def ours(text):
    try:
        pieces = parse_variables(text)
    except VariableSyntaxError:
        return "error"
    variables = [piece for piece in pieces if isinstance(piece, Variable)]
    return [[shape(source) for source in variable.sources] for variable in variables] or None


def shape(source):
    if isinstance(source, Literal):
        return ["literal", source.value]
    assert isinstance(source, VariableSource)
    address = "".join(getattr(piece, "text", piece) for piece in source.address or ()) or None
    return [source.type, -1 if source.parameters is None else len(source.parameters), address]


def without_escapes(found):
    return [each for each in found if each != "escape"] or None if isinstance(found, list) else found


@pytest.mark.node
@pytest.mark.skipif(not PARSER.exists(), reason="osls is not installed")
def test_it_is_read_as_osls_reads_it():
    chance = random.Random(20260901)  # noqa: S311 (it draws cases)
    drawn = ["".join(chance.choices(PIECES, k=chance.randint(1, 9))) for _ in range(20_000)]
    texts = [*WRITTEN, *drawn]
    differing = [
        (text, of_osls, ours(text))
        for text, of_osls in zip(texts, theirs(texts), strict=True)
        if without_escapes(of_osls) != ours(text)
    ]
    assert differing == []


@given(st.text(alphabet="${}:,()'\"\\ abself.AW0/-"))
def test_any_text_is_read_or_refused_and_nothing_is_lost(text):
    try:
        pieces = parse_variables(text)
    except VariableSyntaxError:
        return
    if "\\" not in text:
        assert "".join(getattr(piece, "text", piece) for piece in pieces) == text


@given(st.integers(1, 200))
def test_variables_inside_each_other_end(depth):
    text = "${self:" * depth + "a" + "}" * depth
    if depth <= 20:
        assert len(parse_variables(text)) == 1
    else:
        with pytest.raises(VariableSyntaxError, match="are nested"):
            parse_variables(text)
