"""Read a service's Python into `CodeFacts`."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import CodeFacts, ReadingTrouble
from pycommon_cli.analysis.python.interpreter.interpreter import Interpreter
from pycommon_cli.analysis.python.lambda_handlers import read_handlers
from pycommon_cli.analysis.python.other_declarations import OtherDeclarations, other_declarations
from pycommon_cli.analysis.python.permitted_operations import read_permissions
from pycommon_cli.analysis.python.python_files import PythonFile, is_test, noqa_codes, python_files, read_source
from pycommon_cli.analysis.python.routed_operations import late_route_data, read_tools
from pycommon_cli.analysis.python.schema_rules import read_rules
from pycommon_cli.analysis.python.service_modules import ServiceModules

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

__all__ = ["read_code"]

_OF_THE_LIBRARY = ("required_env_vars", "validated", "track_execution", "api_tool", "set_route_data")


def read_code(folder: Path, root: Path, references: Collection[str], *, all_declarations: bool = False) -> CodeFacts:
    """Read the Python of one service. A part that cannot be read is listed in `troubles`, and raises no exception.

    Args:
        folder: the service folder. Lambda puts this folder on `sys.path`.
        root: the folder to which the paths in the result are relative.
        references: the handlers that `serverless.yml` names, e.g. "service/core.record_visit". Functions with
            PyCommon's decorators are handlers too. A reference that is not found has no entry in `handlers`.
        all_declarations: whether to read the declarations that are not on a handler too (`other_declarations`). This
            takes about 3 % more time.

    Example:
        >>> code = read_code(root / "amplify-lambda", root, {"files/file.get_presigned_url"})
        >>> sorted({call.operation for call in code.handlers["files/file.get_presigned_url"].calls})
    """
    with _without_garbage_collection():
        return _read(folder.resolve(), root.resolve(), references, all_declarations=all_declarations)


def _read(folder: Path, root: Path, references: Collection[str], *, all_declarations: bool) -> CodeFacts:
    read = [(file, read_source(file, folder, root)) for file in python_files(folder)]
    sources = [source for _, source in read if isinstance(source, PythonFile)]
    troubles = [trouble for _, trouble in read if isinstance(trouble, ReadingTrouble)]
    lines = sum(source.text.count("\n") for source in sources)
    interpreter = Interpreter(ServiceModules(sources), lines)
    interpreter.start(references, (source for source in sources if _concerns_library(source, folder, root)))
    handlers, unclear = read_handlers(interpreter, references)
    rules, unclear_rules = read_rules(interpreter)
    permissions, looks_up_permissions = read_permissions(interpreter)
    troubles += dict.fromkeys([*interpreter.troubles, *unclear, *unclear_rules])
    tools, late = read_tools(interpreter, handlers), late_route_data(interpreter)
    others = other_declarations(interpreter, sources) if all_declarations else OtherDeclarations()
    return CodeFacts(
        handlers=handlers,
        rules=rules,
        permissions=permissions,
        tools=tools,
        late_route_data=late,
        looks_up_permissions=looks_up_permissions,
        noqa={source.path: codes for source in sources if (codes := noqa_codes(source))},
        other_declarations=tuple(others.variables),
        unclear_declarations=tuple(dict.fromkeys([*unclear, *others.unclear])),
        troubles=tuple(troubles),
    )


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Disable the garbage collector. It would take a quarter of the time, and finds no garbage in syntax trees."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _concerns_library(source: PythonFile, folder: Path, root: Path) -> bool:
    if not any(name in source.text for name in _OF_THE_LIBRARY) and not source.module.endswith(
        "schema_validation_rules"
    ):
        return False
    return not is_test((root / source.path).relative_to(folder))
