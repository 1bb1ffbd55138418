"""The modules of a service and how they find each other: the names that `import` would take them by."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from pycommon_cli.analysis.python.python_files import PythonFile

__all__ = ["ServiceModules"]


class ServiceModules:
    """The modules of one service folder, by dotted name.

    Lambda puts the service folder on `sys.path`. Services whose functions are packaged by themselves have roots further
    down, so that a name is looked for beside the importing module and in the folders above it too.
    """

    def __init__(self, sources: Iterable[PythonFile]) -> None:
        self._by_name = {source.module: source for source in sources}
        self._packages = {parent for name in self._by_name for parent in _parents(name)}

    def get(self, name: str) -> PythonFile | None:
        """The module of that dotted name."""
        return self._by_name.get(name)

    def is_package(self, name: str) -> bool:
        """Whether there are modules below that name, with an `__init__.py` or without."""
        return name in self._packages

    def absolute(self, importer: PythonFile, name: str) -> str | None:
        """The module, or folder of modules, that `import name` in `importer` finds; None for code from elsewhere."""
        base = importer.module.split(".")
        for length in range(len(base)):
            candidate = ".".join([*base[:length], name])
            if candidate in self._by_name or candidate in self._packages:
                return candidate
        return None

    def source_of(self, importer: PythonFile, node: ast.ImportFrom) -> str | None:
        """The module that a `from ... import` takes names from; None for code from elsewhere."""
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
