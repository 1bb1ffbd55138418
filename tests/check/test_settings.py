"""`[tool.pycommon.check]`: the valid settings, their effect, and the errors of settings that are not valid."""

import pytest

from pycommon_cli.analysis.facts import Place
from pycommon_cli.check.check_settings import Settings, read_settings
from pycommon_cli.check.findings import Finding, Severity
from pycommon_cli.project_settings import SettingsError, project_root


def settings_of(text, folder):
    (folder / "pyproject.toml").write_text(f"[tool.pycommon.check]\n{text}\n", "utf-8")
    return read_settings(folder)


def test_without_a_file_everything_is_looked_for(tmp_path):
    settings = read_settings(tmp_path)
    assert settings == Settings()
    assert settings.wants("IAM001")
    assert settings.stage == "dev"


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ('select = ["IAM"]', ["IAM001", "IAM007"], ["ENV001", "NIST001"]),
        ('select = ["IAM", "ENV001"]', ["IAM001", "ENV001"], ["ENV002"]),
        ('ignore = ["NIST"]', ["IAM001"], ["NIST001", "NIST011"]),
        ('select = ["IAM", "NIST004"]\nignore = ["NIST"]', ["IAM001", "NIST004"], ["NIST001"]),
        ('ignore = ["IAM"]\nselect = ["ALL", "IAM003"]', ["IAM003", "ENV001"], ["IAM001"]),
        ('ignore = ["ALL"]', [], ["IAM001"]),
    ],
)
def test_select_and_ignore(text, wanted, unwanted, tmp_path):
    settings = settings_of(text, tmp_path)
    assert [code for code in (*wanted, *unwanted) if settings.wants(code)] == wanted


@pytest.mark.parametrize(
    ("pattern", "path", "ignored"),
    [
        ("amplify-lambda", "amplify-lambda/serverless.yml", True),
        ("amplify-*", "amplify-lambda/service/core.py", True),
        ("*.py", "amplify-lambda/service/core.py", True),
        ("amplify-lambda/service/*.py", "amplify-lambda/service/core.py", True),
        ("amplify-lambda/service", "amplify-lambda/service/core.py", True),
        ("service/core.py", "amplify-lambda/service/core.py", False),
        ("amplify-platform", "amplify-lambda/serverless.yml", False),
    ],
)
def test_per_file_ignores(pattern, path, ignored, tmp_path):
    settings = settings_of(f'per-file-ignores = {{ "{pattern}" = ["VAL007", "NIST"] }}', tmp_path)
    assert settings.ignored_in("NIST004", path) is ignored
    assert settings.ignored_in("VAL007", path) is ignored
    assert not settings.ignored_in("IAM001", path)


def test_severity_of_a_rule_and_of_a_group(tmp_path):
    settings = settings_of('severity = { NIST = "note", NIST004 = "error" }', tmp_path)
    severities = {
        code: settings.with_project_severity(Finding(code, Severity.WARNING, "", "", Place("a", 1))).severity
        for code in ("NIST001", "NIST004", "IAM001")
    }
    assert severities == {"NIST001": Severity.NOTE, "NIST004": Severity.ERROR, "IAM001": Severity.WARNING}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('slect = ["IAM"]', "did you mean select?"),
        ("select = 'IAM'", "select in [tool.pycommon.check] must be a list of texts"),
        ("select = ['IAM999']", "no rule begins with 'IAM999'"),
        ("ignore = ['']", "no rule begins with ''"),
        ("stage = 1", "stage in [tool.pycommon.check] must be a text, not int"),
        ("severity = { IAM = 'bad' }", "expected error, warning, note"),
        ("severity = { XYZ = 'note' }", "no rule begins with 'XYZ'"),
        ("per-file-ignores = []", "must be a table"),
        ("x = [", "cannot be read"),
    ],
)
def test_what_means_nothing_is_refused_with_a_sentence(text, said, tmp_path):
    with pytest.raises(SettingsError) as raised:
        settings_of(text, tmp_path)
    assert said in str(raised.value)


def test_root_is_where_the_project_begins(tmp_path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    assert project_root(inner) == tmp_path
    (tmp_path / "a" / ".git").mkdir()
    assert project_root(inner) == tmp_path / "a"
