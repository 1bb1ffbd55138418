"""The services that a command is about, read."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import CodeFacts, ConfigurationFacts, ReadingTrouble
from pycommon_cli.analysis.python import read_code
from pycommon_cli.analysis.serverless import read_configuration
from pycommon_cli.analysis.service_discovery import find_services
from pycommon_cli.cli_error import CliError
from pycommon_cli.project_settings import (
    ProjectSettings,
    SettingsError,
    project_root,
    project_settings,
    read_section,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ReadService", "Repository", "open_repository"]

_NAMED = 8  # folders that a sentence names at most


@dataclass(frozen=True, slots=True)
class ReadService:
    """A service folder and what is in it.

    Attributes:
        name: the folder as seen from the project's root.
        others: the other services of the project: they may export the key of a table.
    """

    name: str
    folder: Path
    code: CodeFacts
    configuration: ConfigurationFacts
    others: tuple[ConfigurationFacts, ...]

    @property
    def troubles(self) -> tuple[ReadingTrouble, ...]:
        """What could not be read; a policy made without it may lack something."""
        return (*self.configuration.troubles, *self.code.troubles)


@dataclass(frozen=True, slots=True)
class Repository:
    """All service folders of a project."""

    root: Path
    folders: tuple[Path, ...]
    stage: str

    def chosen(self, service: str | None) -> list[ReadService]:
        """One service by its folder, or all of them."""
        chosen = self.folders if service is None else (self._folder(service),)
        configurations = {folder: read_configuration(folder, self.root, self.stage) for folder in self.folders}
        return [self._read(folder, configurations) for folder in chosen]

    def _folder(self, service: str) -> Path:
        for base in (self.root, Path.cwd()):
            if (folder := (base / service).resolve()) in self.folders:
                return folder
        known = [_shown(folder, self.root) for folder in self.folders]
        more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
        raise CliError(f"No service folder {service!r} in {self.root}: there are {', '.join(known[:_NAMED])}{more}.")

    def _read(self, folder: Path, configurations: dict[Path, ConfigurationFacts]) -> ReadService:
        configuration = configurations[folder]
        references = {function.handler for function in configuration.functions.values()}
        others = tuple(other for each, other in configurations.items() if each != folder)
        code = read_code(folder, self.root, references)
        return ReadService(_shown(folder, self.root), folder, code, configuration, others)


def open_repository(project: Path | None, service: str | None, stage: str | None) -> Repository:
    """The project around a folder, or the one that is named.

    Args:
        project: a folder of the project; default: that of the service, else the current one.
        service: the service that was asked for.
        stage: the stage; default: what the project's settings say.
    """
    start = project or (Path(service) if service and Path(service).is_dir() else Path.cwd())
    if not start.is_dir():
        raise CliError(f"There is no folder {start}.", "Name a folder of the project with --project.")
    root = project_root(start.resolve())
    settings = _settings(root)
    folders: Sequence[Path] = find_services([root], root, settings)
    if not folders:
        raise CliError(f"There is no serverless.yml in {root} or below.", "Name a folder with services with --project.")
    return Repository(root, tuple(folders), stage or settings.stage)


def _settings(root: Path) -> ProjectSettings:
    try:
        return project_settings(read_section(root))
    except SettingsError as error:
        raise CliError(f"{error}.") from None


def _shown(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.as_posix()
