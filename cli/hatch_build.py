"""Pack the rule pages of `docs/rules` into the distribution of the command line, for `pycommon rule`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKED = {"wheel": "pycommon_cli/check/rules/pages", "sdist": "rule-pages"}


class RulePagesHook(BuildHookInterface[Any]):
    """Add the pages to the wheel and to the source archive. A wheel that is built from the archive takes its pages."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Include the folder of the pages."""
        if version == "editable":
            return
        root = Path(self.root)
        in_archive = root / "rule-pages"
        pages = in_archive if in_archive.is_dir() else root.parent / "docs" / "rules"
        build_data["force_include"][str(pages)] = PACKED[self.target_name]
