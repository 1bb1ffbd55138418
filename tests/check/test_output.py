"""Each format on the same two findings."""

import json
from pathlib import Path

import jsonschema
import pytest

from pycommon_cli.analysis.facts import Place
from pycommon_cli.check.findings import Edit, Finding, Fix, Related, Severity
from pycommon_cli.check.output import ReportFormat, render
from pycommon_cli.check.output.report_style import Style
from pycommon_cli.check.service_check import CheckReport
from pycommon_cli.check.source_texts import Sources
from tests.check.examples import checked, example

# OASIS's schema of SARIF 2.1.0, as in the npm package @microsoft/jest-sarif.
SARIF_SCHEMA = Path(__file__).parent / "sarif-2.1.0-rtm.5.json"
CORE = 'import os\n\n\ndef run(event, context):\n    return os.environ["LANGUAGE"]\n'
YAML = "service: s\nprovider:\n  environment:\n    LANGUAGE: en\n"
ERROR = Finding(
    "ENV001",
    Severity.ERROR,
    "core.run reads LANGUAGE, 100 % undeclared",
    "add it",
    Place("s/core.py", 5, 12, 5, 34),
    (Related(Place("s/serverless.yml", 4, 5), "set here"),),
    "run",
    Fix("declare it", (Edit("s/core.py", 4, 1, 4, 1, "@x\n"),)),
)
WARNING = Finding("NIST004", Severity.WARNING, "kept for ever", "add a time", Place("s/serverless.yml", 2, 1))
CONCISE = """\
s/core.py:5:12: ENV001 [*] core.run reads LANGUAGE, 100 % undeclared
s/serverless.yml:2:1: NIST004 kept for ever
Found 1 error, 1 warning in 1 service. 1 can be fixed with --fix.
"""
TEXT = """\
ENV001 [*] core.run reads LANGUAGE, 100 % undeclared
 --> s/core.py:5:12
  |
4 | def run(event, context):
5 |     return os.environ["LANGUAGE"]
  |            ^^^^^^^^^^^^^^^^^^^^^^
  |
 ::: s/serverless.yml:4:5
  |
4 |     LANGUAGE: en
  |     ------------ set here
  = help: add it

NIST004 kept for ever
 --> s/serverless.yml:2:1
  |
1 | service: s
2 | provider:
  | ^^^^^^^^^
3 |   environment:
4 |     LANGUAGE: en
  |
  = help: add a time

Found 1 error, 1 warning in 1 service. 1 can be fixed with --fix.
"""
GITHUB = (
    "::error file=s/core.py,line=5,col=12,endLine=5,endColumn=34,title=ENV001::"
    "core.run reads LANGUAGE, 100 %25 undeclared. Help: add it\n"
    "::warning file=s/serverless.yml,line=2,col=1,title=NIST004::kept for ever. Help: add a time\n"
)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "s").mkdir()
    (tmp_path / "s/core.py").write_text(CORE)
    (tmp_path / "s/serverless.yml").write_text(YAML)
    return tmp_path


def printed(root, form, findings=(ERROR, WARNING), *, colour=False, here=None):
    report = CheckReport(root, ("s",), tuple(findings))
    return render(report, form, Sources(root), Style(colour, root, here or root))


@pytest.mark.parametrize(
    ("form", "expected"), [(ReportFormat.CONCISE, CONCISE), (ReportFormat.TEXT, TEXT), (ReportFormat.GITHUB, GITHUB)]
)
def test_to_the_letter(form, expected, root):
    assert printed(root, form) == expected


@pytest.mark.parametrize("form", [ReportFormat.TEXT, ReportFormat.CONCISE])
def test_all_well_is_said(form, root):
    assert printed(root, form, ()) == "No findings in 1 service.\n"


@pytest.mark.parametrize("form", [ReportFormat.TEXT, ReportFormat.CONCISE])
def test_colour_adds_nothing_but_colour(form, root):
    import re

    coloured = printed(root, form, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == printed(root, form)


def test_paths_are_those_of_the_readers_folder(root):
    assert printed(root, ReportFormat.CONCISE, here=root / "s").startswith("core.py:5:12:")


def test_json_has_everything(root):
    document = json.loads(printed(root, ReportFormat.JSON))
    assert document["services"] == ["s"]
    first, second = document["findings"]
    assert first["code"] == "ENV001"
    assert (first["path"], first["line"], first["column"], first["endColumn"]) == ("s/core.py", 5, 12, 34)
    assert first["related"] == [{"path": "s/serverless.yml", "line": 4, "column": 5, "message": "set here"}]
    assert first["fix"]["edits"][0]["text"] == "@x\n"
    assert (second["severity"], second["function"], second["fix"]) == ("warning", None, None)


@pytest.mark.parametrize("form", [ReportFormat.TEXT, ReportFormat.CONCISE])
def test_escape_sequences_of_others_are_not_passed_on(form, root):
    from dataclasses import replace

    (root / "s/core.py").write_text(CORE.replace("LANGUAGE", "\x1b[2JLANGUAGE"))
    assert "\x1b" not in printed(root, form, [replace(ERROR, message="reads \x1b[2J")])


def test_file_that_is_gone_is_told_without_an_excerpt(root):
    (root / "s/core.py").unlink()
    assert "ENV001 [*]" in printed(root, ReportFormat.TEXT)


def test_sarif_of_real_findings_is_valid(root, tmp_path):
    schema = json.loads(SARIF_SCHEMA.read_text("utf-8"))
    report = checked(example("OPS001", "Bad"), tmp_path / "real")
    for document in (
        printed(root, ReportFormat.SARIF),
        printed(root, ReportFormat.SARIF, ()),
        render(report, ReportFormat.SARIF, Sources(report.root), Style(colour=False, root=root, here=root)),
    ):
        jsonschema.Draft4Validator(schema).validate(json.loads(document))


def test_sarif_knows_a_finding_again_when_lines_move(root):
    from dataclasses import replace

    moved = replace(WARNING, place=Place("s/serverless.yml", 3, 1))
    prints = [
        json.loads(printed(root, ReportFormat.SARIF, [each]))["runs"][0]["results"][0]["partialFingerprints"]
        for each in (WARNING, moved)
    ]
    assert prints[0] == prints[1]
