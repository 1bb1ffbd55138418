"""Say where the extras of `amplify-pycommon` take the command line from. pyproject.toml has the list of extras.

Some extras need the distribution `amplify-pycommon-cli`. A checkout has its sources in `cli/`, and
`pip install '.[cli]'` installs those by their path. A package index refuses paths. A source archive therefore names the
release of `amplify-pycommon-cli` with the same version, and so does a wheel that is built from the archive. Build a
release with `python -m build`, which builds the wheel from the archive.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

COMMAND_LINE = "amplify-pycommon-cli"


def with_source(requirement: str, source: str) -> str:
    """Return the requirement with `source` (a path or a version), when it names the command line."""
    name = requirement.partition(" @ ")[0]
    return name + source if name.startswith(COMMAND_LINE) else requirement


class ExtrasHook(MetadataHookInterface):
    """Fill in `[project.optional-dependencies]`, which pyproject.toml declares as dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the extras: with a path in a checkout, with a version where there is no `cli/`."""
        folder = Path(self.root, "cli")
        in_checkout = (folder / "pyproject.toml").is_file()
        source = f" @ {folder.as_uri()}" if in_checkout else f"=={metadata['version']}"
        metadata["optional-dependencies"] = {
            extra: [with_source(each, source) for each in requirements]
            for extra, requirements in self.config["optional-dependencies"].items()
        }


class SourceArchiveHook(BuildHookInterface[Any]):
    """Write the version in place of the path into a source archive. The wheel takes its extras from the archive."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Replace the requirements before hatchling writes the archive's PKG-INFO."""
        for requirements in self.metadata.core.optional_dependencies.values():
            requirements[:] = [with_source(each, f"=={self.metadata.version}") for each in requirements]
