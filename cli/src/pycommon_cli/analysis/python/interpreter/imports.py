"""What `import` binds; the modules of the service run where they are first imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import (
    UNKNOWN,
    ExternalName,
    ModuleValue,
    PackageValue,
    Value,
    one,
)
from pycommon_cli.analysis.python.interpreter.assignments import Bindings

if TYPE_CHECKING:
    import ast

    from pycommon_cli.analysis.python.scopes import AnalysisContext

__all__ = ["Imports", "external"]

_CANONICAL = {
    "pycommon.api.ops": "pycommon.api.ops",
    "pycommon.authz.guard.validated": "pycommon.authz.validated",
    "pycommon.authz.setup.setup_validated": "pycommon.authz.setup_validated",
    "pycommon.metrics.tracked_execution.track_execution": "pycommon.decorators.track_execution",
}


def external(name: str) -> Value:
    """Something of a module from elsewhere, under the one name that is used for it here."""
    return one(ExternalName(_CANONICAL.get(name, name)))


class Imports(Bindings):
    """Imports, of the service's own modules and of others."""

    def execute_import(self, node: ast.Import) -> bool:
        for alias in node.names:
            name = self.modules.absolute(self.current.source, alias.name)
            if name is None:
                top = alias.name if alias.asname else alias.name.partition(".")[0]
                self.bind(alias.asname or top, external(top))
            elif not self.frame.typing_only:
                imported = self._imported(name, node)
                root = name[: len(name) - len(alias.name)] + alias.name.partition(".")[0]
                self.bind(
                    alias.asname or alias.name.partition(".")[0],
                    imported if alias.asname else self._imported(root, node),
                )
        return True

    def execute_import_from(self, node: ast.ImportFrom) -> bool:
        if node.module == "__future__":
            return True
        source = self.modules.source_of(self.current.source, node)
        if source is None:
            self._import_from_elsewhere(node)
        elif not self.frame.typing_only:
            module = self._imported(source, node)
            for alias in node.names:
                if alias.name == "*":
                    self.current.stars.append(module)
                else:
                    self.bind(alias.asname or alias.name, self._from_module(source, module, alias.name, node))
        return True

    def _import_from_elsewhere(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self.current.stars.append(one(ExternalName(module)))
            else:
                self.bind(alias.asname or alias.name, external(f"{module}.{alias.name}"))

    def _imported(self, name: str, node: ast.stmt) -> Value:
        """The module of that name; that it runs now is noted at `node`."""
        for parent in [name[:index] for index, letter in enumerate(name) if letter == "."]:
            self._note_import(self.module(parent), node)
        context = self.module(name)
        if context is None:
            return one(PackageValue(name)) if self.modules.is_package(name) or not name else UNKNOWN
        self._note_import(context, node)
        return one(ModuleValue(context))

    def _note_import(self, context: AnalysisContext | None, node: ast.stmt) -> None:
        if context is not None and context is not self.current:
            self.current.effects.calls[context, self.place(node)] = None

    def _from_module(self, source: str, module: Value, name: str, node: ast.stmt) -> Value:
        """`import a.b as c`."""
        for atom in module:
            if isinstance(atom, ModuleValue):
                found = self.module_attribute(atom.context, name)
                if found is not None:
                    return found
        submodule = f"{source}.{name}" if source else name
        if self.modules.get(submodule) is not None or self.modules.is_package(submodule):
            return self._imported(submodule, node)
        return UNKNOWN
