"""Check the structure of the source tree: layers, import circles, names, and sizes of modules.

docs/architecture.md explains the layers. Every exception in this file has a reason, and an exception that is not used
any more fails a test.
"""

from __future__ import annotations

import ast
import re
import runpy
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.import_graph import ROOT, Import, ImportGraph, SourceModule, source_modules

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LIBRARY = ROOT / "src" / "pycommon"
COMMAND_LINE = ROOT / "cli" / "src" / "pycommon_cli"
SERVICES = sorted(folder for folder in ROOT.glob("amplify-*") if (folder / "serverless.yml").exists())
FOLDERS = (LIBRARY, COMMAND_LINE, ROOT / "demo", ROOT / "benchmarks", *SERVICES)


class Layer(NamedTuple):
    """Units side by side, which may not import each other. A unit is a module or a package with everything in it."""

    name: str
    units: tuple[str, ...]


# From the top down. A module may import modules of its own unit, and of every layer below. A module that no unit covers
# belongs to the base of its distribution. docs/pictures/layers.svg shows the same layers.
LAYERS = (
    Layer("main", ("pycommon_cli.main",)),
    Layer("commands", ("pycommon_cli.*.*_commands",)),
    Layer("check", ("pycommon_cli.check",)),
    Layer("iam", ("pycommon_cli.iam",)),
    Layer("interfaces, keys, usage", ("pycommon_cli.interfaces", "pycommon_cli.keys", "pycommon_cli.usage")),
    Layer("env", ("pycommon_cli.env",)),
    Layer("stage", ("pycommon_cli.stage",)),
    Layer("local", ("pycommon_cli.local",)),
    Layer("analysis", ("pycommon_cli.analysis",)),
    Layer("base of the command line", ("pycommon_cli",)),
    Layer("entry points", ("pycommon.__main__", "pycommon.faces", "pycommon.testing")),
    Layer("interfaces", ("pycommon.interfaces",)),
    Layer("api", ("pycommon.api",)),
    Layer("authz, decorators", ("pycommon.authz", "pycommon.decorators")),
    Layer("metrics, critical_errors", ("pycommon.metrics", "pycommon.critical_errors")),
    Layer("env", ("pycommon.env",)),
    Layer("dal", ("pycommon.dal",)),
    Layer("base of the library", ("pycommon", "pycommon.env.process_environment")),
)
IMPORTS_AGAINST_THE_LAYERS = {
    ("pycommon.__main__", "pycommon_cli.main"): "the script `pycommon` starts the command line if it is installed",
}

SAME_FILE_NAME = {
    r".*/__init__\.py": "Python fixes the name",
    r"(src/pycommon|demo|benchmarks)/__main__\.py": "Python fixes the name",
    r"(cli/)?hatch_build\.py": "the build backend fixes the name",
    r"amplify-[\w-]+/(service|rag)/core\.py": "the specification fixes the name in every service",
    r"amplify-[\w-]+/schemata/permissions\.py": "the specification fixes the name in every service",
    r"amplify-[\w-]+/schemata/schema_validation_rules\.py": "the specification fixes the name in every service",
    r"src/pycommon/(faces|interfaces)/\w+\.py": "`faces` is the old name of `interfaces`, and stays importable",
}
SAME_CLASS_NAME: dict[str, str] = {}

REPORTED_LINES, ALLOWED_LINES = 400, 450
LONG_MODULES: dict[str, str] = {}


@cache
def graph() -> ImportGraph:
    return ImportGraph(LIBRARY, COMMAND_LINE, ROOT / "demo", ROOT / "benchmarks")


def all_modules() -> list[SourceModule]:
    return [module for folder in FOLDERS for module in source_modules(folder)]


def fail_for(found: Iterable[object], title: str) -> None:
    """Fail with one line for each thing that was found, and without a traceback."""
    lines = "".join(f"\n  {each}" for each in found)
    if lines:
        pytest.fail(f"{title}:{lines}", pytrace=False)


# Layers


def layer_and_unit(module: str) -> tuple[int, str]:
    """Return the number of the layer, and the unit in it; the unit with the longest name counts."""
    if re.fullmatch(r"pycommon_cli\.\w+\.\w+_commands", module):
        return 1, module
    fitting = [
        (len(unit), number, unit)
        for number, layer in enumerate(LAYERS)
        for unit in layer.units
        if module == unit or module.startswith(f"{unit}.")
    ]
    _, number, unit = max(fitting, default=(0, -1, module))  # the demo and the benchmarks are above all layers
    return number, unit


