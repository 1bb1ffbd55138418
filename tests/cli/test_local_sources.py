import pytest

from pycommon_cli.local import deployed_sources


def add_library(project, requirement):
    (project.root / "pyproject.toml").write_text("[project]\n")
    library = project.root / "src" / "pycommon"
    library.mkdir(parents=True)
    (library / "const.py").write_text("A = 1\n")
    (project.root / "amplify-greeting" / "requirements.txt").write_text(requirement + "\n")


def test_the_same_sources_have_the_same_fingerprint(project):
    first, second = (deployed_sources.manifest(project, "amplify-greeting") for _ in range(2))
    assert deployed_sources.fingerprint(first) == deployed_sources.fingerprint(second)


@pytest.mark.parametrize(
    "name", ["amplify-greeting/service/words.py", "amplify-greeting/serverless.yml", "var/local-var.yml"]
)
def test_what_changes_a_deployment(project, name):
    before = deployed_sources.manifest(project, "amplify-greeting")
    with (project.root / name).open("a") as file:
        file.write("# changed\n")
    assert len(deployed_sources.changed(before, deployed_sources.manifest(project, "amplify-greeting"))) == 1


@pytest.mark.parametrize(
    "name",
    [
        "amplify-greeting/.serverless/x.zip",
        "amplify-greeting/node_modules/x.js",
        "amplify-greeting/service/__pycache__/core.cpython-311.pyc",
        "amplify-greeting/README.md",
        "amplify-platform/other.yml",
        "src/pycommon/const.py",
    ],
)
def test_what_does_not_change_a_deployment(project, name):
    before = deployed_sources.manifest(project, "amplify-greeting")
    path = project.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    assert deployed_sources.changed(before, deployed_sources.manifest(project, "amplify-greeting")) == []


@pytest.mark.parametrize("line", ["..", "../", "-e ..", "..[cli]", "amplify-pycommon @ file:..", "..  # the library"])
def test_a_library_taken_from_the_checkout_counts(project, line):
    add_library(project, line)
    assert "library/pycommon/const.py" in deployed_sources.manifest(project, "amplify-greeting")


@pytest.mark.parametrize(
    ("name", "deploys"),
    [
        ("src/pycommon/const.py", True),
        ("src/pycommon/new.py", True),
        ("pyproject.toml", True),
        ("hatch_build.py", True),
        ("cli/src/pycommon_cli/main.py", False),
        ("cli/pyproject.toml", False),
    ],
)
def test_a_change_of_the_library_deploys_again_and_a_change_of_a_tool_does_not(project, name, deploys):
    add_library(project, "..")
    before = deployed_sources.manifest(project, "amplify-greeting")
    path = project.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("# changed\n")
    after = deployed_sources.manifest(project, "amplify-greeting")
    assert (deployed_sources.fingerprint(before) != deployed_sources.fingerprint(after)) is deploys


@pytest.mark.parametrize("line", ["amplify-pycommon", "../elsewhere", "# ..", "amplify-pycommon==0.2.0"])
def test_a_library_from_the_index_does_not_count(project, line):
    add_library(project, line)
    assert not any(name.startswith("library/") for name in deployed_sources.manifest(project, "amplify-greeting"))
