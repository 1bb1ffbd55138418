"""Read the settings of a project that more than one command needs: `[tool.pycommon.check]` in `pyproject.toml`.

The same section has further settings for `pycommon check` alone: see `pycommon_cli.check.check_settings`.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "DEFAULT_STAGE",
    "KEYS",
    "SECTION",
    "ProjectSettings",
    "SettingsError",
    "path_matches",
    "project_root",
    "project_settings",
    "read_section",
    "setting_text",
    "setting_texts",
]

DEFAULT_STAGE = "dev"
SECTION = "[tool.pycommon.check]"
KEYS = frozenset(
    {"select", "ignore", "per-file-ignores", "stage", "exclude", "severity", "baseline", "parameter-store"}
)
"""Every key that the section may have."""


class SettingsError(Exception):
    """A setting is not valid. The message names the setting, its place, and the expected value."""


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """The settings for every command that reads services.

    Attributes:
        stage: the stage for which `serverless.yml` is read.
        exclude: patterns of folders, relative to the root. Commands do not read services in these folders.
        parameter_store: variables that are expected to be in Parameter Store.
    """

    stage: str = DEFAULT_STAGE
    exclude: tuple[str, ...] = ()
    parameter_store: frozenset[str] = frozenset()

    def excludes(self, folder: str) -> bool:
        """Return whether services below `folder`, a path relative to the root, are left out."""
        return any(path_matches(folder, pattern) for pattern in self.exclude)


def project_root(start: Path) -> Path:
    """Return the nearest folder, from `start` upwards, with a pyproject.toml or a .git. Else return `start`."""
    start = start if start.is_dir() else start.parent
    for folder in (start, *start.parents):
        if (folder / "pyproject.toml").is_file() or (folder / ".git").exists():
            return folder
    return start


def read_section(root: Path) -> Mapping[str, Any]:
    """Return the section of `pyproject.toml` in `root`. It is empty if the file or the section is missing.

    Raises:
        SettingsError: the file is not valid TOML, or the section has an unknown key.
    """
    file = root / "pyproject.toml"
    if not file.is_file():
        return {}
    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}") from None
    section = document.get("tool", {}).get("pycommon", {}).get("check", {})
    if not isinstance(section, Mapping):
        raise SettingsError(f"{SECTION} in {file} must be a table")
    for key in section:
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, 1)
            help_text = f"did you mean {near[0]}?" if near else f"the settings are {', '.join(sorted(KEYS))}"
            raise SettingsError(f"{SECTION} has no setting {key!r}; {help_text}")
    return section


def project_settings(section: Mapping[str, Any]) -> ProjectSettings:
    """Return the settings in `section`. A setting that is missing there has its default.

    Raises:
        SettingsError: a value has the wrong type.
    """
    return ProjectSettings(
        stage=setting_text(section, "stage", DEFAULT_STAGE),
        exclude=setting_texts(section, "exclude"),
        parameter_store=frozenset(setting_texts(section, "parameter-store")),
    )


def setting_text(section: Mapping[str, Any], name: str, default: str) -> str:
    """Return a setting that is a text."""
    value = section.get(name, default)
    if not isinstance(value, str):
        raise SettingsError(f"{name} in {SECTION} must be a text, not {type(value).__name__}")
    return value


def setting_texts(section: Mapping[str, Any], name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return a setting that is a list of texts."""
    value = section.get(name, default)
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise SettingsError(f"{name} in {SECTION} must be a list of texts")
    return tuple(value)


def path_matches(path: str, pattern: str) -> bool:
    """Return whether a path relative to the root matches `pattern`, or is below a folder that matches.

    A pattern without a slash matches any part of the path.
    """
    parts = path.split("/")
    if "/" not in pattern:
        return any(fnmatch(part, pattern) for part in parts)
    pattern = pattern.strip("/")
    return any(fnmatch("/".join(parts[:end]), pattern) for end in range(1, len(parts) + 1))
