import pytest

from pycommon_cli.cli_error import CliError, FindingError
from pycommon_cli.local.project_folders import Project, find_project_root
from pycommon_cli.local.serverless_file import ServerlessFile, stack_name


def test_the_root_is_the_nearest_folder_with_a_platform(project):
    inside = project.root / "amplify-greeting" / "service"
    assert find_project_root(inside) == project.root


def test_outside_of_a_project(tmp_path):
    with pytest.raises(CliError, match=r"neither .* nor a folder above it has amplify-platform/serverless\.yml"):
        find_project_root(tmp_path)


def test_the_platform_comes_first(project):
    assert project.service_folders() == ["amplify-platform", "amplify-greeting"]


def test_a_folder_without_serverless_yml_is_no_service(project):
    (project.root / "amplify-empty").mkdir()
    assert "amplify-empty" not in project.service_folders()


@pytest.mark.parametrize("given", ["amplify-greeting", "amplify-greeting/", "./amplify-greeting/"])
def test_a_service_is_named_by_its_folder(project, given):
    assert project.service_folder(given) == "amplify-greeting"


def test_an_unknown_service_names_those_there_are(project):
    with pytest.raises(FindingError, match="amplify-platform, amplify-greeting"):
        project.service_folder("greeting")


def test_the_stack_is_named_as_osls_names_it(project):
    assert stack_name(project.root / "amplify-greeting") == "amplify-cli-greeting-local"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("service: plain", "plain-local"),
        ("service: a-${opt:stage, 'dev'}", "a-local-local"),
        ("service: a-${self:custom.b}\ncustom: {b: '${self:custom.c}', c: x}", "a-x-local"),
        ("service: a\nprovider: {stackName: 'own-${sls:stage}'}", "own-local"),
        ("service: a\nresources: {X: !Sub '${Y}', Z: !GetAtt [a, b]}", "a-local"),
    ],
)
def test_variables_in_the_name_of_the_stack(tmp_path, text, name):
    (tmp_path / "serverless.yml").write_text(text)
    assert stack_name(tmp_path) == name


@pytest.mark.slow
@pytest.mark.parametrize("text", ["service: a-${ssm:/b}", "service: a-${self:a}\na: '${self:a}'", "provider: {}"])
def test_a_name_that_files_do_not_contain(tmp_path, text):
    (tmp_path / "serverless.yml").write_text(text)
    with pytest.raises(CliError, match="could not be resolved"):
        ServerlessFile(tmp_path / "serverless.yml").service()


def test_broken_yaml_is_reported_with_its_line(project):
    path = project.root / "amplify-greeting" / "serverless.yml"
    path.write_text("service: a\n  b: : c\n")
    with pytest.raises(CliError, match=r"amplify-greeting/serverless\.yml is not valid YAML: line 2"):
        stack_name(path.parent)


def test_a_project_is_a_value(project):
    assert Project(project.root) == project
