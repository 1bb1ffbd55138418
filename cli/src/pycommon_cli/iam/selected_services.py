"""Finds and reads the services that a command uses."""

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

_NAMED = 8  # the most folders that an error message names


@dataclass(frozen=True, slots=True)
class ReadService:
    """A service folder and its content.

    Attributes:
        name: the folder, relative to the project's root.
        others: the other services of the project, which may export the key of a table.
    """

    name: str
    folder: Path
    code: CodeFacts
    configuration: ConfigurationFacts
    others: tuple[ConfigurationFacts, ...]

    @property
    def troubles(self) -> tuple[ReadingTrouble, ...]:
        """Reports of what could not be read. If there are any, a generated policy may be incomplete."""
        return (*self.configuration.troubles, *self.code.troubles)


@dataclass(frozen=True, slots=True)
class Repository:
    """All service folders of a project."""

    root: Path
    folders: tuple[Path, ...]
    stage: str

    def chosen(self, service: str | None) -> list[ReadService]:
        """Read one service by its folder, or all services."""
        chosen = self.folders if service is None else (self._folder(service),)
        configurations = {folder: read_configuration(folder, self.root, self.stage) for folder in self.folders}
        return [self._read(folder, configurations) for folder in chosen]

    def _folder(self, service: str) -> Path:
        for base in (self.root, Path.cwd()):
            if (folder := (base / service).resolve()) in self.folders:
                return folder
        known = [_shown(folder, self.root) for folder in self.folders]
        more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
        raise CliError(
            f"No service folder {service!r} in {self.root}. The services are {', '.join(known[:_NAMED])}{more}."
        )

    def _read(self, folder: Path, configurations: dict[Path, ConfigurationFacts]) -> ReadService:
        configuration = configurations[folder]
        references = {function.handler for function in configuration.functions.values()}
        others = tuple(other for each, other in configurations.items() if each != folder)
        code = read_code(folder, self.root, references)
        return ReadService(_shown(folder, self.root), folder, code, configuration, others)


def open_repository(project: Path | None, service: str | None, stage: str | None) -> Repository:
    """Return the project to which a folder belongs.

    Args:
        project: a folder of the project. By default, this is the folder of the service, or the current folder.
        service: the requested service.
        stage: the stage. By default, this is the stage in the project's settings.
    """
    start = project or (Path(service) if service and Path(service).is_dir() else Path.cwd())
    if not start.is_dir():
        raise CliError(f"The folder {start} does not exist.", "Give a folder of the project with --project.")
    root = project_root(start.resolve())
    settings = _settings(root)
    folders: Sequence[Path] = find_services([root], root, settings)
    if not folders:
        raise CliError(
            f"There is no serverless.yml in {root} or below.", "Give a folder that contains services with --project."
        )
    return Repository(root, tuple(folders), stage or settings.stage)


def _settings(root: Path) -> ProjectSettings:
    try:
        return project_settings(read_section(root))
    except SettingsError as error:
        raise CliError(f"{error}.") from None


def _shown(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.as_posix()
