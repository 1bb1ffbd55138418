"""Build hook: define the extras of `amplify-pycommon`, and choose where the command line comes from.

The extras `cli`, `check` and `local` need the distribution `amplify-pycommon-cli`. A checkout has its sources in
`cli/`, so `pip install '.[cli]'` of a checkout installs those. A source archive has no `cli/`: the package index then
provides the release with the same version. A release is therefore built from the source archive (`python -m build`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


class CustomMetadataHook(MetadataHookInterface):
    """Fill in `[project.optional-dependencies]`, which pyproject.toml declares as dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the extras of the distribution that is built."""
        tools = {extra: [self._tools(extra, metadata["version"])] for extra in TOOL_EXTRAS}
        everything = [*tools["check"], *tools["local"], *(each for extra in LIBRARY_EXTRAS.values() for each in extra)]
        metadata["optional-dependencies"] = {
            **LIBRARY_EXTRAS,
            **tools,
            "bench": [*tools["local"], *BENCHMARKS],
            "dev": [*everything, *BENCHMARKS, *TESTS],
        }

    def _tools(self, extra: str, version: str) -> str:
        name = "amplify-pycommon-cli" if extra == "cli" else f"amplify-pycommon-cli[{extra}]"
        folder = Path(self.root) / "cli"
        return f"{name} @ {folder.as_uri()}" if (folder / "pyproject.toml").is_file() else f"{name}=={version}"
