"""Fixes correct their finding and change nothing else. They keep the form of the text; a second run has no fixes."""

import ast

import pytest

from pycommon_cli.check.fixes import apply_fixes
from pycommon_cli.check.rules import rules
from pycommon_cli.check.source_texts import Sources
from tests.check.examples import IMPORTS, checked, example

FIXABLE = [code for code, rule in rules().items() if rule.fixable]


def fixed(files, folder, code):
    """The files after the fixes of one rule, and the report on them."""
    report = checked(files, folder)
    applied = apply_fixes([each for each in report.findings if each.code == code], Sources(folder))
    return {**files, **applied.after}, applied


@pytest.mark.parametrize("code", FIXABLE)
def test_fix_of_the_example_mends_it(code, tmp_path):
    files, applied = fixed(example(code, "Bad"), tmp_path, code)
    assert applied.fixed
    ast.parse(files["core.py"])
    again = checked(files, tmp_path)
    assert code not in again.counts
    assert not apply_fixes([each for each in again.findings if each.code == code], Sources(tmp_path)).after


def test_diff_shows_what_changes(tmp_path):
    _, applied = fixed(example("DEC002", "Bad"), tmp_path, "DEC002")
    lines = applied.diff().splitlines()
    assert [line for line in lines if line.startswith("-") and not line.startswith("---")] == ["-@track_execution"]
    assert not [line for line in lines if line.startswith("+") and not line.startswith("+++")]


CONFIGURATION = """\
service: example
provider:
  name: aws
  environment: { FILES_TABLE: files, LANGUAGE: en }
functions:
  run:
    handler: core.run
"""
BODY = """
def run(event, context):
    table = boto3.resource("dynamodb").Table(os.environ["FILES_TABLE"])
    table.put_item(Item=table.get_item(Key={"id": os.environ["LANGUAGE"]})["Item"])
"""


ONE_LINE = '@required_env_vars({"FILES_TABLE": [DynamoDBOperation.GET_ITEM], "LANGUAGE": []})'
LINES_WITH_COMMENTS = """\
@required_env_vars({  # what it needs
    "FILES_TABLE": [
        DynamoDBOperation.GET_ITEM,  # to look
    ],
    "LANGUAGE": [],
})"""
CONSTANT = """\
NEEDS = {"FILES_TABLE": (DynamoDBOperation.GET_ITEM,), "LANGUAGE": []}


@required_env_vars(NEEDS)"""


@pytest.mark.parametrize(
    ("before", "added"),
    [
        (ONE_LINE, ", DynamoDBOperation.PUT_ITEM"),
        (LINES_WITH_COMMENTS, ",\n        DynamoDBOperation.PUT_ITEM"),
        (CONSTANT, ", DynamoDBOperation.PUT_ITEM"),
    ],
    ids=["one line", "a line each, with comments", "a constant"],
)
def test_operation_joins_the_others_in_their_form(before, added, tmp_path):
    files = {"serverless.yml": CONFIGURATION, "core.py": IMPORTS + before + BODY}
    files, applied = fixed(files, tmp_path, "OPS001")
    assert len(applied.fixed) == 1
    after = before.replace("DynamoDBOperation.GET_ITEM", f"DynamoDBOperation.GET_ITEM{added}")
    assert files["core.py"] == IMPORTS + after + BODY


def test_enum_that_is_not_imported_is_added_to_the_import(tmp_path):
    imports = IMPORTS.replace("import DynamoDBOperation, S3Operation", "import S3Operation as S3")
    files = {
        "serverless.yml": CONFIGURATION,
        "core.py": f'{imports}@required_env_vars({{"FILES_TABLE": [], "LANGUAGE": []}}){BODY}',
    }
    for _ in range(2):  # each operation is a finding of its own, and both want the same list
        files, _ = fixed(files, tmp_path, "OPS001")
    assert "import S3Operation as S3, DynamoDBOperation\n" in files["core.py"]
    assert "OPS001" not in checked(files, tmp_path).counts


def test_variable_is_declared_with_its_operations(tmp_path):
    declared = '@required_env_vars(\n    {\n        "LANGUAGE": [],\n    }\n)'
    files = {"serverless.yml": CONFIGURATION, "core.py": IMPORTS + declared + BODY}
    files, applied = fixed(files, tmp_path, "ENV001")
    assert len(applied.fixed) == 1
    assert '        "LANGUAGE": [],\n        "FILES_TABLE": [DynamoDBOperation.' in files["core.py"]
    assert not {"ENV001", "OPS001"} & set(checked(files, tmp_path).counts)


@pytest.mark.parametrize("declaration", ['@required_env_vars("LANGUAGE")', "@required_env_vars(dict(LANGUAGE=[]))"])
def test_what_is_not_plain_is_left_to_people(declaration, tmp_path):
    files = {"serverless.yml": CONFIGURATION, "core.py": IMPORTS + declaration + BODY}
    _, applied = fixed(files, tmp_path, "ENV001")
    assert not applied.fixed


def test_letters_beyond_ascii_and_other_line_ends_stay(tmp_path):
    declared = '@required_env_vars({"LANGUAGE": [], "GRÖSSE_ÄÖÜ": [], "FILES_TABLE": [DynamoDBOperation.GET_ITEM]})'
    text = (IMPORTS + declared + BODY).replace("\n", "\r\n")
    (tmp_path / "serverless.yml").write_text(CONFIGURATION)
    (tmp_path / "core.py").write_bytes(text.encode())
    report = checked({"serverless.yml": CONFIGURATION}, tmp_path)
    applied = apply_fixes([each for each in report.findings if each.code == "OPS001"], Sources(tmp_path))
    assert applied.after["core.py"] == text.replace("GET_ITEM]", "GET_ITEM, DynamoDBOperation.PUT_ITEM]")
