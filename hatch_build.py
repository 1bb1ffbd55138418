"""Define the extras of `amplify-pycommon`, and choose where the command line comes from.

The extras `cli`, `check` and `local` need the distribution `amplify-pycommon-cli`. A checkout has its sources in `cli/`,
and `pip install '.[cli]'` installs those by their path. A package index refuses paths. A source archive therefore names
the release of `amplify-pycommon-cli` with the same version, and so does a wheel that is built from the archive. Build a
release with `python -m build`, which builds the wheel from the archive.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

LIBRARY_EXTRAS = {
    "aws-sdk": ["boto3>=1.35"],
    "mcp": ["mcp>=2.3,<3"],
    "testing": ["PyJWT[crypto]>=2.13"],
}
TOOL_EXTRAS = ("cli", "check", "local")
BENCHMARKS = ["matplotlib>=3.9"]
TESTS = [
    "cfn-lint>=1.40",
    "fpdf2>=2.8",
    "hypothesis>=6.100",
    "import-linter>=2.1",
    "jsonschema>=4.20",
    "mypy>=1.13",
    "openapi-spec-validator>=0.9",
    "playwright>=1.60",
    "pypdfium2>=5.0,<6",
    "pytest>=8.3",
    "pytest-xdist>=3.6",
    "python-docx>=1.1",
    "ruff>=0.9",
    "schemathesis>=4.32",
    "semantic-text-splitter>=0.30,<0.40",
    "types-psutil",
    "types-PyYAML",
]


def extras(version: str, command_line: Path | None) -> dict[str, list[str]]:
    """Return the extras and their requirements.

    Args:
        version: The version of both distributions.
        command_line: The folder with the sources of `amplify-pycommon-cli`; None: the package index has them.
    """
    tools = {extra: [_tool(extra, version, command_line)] for extra in TOOL_EXTRAS}
    library = [each for requirements in LIBRARY_EXTRAS.values() for each in requirements]
    return {
        **LIBRARY_EXTRAS,
        **tools,
        "bench": [*tools["local"], *BENCHMARKS],
        "dev": [*tools["check"], *tools["local"], *library, *BENCHMARKS, *TESTS],
    }


def _tool(extra: str, version: str, command_line: Path | None) -> str:
    name = "amplify-pycommon-cli" if extra == "cli" else f"amplify-pycommon-cli[{extra}]"
    return f"{name}=={version}" if command_line is None else f"{name} @ {command_line.as_uri()}"


class CustomMetadataHook(MetadataHookInterface):
    """Fill in `[project.optional-dependencies]`, which pyproject.toml declares as dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the extras: with paths in a checkout, with versions where there is no `cli/`."""
        folder = Path(self.root, "cli")
        sources = folder if (folder / "pyproject.toml").is_file() else None
        metadata["optional-dependencies"] = extras(metadata["version"], sources)


class CustomBuildHook(BuildHookInterface[Any]):
    """Write versions in place of paths into a source archive. A wheel takes its extras from the archive's PKG-INFO."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Replace the extras before hatchling writes PKG-INFO."""
        self.metadata.core.optional_dependencies.update(extras(self.metadata.version, None))
