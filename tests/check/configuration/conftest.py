"""Service folders written on the spot."""

from pathlib import Path

import pytest

from pycommon_cli.analysis.serverless import read_configuration

CHECKOUT = Path(__file__).parents[3]


class Folder:
    """A service folder in a project of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.path = root / "service"
        self.path.mkdir()

    def write(self, name: str, text: str) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def read(self, text: str, stage: str = "dev", **options: str):
        self.write("serverless.yml", text)
        return read_configuration(self.path, self.root, stage, options)

    def environment(self, values: str, rest: str = "", **options: str) -> dict[str, str]:
        """What variables come to that stand in the environment of a function."""
        lines = "".join(f"      {line}\n" for line in values.strip().splitlines())
        text = f"service: files\nfunctions:\n  f:\n    handler: core.f\n    environment:\n{lines}{rest}"
        found = self.read(text, **options)
        assert found.troubles == ()
        return {name: str(value) for name, value in found.functions["f"].environment.items()}


@pytest.fixture
def folder(tmp_path):
    """An empty service folder."""
    return Folder(tmp_path)
