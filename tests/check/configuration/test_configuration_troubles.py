"""What cannot be read is one clear trouble, never a traceback."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon_cli.analysis.serverless import read_configuration
from pycommon_cli.analysis.serverless.yaml_documents import LARGEST_FILE


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("service: [", 1, "not valid YAML"),
        ("- a\n- b\n", 1, "The file is not a mapping"),
        ("", 1, "The file is not a mapping"),
        ("service: s\nprovider:\n  name: aws\n  name: aws\n", 4, "is duplicate"),
        ("service: s\ncustom: ${file(broken.yml)}\n", 2, "not valid YAML"),
        ("service: s\ncustom: ${file(latin.yml)}\n", 1, "not UTF-8"),
        ("service: s\ncustom: ${file(large.yml)}\n", 1, "at most 2,097,152 are read"),
        ("service: s\nfunctions: ${file(missing.yml)}\n", 2, "there is no file missing.yml"),
    ],
)
def test_one_trouble(folder, text, line, says):
    folder.write("broken.yml", "a: 1\nb: [\n")
    (folder.path / "latin.yml").write_bytes("a: \xe9".encode("latin-1"))
    (folder.path / "large.yml").write_text(f"a: {'x' * LARGEST_FILE}\n")
    [trouble] = folder.read(text).troubles
    assert says in trouble.message
    assert trouble.place.line == line


def test_a_missing_file_and_a_large_one(tmp_path):
    [missing] = read_configuration(tmp_path, tmp_path, "dev").troubles
    assert missing.message == "There is no such file"
    (tmp_path / "serverless.yml").write_text("service: s\ncustom:\n" + "  k: v\n".replace("k", "k" * 60) * 80_000)
    [large] = read_configuration(tmp_path, tmp_path, "dev").troubles
    assert "at most 2,097,152 are read" in large.message


def test_json_and_yaml_names(tmp_path):
    (tmp_path / "serverless.json").write_text('{"service": "s", "functions": {"f": {"handler": "c.f"}}}')
    assert list(read_configuration(tmp_path, tmp_path, "dev").functions) == ["f"]


KEYS = st.sampled_from(
    [
        "service",
        "provider",
        "functions",
        "resources",
        "Resources",
        "iam",
        "role",
        "statements",
        "Action",
        "Resource",
        "events",
        "http",
        "sqs",
        "stream",
        "Ref",
        "Fn::Sub",
        "Fn::GetAtt",
        "Fn::If",
        "Properties",
        "Type",
        "environment",
        "custom",
        "plugins",
        "Statement",
        "PolicyDocument",
        "managedPolicies",
        "Conditions",
        "Outputs",
        "Export",
        "Name",
        "handler",
        "f",
        "params",
        "url",
        "destinations",
        "onFailure",
        "accessConfigurations",
        "arn",
        "vpc",
        "tracing",
        "Policies",
        "Principal",
        "Effect",
        "Condition",
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(
        [
            "*",
            "R",
            "AWS::DynamoDB::Table",
            "${self:service}",
            "${self:custom}",
            "${self:functions.f}",
            "arn:aws:s3:::b",
            "${AWS::Region}",
            "AWS::NoValue",
            "AWS::IAM::Role",
            "<x>",
        ]
    )
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_any_mapping_is_read(tmp_path_factory, document):
    folder = tmp_path_factory.mktemp("any")
    (folder / "serverless.yml").write_text(json.dumps(document))
    found = read_configuration(folder, folder, "dev")
    assert found.folder == "."
