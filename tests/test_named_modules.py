"""Check that the modules that source and documentation name in a text exist: no other tool sees these names.

Examples: `import_module("pycommon.metrics.usage_store")`, a docstring that names `pycommon_cli.check.output`, a page
that names `authz/guard.py`.
"""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.import_graph import ROOT, SourceModule, source_modules

FOLDERS = [ROOT / "src" / "pycommon", ROOT / "cli" / "src" / "pycommon_cli", ROOT / "demo", ROOT / "benchmarks"]
SERVICES = sorted(folder for folder in ROOT.glob("amplify-*") if (folder / "serverless.yml").exists())
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")]

DOTTED = re.compile(r"(?<![\w./-])pycommon(?:_cli)?(?:\.[A-Za-z_]\w*)+")
FILE = re.compile(r"`(\w[\w./-]*\.py)`")
NOT_MODULES = {"pycommon.sarif": "a file that CI writes"}
NOT_FILES = {"handler.py": "a file of the packages that the benchmarks build"}
PAGES_WITH_OLD_NAMES = {"CHANGELOG.md", "style.md"}  # they quote texts as they were before


@cache
def texts() -> dict[str, str]:
    """Return the text of every source file and page, by its path from the root."""
    sources = [module.path for folder in (*FOLDERS, *SERVICES) for module in source_modules(folder)]
    paths = (path for path in (*sources, *PAGES) if path.name not in PAGES_WITH_OLD_NAMES)
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in paths}


@cache
def modules() -> dict[str, SourceModule]:
    return {module.name: module for folder in FOLDERS for module in source_modules(folder)}


@cache
def names_in(module: SourceModule) -> frozenset[str]:
    """Return the names that the statements of `module` bind, at any depth."""
    names: set[str] = set()
    for node in module.statements:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {alias.asname or alias.name for alias in aliases}
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return frozenset(names)


def exists(dotted: str) -> bool:
    parts = dotted.split(".")
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    module = next(modules()[prefix] for prefix in prefixes if prefix in modules())
    rest = parts[module.name.count(".") + 1 :]
    return not rest or not names_in(module).isdisjoint({rest[0], "__getattr__"})


def fail_for(missing: list[str], title: str) -> None:
    if missing:
        pytest.fail("\n  ".join([f"{title}:", *missing]), pytrace=False)


def test_every_module_that_a_text_names_exists() -> None:
    missing = [
        f"{place}:{text.count(chr(10), 0, found.start()) + 1} names {found[0]}"
        for place, text in texts().items()
        for found in DOTTED.finditer(text)
        if found[0] not in NOT_MODULES and not exists(found[0])
    ]
    fail_for(missing, "Modules, classes or functions that do not exist")
    assert all(any(name in text for text in texts().values()) for name in (*NOT_MODULES, *NOT_FILES))


def is_test(name: str) -> bool:
    return name.startswith(("tests/", "test_")) and any(ROOT.glob(f"tests/**/{name.removeprefix('tests/')}"))


def test_every_python_file_that_a_text_names_exists() -> None:
    places = [f"/{place}" for place in (*texts(), "hatch_build.py", "cli/hatch_build.py")]
    missing = [
        f"{place}:{text.count(chr(10), 0, found.start()) + 1} names {found[1]}"
        for place, text in texts().items()
        for found in FILE.finditer(text)
        if found[1] not in NOT_FILES and not any(each.endswith(f"/{found[1]}") for each in places)
        if not is_test(found[1])
    ]
    fail_for(missing, "Files that do not exist")
