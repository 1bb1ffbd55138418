"""CONTRIBUTING.md against the tree: each path that the page names exists, and each package has its place for tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FOLDERS = ("src/", "cli/", "tests/", "docs/", "demo/", "benchmarks/", "var/", "amplify-", ".ci/")
PATHS = sorted(
    {
        each
        for each in re.findall(r"`([^`\s]+)`", TEXT)
        if each.startswith(FOLDERS) and "*" not in each and "CODE" not in each and "::" not in each
    }
)
ALONE = """
import sys
from importlib.abc import MetaPathFinder

class NotInstalled(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in {"boto3", "botocore", "hypothesis", "jwt", "pycommon_cli", "typer", "xdist"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NotInstalled())
import pytest
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", sys.argv[1]]))
"""


@pytest.mark.parametrize("path", PATHS)
def test_the_path_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make ([a-z-]+)`", TEXT))))
def test_the_command_exists(target: str) -> None:
    assert re.search(rf"^{target}:.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("source", ["src/pycommon", "cli/src/pycommon_cli"])
def test_each_package_has_its_place_for_tests(source: str) -> None:
    (table,) = re.findall(r"^## Where tests go\n(.*?)^## ", TEXT, re.DOTALL | re.MULTILINE)
    packages = {path.parent.name for path in (ROOT / source).glob("*/__init__.py")} - {"testing", "faces"}
    assert packages
    assert {name for name in packages if f"{name}/" not in table} == set()


def test_one_file_needs_nothing_but_the_library_and_pytest() -> None:
    command = [sys.executable, "-c", ALONE, "tests/test_parameters.py"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
