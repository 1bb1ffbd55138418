"""The two distributions: equal versions, where the extras take the command line from, and the library alone.

These tests build nothing and need no network.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tomllib
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = tomllib.loads((ROOT / "pyproject.toml").read_text())
COMMAND_LINE = tomllib.loads((ROOT / "cli" / "pyproject.toml").read_text())
VERSION = LIBRARY["project"]["version"]
EXTRAS = LIBRARY["tool"]["hatch"]["metadata"]["hooks"]["custom"]
TOOLS = {"cli": "amplify-pycommon-cli", "check": "amplify-pycommon-cli[check]", "local": "amplify-pycommon-cli[local]"}


class Hook:
    """The constructor of a hatchling hook, as far as these hooks use it."""

    def __init__(self, root: str, config: dict[str, Any] | None = None, metadata: Any = None) -> None:
        self.root, self.config, self.metadata = root, config or {}, metadata

    def __class_getitem__(cls, _item: object) -> type:
        return cls


@pytest.fixture
def build_hooks(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Any]:
    """Return a function that loads a `hatch_build.py`. Stand-ins replace the base classes of hatchling.

    A build installs hatchling for itself, so hatchling is not a dependency of the tests.
    """
    for name, member in {
        "hatchling.builders.hooks.plugin.interface": "BuildHookInterface",
        "hatchling.metadata.plugin.interface": "MetadataHookInterface",
    }.items():
        module = types.ModuleType(name)
        setattr(module, member, Hook)
        monkeypatch.setitem(sys.modules, name, module)

    def load(path: Path) -> Any:
        spec = importlib.util.spec_from_file_location("hatch_build", path)
        assert spec is not None
        assert spec.loader is not None
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
        return loaded

    return load


@pytest.fixture
def extras_of(build_hooks: Callable[[Path], Any]) -> Callable[[Path], dict[str, list[str]]]:
    """Return a function that returns the extras of the library, built in a folder."""

    def extras(root: Path) -> dict[str, list[str]]:
        metadata = {"version": VERSION}
        build_hooks(ROOT / "hatch_build.py").ExtrasHook(str(root), EXTRAS).update(metadata)
        return metadata["optional-dependencies"]

    return extras


def test_both_distributions_have_one_version_and_one_license() -> None:
    assert COMMAND_LINE["project"]["version"] == VERSION
    assert f"amplify-pycommon[aws-sdk]=={VERSION}" in COMMAND_LINE["project"]["dependencies"]
    assert COMMAND_LINE["project"]["requires-python"] == LIBRARY["project"]["requires-python"]
    assert (ROOT / "cli" / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    assert not (ROOT / "cli" / "LICENSE").is_symlink(), "archives and wheels would not contain it"


def test_a_checkout_installs_the_command_line_by_its_path(extras_of: Callable[[Path], dict[str, list[str]]]) -> None:
    extras = extras_of(ROOT)
    assert {name: extras[name] for name in TOOLS} == {
        name: [f"{requirement} @ {(ROOT / 'cli').as_uri()}"] for name, requirement in TOOLS.items()
    }
    assert extras["aws-sdk"] == EXTRAS["optional-dependencies"]["aws-sdk"]


def test_without_its_sources_the_command_line_comes_from_the_index(
    extras_of: Callable[[Path], dict[str, list[str]]], tmp_path: Path
) -> None:
    extras = extras_of(tmp_path)
    assert {name: extras[name] for name in TOOLS} == {name: [f"{each}=={VERSION}"] for name, each in TOOLS.items()}


def test_a_source_archive_names_no_path(
    build_hooks: Callable[[Path], Any], extras_of: Callable[[Path], dict[str, list[str]]], tmp_path: Path
) -> None:
    """Hatchling writes `core.optional_dependencies` to PKG-INFO, and builds the wheel's metadata from PKG-INFO."""
    core = types.SimpleNamespace(optional_dependencies=extras_of(ROOT))
    metadata = types.SimpleNamespace(version=VERSION, core=core)
    build_hooks(ROOT / "hatch_build.py").SourceArchiveHook(str(ROOT), metadata=metadata).initialize("standard", {})
    assert core.optional_dependencies == extras_of(tmp_path)