def breaks_layers(each: Import) -> bool:
    (upper, unit), (lower, other) = layer_and_unit(each.importer.name), layer_and_unit(each.imported.name)
    same_unit = unit == other or (upper == lower and LAYERS[upper].name.startswith("base"))
    return not (same_unit or upper < lower)


def layered_imports() -> list[Import]:
    of_the_library = re.compile(r"pycommon(_cli)?(\.|$)")
    return [each for each in graph().imports if of_the_library.match(each.importer.name)]


def test_no_module_imports_from_a_layer_above_it() -> None:
    found = [
        f"{each}; {describe_layer(each.importer)} is not above {describe_layer(each.imported)}"
        for each in layered_imports()
        if breaks_layers(each) and (each.importer.name, each.imported.name) not in IMPORTS_AGAINST_THE_LAYERS
    ]
    fail_for(dict.fromkeys(found), "Imports against the layers of docs/architecture.md")


def describe_layer(module: SourceModule) -> str:
    number, unit = layer_and_unit(module.name)
    return unit if number < 0 else f'layer "{LAYERS[number].name}"'


@pytest.mark.parametrize(
    ("importer", "imported", "broken"),
    [
        ("pycommon.api.router", "pycommon.authz.guard", False),
        ("pycommon.authz.guard", "pycommon.api.router", True),
        ("pycommon.authz.guard", "pycommon.decorators", True),
        ("pycommon.env.variable_record", "pycommon.env.declaration", False),
        ("pycommon.logger", "pycommon.env.process_environment", False),
        ("pycommon.logger", "pycommon.env.declaration", True),
        ("pycommon.metrics.payers", "pycommon_cli.terminal", True),
        ("pycommon.metrics.payers", "demo.checks", True),
        ("pycommon_cli.terminal", "pycommon.authz.guard", False),
        ("pycommon_cli.main", "pycommon_cli.local.local_commands", False),
        ("pycommon_cli.keys.keys_commands", "pycommon_cli.local.local_commands", True),
        ("pycommon_cli.usage.log_sources", "pycommon_cli.keys.api_key_table", True),
        ("pycommon_cli.analysis.facts", "pycommon_cli.check.findings", True),
        ("pycommon_cli.check.findings", "pycommon_cli.analysis.facts", False),
    ],
)
def test_imports_against_the_layers_are_found(importer: str, imported: str, broken: bool) -> None:  # noqa: FBT001
    one, other = (SourceModule(name, ROOT / "module.py") for name in (importer, imported))
    assert breaks_layers(Import(one, other, 1)) is broken


def test_no_service_imports_the_command_line() -> None:
    found = [
        f"{module.place}:{line} imports {name}"
        for service in SERVICES
        for module in source_modules(service)
        for name, line in module.imported_names()
        if name.startswith("pycommon_cli")
    ]
    fail_for(found, "A deployment package does not contain the command line")


def test_every_exception_to_the_layers_is_used() -> None:
    used = {(each.importer.name, each.imported.name) for each in layered_imports() if breaks_layers(each)}
    fail_for(IMPORTS_AGAINST_THE_LAYERS.keys() - used, "Exceptions that are not used any more")


def test_every_unit_of_a_layer_exists() -> None:
    names = graph().modules.keys()
    units = {unit for layer in LAYERS for unit in layer.units if "*" not in unit}
    fail_for(sorted(units - names), "Units of LAYERS that do not exist")


def test_the_drawing_shows_the_layers() -> None:
    drawn = [name for name, _ in drawing_script()["LAYERS"]]
    assert drawn == [layer.name for layer in LAYERS]


def test_the_pictures_are_those_that_the_script_draws() -> None:
    pictures = ROOT / "docs" / "pictures"
    old = [
        f"{name}.svg"
        for name, draw in drawing_script()["PICTURES"].items()
        if draw().svg() != (pictures / f"{name}.svg").read_text()
    ]
    fail_for(old, "Run `python docs/pictures/draw_pictures.py`, which changes these pictures")


@cache
def drawing_script() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "docs" / "pictures" / "draw_pictures.py"))


def test_only_one_module_of_the_library_reads_the_environment() -> None:
    readers = {
        f"{module.place}:{node.lineno}"
        for module in source_modules(LIBRARY)
        if re.search(r"environ|getenv", module.text) and module.name != "pycommon.env.process_environment"
        for node in ast.walk(ast.parse(module.text))
        if reads_environment(node)
    }
    fail_for(sorted(readers), "Ask pycommon.env.process_environment instead of os.environ")


