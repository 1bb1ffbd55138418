"""Compare the documentation with the code: variables, commands, links, samples and sections."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = [path for path in (ROOT / "src" / "pycommon").rglob("*.py") if "testing" not in path.parts]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("amplify-*/README.md")])
SPECIFICATION = "\n".join(page.read_text() for page in ROOT.glob("docs/specification/*.md")).lower()
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
READERS = {"get", "number", "require", "value", "resolve"}


def variables_read(path: Path) -> set[str]:
    """Return the names in capitals that a module reads from the environment or the resolver, or declares."""
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


def prose(page: Path) -> str:
    """Return the text of a page without its code."""
    return re.sub(r"^ *```.*?^ *```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)


def links(page: Path) -> list[tuple[Path, str]]:
    """Return the file and the anchor ("" for none) of each link inside the repository."""
    found = [(target, anchor) for target, anchor in LINK.findall(prose(page)) if "://" not in target]
    return [((page.parent / target).resolve() if target else page, anchor) for target, anchor in found]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page, as GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert [str(target) for target, _ in links(page) if not target.exists()] == []
    there = [
        (target, anchor) for target, anchor in links(page) if anchor and target.suffix == ".md" and target.exists()
    ]
    assert [anchor for target, anchor in there if anchor not in anchors(target)] == []


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.exists():
            continue
        reached.add(page)
        if page.is_dir():
            waiting += page.glob("*.md")
        elif page.suffix == ".md":
            waiting += [target for target, _ in links(page)]
    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in reached and page.parent != ROOT] == []


def test_glossary_has_at_most_twenty_words_each_with_its_page() -> None:
    words = (ROOT / "docs" / "glossary.md").read_text().partition("## Our words")[2].partition("\n## ")[0]
    rows = [row for row in words.splitlines() if row.startswith("| ")][1:]
    assert 10 < len(rows) <= 20
    assert [row for row in rows if not LINK.search(row)] == []


def test_each_section_that_the_code_names_is_in_the_specification() -> None:
    named = {
        name.lower()
        for file in LIBRARY
        for source in re.findall(r"Source: (.*)\b(?:in|of) the specification", file.read_text())
        for name in re.findall(r'"([^"]+)"|(Pattern \d)', source)
        for name in name
        if name
    }
    assert named
    assert {name for name in named if name not in SPECIFICATION} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_samples_compile(page: Path) -> None:
    for sample in re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL):
        assert compile(sample, str(page), "exec")


def requirements(project_file: Path) -> list[str]:
    """Return what a distribution requires, with its extras. The library's extras are filled in by hatch_build.py."""
    document = tomllib.loads(project_file.read_text())
    hook = document["tool"]["hatch"].get("metadata", {}).get("hooks", {}).get("custom", {})
    extras = {**document["project"].get("optional-dependencies", {}), **hook.get("optional-dependencies", {})}
    return [*document["project"]["dependencies"], *(each for extra in extras.values() for each in extra)]


def test_every_dependency_has_its_reason() -> None:
    required = [*requirements(ROOT / "pyproject.toml"), *requirements(ROOT / "cli" / "pyproject.toml")]
    names = {re.split(r"[<>=\[ ]", each)[0] for each in required}
    text = (ROOT / "docs" / "dependencies.md").read_text()
    others = {name for name in names if not name.startswith(("types-", "amplify-pycommon"))}
    assert {name for name in others if f"`{name}" not in text} == set()
