"""Find the modules of a service by the names that `import` uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from pycommon_cli.analysis.python.python_files import PythonFile

__all__ = ["ServiceModules"]


class ServiceModules:
    """The modules of one service folder. Each module has a dotted name.

    Lambda puts the service folder on `sys.path`. If functions are packaged separately, subfolders are on `sys.path`
    too. A name is therefore searched next to the importing module and in the folders above it.
    """

    def __init__(self, sources: Iterable[PythonFile]) -> None:
        self._by_name = {source.module: source for source in sources}
        self._packages = {parent for name in self._by_name for parent in _parents(name)}

    def get(self, name: str) -> PythonFile | None:
        """Return the module with this dotted name."""
        return self._by_name.get(name)

    def is_package(self, name: str) -> bool:
        """Return whether there are modules below this name, with or without an `__init__.py`."""
        return name in self._packages

    def absolute(self, importer: PythonFile, name: str) -> str | None:
        """Return the module or package that `import name` finds, or None for a module outside the service."""
        base = importer.module.split(".")
        for length in range(len(base)):
            candidate = ".".join([*base[:length], name])
            if candidate in self._by_name or candidate in self._packages:
                return candidate
        return None

    def source_of(self, importer: PythonFile, node: ast.ImportFrom) -> str | None:
        """Return the module from which a `from ... import` takes names, or None for a module outside the service."""
        if not node.level:
            return self.absolute(importer, node.module or "")
        parts = importer.module.split(".") if importer.module else []
        package = parts if importer.is_package else parts[:-1]
        if node.level - 1 > len(package):
            return None
        base = package[: len(package) - (node.level - 1)]
        name = ".".join([*base, *([node.module] if node.module else [])])
        return name if name in self._by_name or name in self._packages or not name else None


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]