@pytest.mark.parametrize("project", [LIBRARY, COMMAND_LINE], ids=["library", "command line"])
def test_a_source_archive_includes_only_its_own_folder(project: dict[str, Any]) -> None:
    """A pattern without a leading slash matches in every folder, also in `cli/`."""
    assert all(each.startswith("/") for each in project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"])


@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_the_rule_pages_come_from_the_checkout_or_from_the_archive(
    build_hooks: Callable[[Path], Any], tmp_path: Path, target: str
) -> None:
    hooks = build_hooks(ROOT / "cli" / "hatch_build.py")
    (tmp_path / "rule-pages").mkdir()
    packed = {"wheel": "pycommon_cli/check/rules/pages", "sdist": "rule-pages"}[target]
    for root, pages in ((ROOT / "cli", ROOT / "docs" / "rules"), (tmp_path, tmp_path / "rule-pages")):
        hook, data = hooks.RulePagesHook(str(root)), {"force_include": {}}
        hook.target_name = target
        hook.initialize("standard", data)
        assert data["force_include"] == {str(pages): packed}
        assert pages.is_dir()


def test_the_pre_commit_hooks_install_what_check_needs() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert {hook["id"]: hook["additional_dependencies"] for hook in hooks} == {
        "pycommon-check": ["./cli[check]"],
        "pycommon-check-fix": ["./cli[check]"],
    }


def library_alone(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code with the library on the path, and without installed packages."""
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); {code}"]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [([], "cli"), (["--help"], "cli"), (["check"], "check"), (["iam", "x"], "check"), (["local", "up"], "local")],
)
def test_the_library_alone_names_the_extra_to_install(arguments: list[str], extra: str) -> None:
    ran = library_alone("from pycommon.__main__ import main; sys.exit(main())", *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.splitlines() == [
        "error: the command line is not installed: the package pycommon_cli is missing.",
        f"help: pip install 'amplify-pycommon[{extra}]'",
    ]


def test_the_library_alone_answers_version(tmp_path: Path) -> None:
    run = "from pycommon.__main__ import main; sys.exit(main())"
    copied = library_alone(run, "--version")
    assert (copied.returncode, copied.stdout, copied.stderr) == (0, "pycommon (unknown version)\n", "")
    installed = tmp_path / f"amplify_pycommon-{VERSION}.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(f"Metadata-Version: 2.4\nName: amplify-pycommon\nVersion: {VERSION}\n")
    ran = library_alone(f"sys.path.insert(0, {str(tmp_path)!r}); {run}", "--version")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"pycommon {VERSION}\n", "")


def test_the_library_runs_as_a_module() -> None:
    """`python -m pycommon` and the command `pycommon` are the same program."""
    ran = library_alone("import runpy; runpy.run_module('pycommon', run_name='__main__', alter_sys=True)", "--version")
    assert (ran.returncode, ran.stdout) == (0, "pycommon (unknown version)\n")
    assert LIBRARY["project"]["scripts"] == {"pycommon": "pycommon.__main__:main"}


@pytest.mark.parametrize(
    ("missing", "code", "message"),
    [
        ("typer", 2, "the package typer is missing"),
        ("pycommon.nothing", 1, "ModuleNotFoundError: No module named 'pycommon.nothing'"),
    ],
)
def test_only_a_package_that_an_extra_installs_is_reported_as_missing(
    tmp_path: Path, missing: str, code: int, message: str
) -> None:
    package = tmp_path / "pycommon_cli"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "main.py").write_text(f"import {missing}\n")
    run = "from pycommon.__main__ import main; sys.exit(main())"
    ran = library_alone(f"sys.path.insert(0, {str(tmp_path)!r}); {run}", "check")
    assert (ran.returncode, message in ran.stderr) == (code, True)
