"""The documentation against the code: variables, commands, links and samples."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from typer.main import get_command

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = [
    path
    for path in (ROOT / "src" / "pycommon").rglob("*.py")
    if "cli" not in path.parts and "testing" not in path.parts
]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("amplify-*/README.md")]
)
READERS = {"get", "number", "require", "value", "resolve"}


def variables_read(path: Path) -> set[str]:
    """Names in capitals that are asked of the environment or the resolver, or declared by the library."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READERS:
            names |= {
                arg.value for arg in ast.walk(node) if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            }
        if isinstance(node, ast.Assign) and any("VARIABLE" in getattr(t, "id", "") for t in node.targets):
            names |= {node.value.value} if isinstance(node.value, ast.Constant) else set()
    return {name for name in names if re.fullmatch(r"[A-Z][A-Z0-9]+(_[A-Z0-9]+)+|STAGE", name)}


def test_every_variable_that_the_library_reads_is_documented() -> None:
    text = (ROOT / "docs" / "environment-variables.md").read_text()
    read = set().union(*(variables_read(path) for path in LIBRARY))
    assert len(read) > 20
    assert {name for name in read if f"`{name}`" not in text} == set()


def test_every_command_is_documented() -> None:
    from pycommon_cli.main import app

    text = "\n".join(page.read_text() for page in PAGES)
    group = get_command(app)
    names = [
        f"pycommon {name} {sub}" for name, command in group.commands.items() for sub in getattr(command, "commands", {})
    ]
    assert names
    assert [name for name in names if name not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", prose)
    assert [each for each in targets if "://" not in each and not (page.parent / each).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_samples_compile(page: Path) -> None:
    for sample in re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL):
        assert compile(sample, str(page), "exec")


def test_every_dependency_has_its_reason() -> None:
    import tomllib

    library, command_line = (tomllib.loads((ROOT / each / "pyproject.toml").read_text()) for each in (".", "cli"))
    extras = library["tool"]["hatch"]["metadata"]["hooks"]["custom"]["optional-dependencies"]
    wanted = [
        *library["project"]["dependencies"],
        *command_line["project"]["dependencies"],
        *(each for extra in extras.values() for each in extra),
        *(each for extra in command_line["project"]["optional-dependencies"].values() for each in extra),
    ]
    names = {re.split(r"[<>=\[ ]", each)[0] for each in wanted} - {"amplify-pycommon", "amplify-pycommon-cli"}
    text = (ROOT / "docs" / "dependencies.md").read_text()
    assert {name for name in names if not name.startswith("types-") and f"`{name}" not in text} == set()
