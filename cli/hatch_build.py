"""Build hook: pack the rule pages of `docs/rules` into the command line, for `pycommon rule`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKED = {"wheel": "pycommon_cli/check/rules/pages", "sdist": "rule-pages"}


class CustomBuildHook(BuildHookInterface[Any]):
    """Add the pages: from the checkout, or from the source archive that is built into a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folder of the pages as one that belongs to the built distribution."""
        if version == "editable":
            return
        root = Path(self.root)
        in_archive = root / "rule-pages"
        pages = in_archive if in_archive.is_dir() else root.parent / "docs" / "rules"
        build_data["force_include"][str(pages)] = PACKED[self.target_name]