def reads_environment(node: ast.AST) -> bool:
    names = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
    if isinstance(node, ast.ImportFrom):
        return node.module == "os" and any(alias.name in names for alias in node.names)
    return isinstance(node, ast.Attribute) and node.attr in names and ast.unparse(node.value) == "os"


# Circles


@pytest.mark.parametrize("service", [None, *SERVICES], ids=lambda service: service.name if service else "library")
def test_no_modules_import_each_other_in_a_circle(service: Path | None) -> None:
    circles = (ImportGraph(service) if service else graph()).circles()
    fail_for(
        (f"{len(circle)} imports:" + "".join(f"\n    {each}" for each in circle) for circle in circles),
        "Import circles; imports for types and in functions count",
    )


@pytest.mark.parametrize(
    "source",
    [
        "from circular.second import name",
        "from circular import second",
        "from . import second",
        "from .second import name",
        "import circular.second",
        "if TYPE_CHECKING:\n    from circular.second import name",
        "def function():\n    try:\n        from circular.second import name\n    finally:\n        pass",
    ],
)
def test_a_circle_is_found_however_it_is_imported(tmp_path: Path, source: str) -> None:
    package = tmp_path / "circular"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "first.py").write_text(source)
    (package / "second.py").write_text("import circular.third")
    (package / "third.py").write_text("\nimport circular.first")
    [circle] = ImportGraph(package).circles()
    assert {each.importer.name for each in circle} == {"circular.first", "circular.second", "circular.third"}
    assert f"{package}/third.py:2 imports circular.first" in map(str, circle)


# Names


def test_a_file_name_is_used_once() -> None:
    places = defaultdict(list)
    for module in all_modules():
        places[module.path.name].append(module.place)
    for path in (ROOT / "hatch_build.py", ROOT / "cli" / "hatch_build.py", *ROOT.glob("docs/**/*.py")):
        places[path.name].append(path.relative_to(ROOT).as_posix())
    repeated = {name: found for name, found in places.items() if len(found) > 1}
    unused = dict(SAME_FILE_NAME)
    for name, found in list(repeated.items()):
        reason = next((each for each in SAME_FILE_NAME if all(re.fullmatch(each, place) for place in found)), None)
        if reason is not None:
            del repeated[name]
            unused.pop(reason, None)
    fail_for((f"{name}: {', '.join(found)}" for name, found in repeated.items()), "File names that several files have")
    fail_for(unused, "Exceptions that are not used any more")


def test_a_public_class_name_is_used_once() -> None:
    places = defaultdict(list)
    for module in all_modules():
        for node in module.statements:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(f"{module.place}:{node.lineno}")
    repeated = {name: found for name, found in places.items() if len(found) > 1}
    unexplained = [f"{name}: {', '.join(found)}" for name, found in repeated.items() if name not in SAME_CLASS_NAME]
    fail_for(unexplained, "Public class names that several classes have")
    fail_for(SAME_CLASS_NAME.keys() - repeated.keys(), "Exceptions that are not used any more")


# Functions and modules


def test_no_function_only_raises_not_implemented_error() -> None:
    found = [
        f"{module.place}:{node.lineno} {node.name}"
        for module in all_modules()
        if "NotImplementedError" in module.text
        for node in module.statements
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and only_raises_not_implemented(node)
    ]
    fail_for(found, "State what a collaborator needs with a Protocol, not with NotImplementedError")


def only_raises_not_implemented(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    body = [each for each in function.body if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))]
    return len(body) == 1 and isinstance(body[0], ast.Raise) and "NotImplementedError" in ast.unparse(body[0])


def test_no_module_is_too_long(capsys: pytest.CaptureFixture[str]) -> None:
    lines = {module.place: module.text.count("\n") for module in all_modules()}
    reported = {place: count for place, count in lines.items() if count > REPORTED_LINES}
    with capsys.disabled():
        for place, count in reported.items():
            print(f"\n{place} has {count} lines; more than {ALLOWED_LINES} are not allowed", end="")  # noqa: T201
    too_long = {place for place, count in lines.items() if count > ALLOWED_LINES}
    fail_for(sorted(too_long - LONG_MODULES.keys()), f"Modules of more than {ALLOWED_LINES} lines; split them")
    fail_for(LONG_MODULES.keys() - too_long, "Exceptions that are not used any more")
