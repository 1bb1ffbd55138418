"""What variables stand for, and the one trouble that each cause gets."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon_cli.analysis.facts import Text
from pycommon_cli.analysis.serverless.configuration_files import Files
from pycommon_cli.analysis.serverless.document_nodes import plain
from pycommon_cli.analysis.serverless.reading_troubles import Troubles
from pycommon_cli.analysis.serverless.variables.variable_evaluation import VariableEvaluation
from pycommon_cli.analysis.serverless.yaml_documents import parse

CHECKOUT = Path(__file__).parents[3]
OSLS = CHECKOUT / "node_modules" / ".bin" / "osls"

REST = """
params:
  default: {a: default a, b: default b}
  dev: {a: dev a}
  prod: {c: "${self:custom.not_there}"}
custom:
  name: visits
  list: [zero, {one: 1}]
  number: 3
  float: 1.5
  flag: true
  nothing: null
  stages: {dev: small, prod: large}
  far: ${ssm:/far}
  code: ${file(settings.js)}
  template: {table: "${self:custom.name}-table"}
"""
CASES = [
    ("${self:custom.name}", "visits"),
    ("${self:custom.name}-${sls:stage}", "visits-dev"),
    ("${self:custom.stages.${sls:stage}}", "small"),
    ("${self:custom.list.0}-${self:custom.list.1.one}", "zero-1"),
    ("${self:custom.number}${self:custom.float}${self:custom.flag}", "31.5true"),
    ("${self:custom.nope, 'x, y'}", "x, y"),
    ("${self:custom.nothing, 5}", "5"),
    ("${opt:stage}", "dev"),
    ("${opt:region, 'eu-west-1'}", "eu-west-1"),
    ("${opt:color}", "green"),
    ("${opt:none, self:custom.name}", "visits"),
    ("${opt:none, '${self:custom.name}!'}", "visits!"),
    ("${aws:region}", "us-east-1"),
    ("${aws:accountId}", "<aws:accountId>"),
    ("${sls:instanceId}", "<sls:instanceId>"),
    ("${ssm:/a/${sls:stage}}", "<ssm:/a/dev>"),
    ("${ssm(raw):/a}", "<ssm:/a>"),
    ("${ssm(eu-west-1):/a}", "<ssm(eu-west-1):/a>"),
    ("${ssm:/a, 'b'}", "<ssm:/a, 'b'>"),
    ("${cf:stack.Output}-x", "<cf:stack.Output>-x"),
    ("${s3:bucket/key}", "<s3:bucket/key>"),
    ("${env:NOT_READ}", "<env:NOT_READ>"),
    ("${env:NOT_READ, 'clean'}", "clean"),
    ("${param:a}/${param:b}", "dev a/default b"),
    ("${strToBool(TRUE)}", "true"),
    ("${strToBool(0)}", "false"),
    ("${self:custom.template.table}", "visits-table"),
    ("${self:custom.far}", "<ssm:/far>"),
    ("${self:custom.far.deep}", "<ssm:/far:deep>"),
    ("${self:custom.code.key}", "<file(settings.js):key>"),
    ("${file(values.yml):deep.name}", "from visits"),
    ("${file(values.json):list.1}", "two"),
    ("${file(./text.txt)}", "plain visits"),
    ("${file(nope.yml):a, 'else'}", "else"),
    ("${file(${self:custom.nope, 'values'}.yml):deep.number}", "7"),
    ("\\\\${self:custom.name}", "${self:custom.name}"),
    ("${AWS::Region} ${!Literal}", "${AWS::Region} ${!Literal}"),
    ("${output:other.thing}", "<output:other.thing>"),
]


@pytest.mark.parametrize(("written", "meant"), CASES)
def test_variables_stand_for(folder, monkeypatch, written, meant):
    monkeypatch.setenv("NOT_READ", "from this machine")
    folder.write("values.yml", 'deep: {name: "from ${self:custom.name}", number: 7}\n')
    folder.write("values.json", '{\n\t"list": ["one",\t"two"]\n}')
    folder.write("text.txt", "plain ${self:custom.name}")
    folder.write("settings.js", "module.exports = {}")
    rest = REST + "provider: {name: aws}\n"
    assert folder.environment(f'V: "{written}"', rest, color="green") == {"V": meant}


TROUBLES = [
    ("${self:custom.nope}", "has no value: there is no value at custom.nope"),
    ("${opt:nope}", "the option --nope is not given"),
    ("${param:nope}", "there is no nope in params.dev or params.default"),
    ("${file(nope.yml)}", "there is no file nope.yml"),
    ("${file(values.yml):nope}", "values.yml has nothing at nope"),
    ("${file()}", "it does not name a file"),
    ("${strToBool(perhaps)}", "strToBool accepts"),
    ("x${self:custom}", "is a mapping, and is inside a text"),
    ("${self:custom.a", "cannot be read"),
    ("${self:custom.a, b}", "cannot be read"),
]


@pytest.mark.parametrize(("written", "says"), TROUBLES)
def test_what_has_no_value_is_one_trouble_at_its_place(folder, written, says):
    folder.write("values.yml", "a: 1\n")
    text = f'service: s\ncustom:\n  a: b\nfunctions:\n  f:\n    handler: c.f\n    environment:\n      V: "{written}"\n'
    found = folder.read(text)
    [trouble] = found.troubles
    assert says in trouble.message
    assert (trouble.place.path, trouble.place.line) == ("service/serverless.yml", 8)
    assert not found.functions["f"].environment["V"].known


@pytest.mark.parametrize(
    "custom",
    [
        "a: ${self:custom.a}",
        "a: ${self:custom.b}\n  b: ${self:custom.a}",
        "a: x${self:custom.b}\n  b: ${self:custom.c}\n  c: y${self:custom.a}",
        "a: ${self:custom}",
        "a: {b: '${self:custom.a}'}",
        "a: ${self:}",
        "a: ${file(cyclic.yml)}",
        "a: ${self:custom.${self:custom.a}}",
    ],
)
def test_what_refers_to_itself_is_one_trouble(folder, custom):
    folder.write("cyclic.yml", "more: ${file(cyclic.yml)}\n")
    found = folder.read(f"service: s\ncustom:\n  {custom}\nfunctions: {{f: {{handler: c.f}}}}\n")
    assert ["refers to itself" in trouble.message for trouble in found.troubles] == [True]
    assert list(found.functions) == ["f"]


def test_variables_cannot_grow_without_end(folder):
    lines = ["  a0: xxxxxxxxxx"] + [f"  a{n}: ${{self:custom.a{n - 1}}}${{self:custom.a{n - 1}}}" for n in range(1, 20)]
    found = folder.read("service: s\ncustom:\n" + "\n".join(lines) + "\n")
    assert ["characters" in trouble.message for trouble in found.troubles] == [True]
    lines = ["  a0: [x, x, x, x, x, x, x, x]"]
    for n in range(1, 8):
        inner = ", ".join([f"'${{self:custom.a{n - 1}}}'"] * 8)
        lines.append(f"  a{n}: [{inner}]")
    found = folder.read("service: s\ncustom:\n" + "\n".join(lines) + "\n")
    assert ["values" in trouble.message for trouble in found.troubles] == [True]


def test_a_long_chain_ends(folder):
    lines = [f"  a{n}: ${{self:custom.a{n + 1}}}" for n in range(500)] + ["  a500: end"]
    found = folder.read("service: s\ncustom:\n" + "\n".join(lines) + "\n")
    assert {"refer to each other" in trouble.message for trouble in found.troubles} == {True}


def test_params_of_other_stages_are_left_alone(folder):
    text = "service: s\nparams: {prod: {a: '${self:custom.nope}'}, dev: {a: 1}}\n"
    assert folder.read(text).troubles == ()
    assert len(folder.read(text, stage="prod").troubles) == 1


VALUES = st.recursive(
    st.one_of(
        st.integers(0, 9),
        st.lists(
            st.sampled_from(
                ["x", "-", *(f"${{self:k{n}}}" for n in range(5)), "${self:k0.0, 'd'}", "${opt:o, self:k1}"]
            ),
            min_size=1,
            max_size=3,
        ).map("".join),
    ),
    lambda inner: st.lists(inner, min_size=1, max_size=3),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([f"k{n}" for n in range(5)]), VALUES, min_size=1))
def test_any_configuration_comes_to_an_end_and_no_variable_is_left(values):
    troubles = Troubles()
    document = parse(json.dumps(values), "x.yml")
    resolver = VariableEvaluation(document, Files(Path(), Path(), troubles), "dev", {})
    resolved = plain(resolver.resolve(document))
    assert set(resolved) == set(values)
    if not troubles.all():
        assert "${" not in json.dumps(resolved, default=str)


@pytest.mark.node
@pytest.mark.skipif(not OSLS.exists(), reason="osls is not installed")
@pytest.mark.parametrize("stage", ["local", "dev"])
def test_the_platform_is_resolved_as_osls_resolves_it(stage):
    folder = CHECKOUT / "amplify-platform"
    run = subprocess.run(
        [OSLS, "print", "--stage", stage, "--format", "json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env={name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYCOMMON_"))},
    )
    theirs = json.loads(run.stdout[run.stdout.index("{") :])
    files = Files(CHECKOUT, folder, Troubles())
    document = files.content("serverless.yml")
    resolver = VariableEvaluation(document, files, stage, {})
    for section in ("service", "custom", "functions", "package"):
        ours = as_plain(plain(resolver.at(section)))
        assert ours == without_additions(theirs[section], ours), section
    resources = {}
    for part in as_plain(plain(resolver.at("resources"))):
        for key, value in part.items():
            resources[key] = {**resources.get(key, {}), **value} if isinstance(value, dict) else value
    for resource in resources["Resources"].values():
        if isinstance(resource.get("DependsOn"), str):
            resource["DependsOn"] = [resource["DependsOn"]]  # as osls prints it
    assert resources["Resources"] == theirs["resources"]["Resources"]


def as_plain(value):
    if isinstance(value, dict):
        return {key: as_plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_plain(each) for each in value]
    return str(value) if isinstance(value, Text) else value


def without_additions(theirs, ours):
    """Of what osls prints, what is written: it adds names and empty lists."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return {key: without_additions(theirs[key], each) for key, each in ours.items() if key in theirs}
    return theirs
