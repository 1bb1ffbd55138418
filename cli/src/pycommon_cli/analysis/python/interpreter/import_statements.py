"""Run imports. A module of the service runs when it is imported for the first time."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.interpreter.external_names import external
from pycommon_cli.analysis.python.values.abstract_values import UNKNOWN, ExternalName, PackageValue, Value, one
from pycommon_cli.analysis.python.values.code_contexts import ModuleValue

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.context_runs import ContextRuns
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.name_lookup import NameLookup
    from pycommon_cli.analysis.python.interpreter.syntax_dispatch import StatementForms
    from pycommon_cli.analysis.python.service_modules import ServiceModules
    from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext

__all__ = ["ImportStatements"]


class ImportStatements:
    """The part of the interpreter that runs imports of the service's own modules and of other modules."""

    __slots__ = ("_modules", "_names", "_runs", "_state")

    def __init__(self, state: ExecutionState, modules: ServiceModules, names: NameLookup, runs: ContextRuns) -> None:
        self._state = state
        self._modules = modules
        self._names = names
        self._runs = runs

    def forms(self) -> StatementForms:
        """Return the statements that this part runs."""
        return {ast.Import: self._import, ast.ImportFrom: self._import_from}

    def _import(self, node: ast.Import) -> bool:
        for alias in node.names:
            name = self._modules.absolute(self._state.current.source, alias.name)
            top = alias.name.partition(".")[0]
            if name is None:
                bound = alias.name if alias.asname else top
                self._names.bind(alias.asname or bound, external(bound))
            elif not self._state.frame.typing_only:
                module = self._module(name, node)
                root = name[: len(name) - len(alias.name)] + top
                self._names.bind(alias.asname or top, module if alias.asname else self._module(root, node))
        return True

    def _import_from(self, node: ast.ImportFrom) -> bool:
        if node.module == "__future__":
            return True
        source = self._modules.source_of(self._state.current.source, node)
        if source is None:
            self._import_from_other_module(node)
        elif not self._state.frame.typing_only:
            module = self._module(source, node)
            for alias in node.names:
                if alias.name == "*":
                    self._state.current.stars.append(module)
                else:
                    value = self._name_of_module(source, module, alias.name, node)
                    self._names.bind(alias.asname or alias.name, value)
        return True

    def _import_from_other_module(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self._state.current.stars.append(one(ExternalName(module)))
            else:
                self._names.bind(alias.asname or alias.name, external(f"{module}.{alias.name}"))

    def _module(self, name: str, node: ast.stmt) -> Value:
        """Return the module with this name. Record that `node` runs the module and the packages around it."""
        for parent in [name[:index] for index, letter in enumerate(name) if letter == "."]:
            self._record_import(self._runs.module(parent), node)
        context = self._runs.module(name)
        if context is None:
            return one(PackageValue(name)) if self._modules.is_package(name) or not name else UNKNOWN
        self._record_import(context, node)
        return one(ModuleValue(context))

    def _record_import(self, context: AnalysisContext | None, node: ast.stmt) -> None:
        current = self._state.current
        if context is not None and context is not current:
            current.effects.calls[context, self._state.place(node)] = None

    def _name_of_module(self, source: str, module: Value, name: str, node: ast.stmt) -> Value:
        """Return the value that `from source import name` binds: a name of the module, or a submodule."""
        for each in module:
            if isinstance(each, ModuleValue):
                found = self._names.module_attribute(each.context, name)
                if found is not None:
                    return found
        submodule = f"{source}.{name}" if source else name
        if self._modules.get(submodule) is not None or self._modules.is_package(submodule):
            return self._module(submodule, node)
        return UNKNOWN
