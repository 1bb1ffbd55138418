"""The Python samples of the specification, and a service folder on disk in which they run."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

SPECIFICATION = Path(__file__).parents[3] / "shared" / "spec" / "implementation-guidelines.md"

_HEADING = re.compile(r"#+ +(.+)")
_FENCE = re.compile(r"\s*```(\w*)")
_FILE_MARK = re.compile(r"^# === FILE: (\S+) ===$", re.MULTILINE)


def python_blocks(document: str) -> dict[str, str]:
    """Every Python block by the heading above it and its number there, e.g. `Usage Examples #1`."""
    blocks: dict[str, str] = {}
    seen: Counter[str] = Counter()
    heading, language, lines = "", None, []
    for line in document.splitlines():
        fence = _FENCE.fullmatch(line)
        if fence and language is None:
            language, lines = fence[1], []
        elif fence and language is not None:
            if language == "python":
                seen[heading] += 1
                blocks[f"{heading} #{seen[heading]}"] = "\n".join(lines) + "\n"
            language = None
        elif language is not None:
            lines.append(line)
        elif found := _HEADING.fullmatch(line):
            heading = " ".join(found[1].replace("*", " ").split())
    return blocks


def files_of(block: str) -> dict[str, str]:
    """The files of a block that holds several, each behind a line `# === FILE: name ===`."""
    _, *parts = _FILE_MARK.split(block)
    return dict(zip(parts[::2], parts[1::2], strict=True))


class ServiceFolder:
    """A Lambda's package root: written file by file, on `sys.path`, and forgotten by Python at the end."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: str = "") -> Path:
        """Write one file of the service."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def run(self, path: str, text: str, **given: Any) -> ModuleType:
        """Write `text` to `path` and run it as a module, with the names that a sample leaves to its reader `given`."""
        return self._execute(self.write(path, text), path, given)

    def run_further(self, module: ModuleType, text: str) -> None:
        """Run `text` as the continuation of `module`: a sample that goes on from the one before."""
        exec(compile(text, f"{module.__name__} (continued)", "exec"), module.__dict__)  # noqa: S102 - the sample

    def _execute(self, file: Path, path: str, given: dict[str, Any]) -> ModuleType:
        name = path.removesuffix(".py").replace("/", ".")
        spec = importlib.util.spec_from_file_location(name, file)
        if spec is None or spec.loader is None:
            raise ImportError(f"{file} is no Python file")
        module = importlib.util.module_from_spec(spec)
        module.__dict__.update(given)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module

    def on_path(self) -> Iterator[ServiceFolder]:
        """Be on `sys.path` for as long as the iteration is not resumed."""
        sys.path.insert(0, str(self.root))
        importlib.invalidate_caches()
        try:
            yield self
        finally:
            sys.path.remove(str(self.root))
            for name, module in list(sys.modules.items()):
                if str(getattr(module, "__file__", None) or "").startswith(str(self.root)):
                    del sys.modules[name]


class Coverage:
    """Which block is run by which test."""

    def __init__(self) -> None:
        self.tests: dict[str, str] = {}

    def __call__(self, *keys: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Say, on a test, which blocks it runs."""

        def note(test: Callable[..., None]) -> Callable[..., None]:
            self.tests.update(dict.fromkeys(keys, test.__name__))
            return test

        return note
