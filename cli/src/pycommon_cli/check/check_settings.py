"""The settings of a project: `[tool.pycommon.check]` in the nearest pyproject.toml, and what the command line adds."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from pycommon_cli.check.findings import Severity
from pycommon_cli.check.rules import GROUPS, rules

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pycommon_cli.check.findings import Finding

__all__ = ["ALL", "KEYS", "Settings", "SettingsError", "project_root", "read_settings"]

ALL = "ALL"
DEFAULT_STAGE = "dev"
KEYS = frozenset(
    {"select", "ignore", "per-file-ignores", "stage", "exclude", "severity", "baseline", "parameter-store"}
)
_SECTION = "[tool.pycommon.check]"


class SettingsError(Exception):
    """A setting that means nothing; the sentence says which, where, and what is expected."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What to look for, and where.

    Attributes:
        select: codes, or beginnings of codes ("IAM"), that are looked for; "ALL".
        ignore: those of them that are not.
        per_file_ignores: pattern of paths from the root -> codes that are not looked for there.
        stage: the stage for which `serverless.yml` is read.
        exclude: patterns of folders, from the root, in which no service is looked for.
        severity: code or beginning of one -> the severity it has here.
        baseline: the file of findings that are known already, from the root; None for none.
        parameter_store: variables that Parameter Store is expected to have.
    """

    select: tuple[str, ...] = (ALL,)
    ignore: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stage: str = DEFAULT_STAGE
    exclude: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    baseline: str | None = None
    parameter_store: frozenset[str] = frozenset()

    def wants(self, code: str) -> bool:
        """Whether the rule `code` is looked for: the longest of the codes that fit decides, and `ignore` a draw."""
        chosen = max((len(each) for each in self.select if each != ALL and code.startswith(each)), default=-1)
        if ALL in self.select:
            chosen = max(chosen, 0)
        left_out = max((len(each) for each in self.ignore if each == ALL or code.startswith(each)), default=-1)
        return chosen > left_out

    def ignored_in(self, code: str, path: str) -> bool:
        """Whether `code` is not looked for in the file `path`."""
        return any(
            code.startswith(codes) or ALL in codes
            for pattern, codes in self.per_file_ignores.items()
            if _fits(path, pattern)
        )

    def excludes(self, folder: str) -> bool:
        """Whether services below the folder, told from the root, are left out."""
        return any(_fits(folder, pattern) for pattern in self.exclude)

    def judged(self, finding: Finding) -> Finding:
        """The finding with the severity that it has in this project."""
        fitting = [each for each in self.severity if finding.code.startswith(each)]
        return replace(finding, severity=self.severity[max(fitting, key=len)]) if fitting else finding

    def with_options(self, **given: Any) -> Settings:
        """These settings with those that the command line gives; None leaves one as it is.

        Raises:
            SettingsError: a code that no rule has.
        """
        changed = replace(self, **{name: value for name, value in given.items() if value is not None})
        _check_codes((*changed.select, *changed.ignore), "--select and --ignore")
        return changed


def project_root(start: Path) -> Path:
    """The nearest folder, from `start` upwards, with a pyproject.toml or a .git; else `start` itself."""
    start = start if start.is_dir() else start.parent
    for folder in (start, *start.parents):
        if (folder / "pyproject.toml").is_file() or (folder / ".git").exists():
            return folder
    return start


def read_settings(root: Path) -> Settings:
    """What `pyproject.toml` in `root` says; without one, or without the section, the defaults.

    Raises:
        SettingsError: no TOML, a key that is not known, or a value of another kind.
    """
    file = root / "pyproject.toml"
    if not file.is_file():
        return Settings()
    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}") from None
    section = document.get("tool", {}).get("pycommon", {}).get("check", {})
    if not isinstance(section, Mapping):
        raise SettingsError(f"{_SECTION} in {file} must be a table")
    return _settings(section)


def _settings(section: Mapping[str, Any]) -> Settings:
    for key in section:
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, 1)
            help_text = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(KEYS))}"
            raise SettingsError(f"{_SECTION} has no setting {key!r}; {help_text}")
    per_file = _table(section, "per-file-ignores")
    severity = _table(section, "severity")
    settings = Settings(
        select=_texts(section, "select", (ALL,)),
        ignore=_texts(section, "ignore"),
        per_file_ignores={pattern: _texts(per_file, pattern) for pattern in per_file},
        stage=_text(section, "stage", DEFAULT_STAGE),
        exclude=_texts(section, "exclude"),
        severity={code: _severity(code, value) for code, value in severity.items()},
        baseline=_text(section, "baseline", "") or None,
        parameter_store=frozenset(_texts(section, "parameter-store")),
    )
    in_files = [code for codes in settings.per_file_ignores.values() for code in codes]
    _check_codes((*settings.select, *settings.ignore, *in_files, *settings.severity), _SECTION)
    return settings


def _check_codes(codes: Iterable[str], where: str) -> None:
    known = [ALL, *rules()]
    for code in codes:
        if not code or not any(each.startswith(code) for each in known):
            near = difflib.get_close_matches(code, known, 1)
            help_text = f"did you mean {near[0]}?" if near else f"codes begin with {', '.join(GROUPS)}"
            raise SettingsError(f"{where}: no rule begins with {code!r}; {help_text}")


def _severity(code: str, value: object) -> Severity:
    try:
        return Severity(str(value))
    except ValueError:
        raise SettingsError(f"severity of {code} in {_SECTION} is {value!r}; expected {', '.join(Severity)}") from None


def _table(section: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = section.get(name, {})
    if not isinstance(value, Mapping):
        raise SettingsError(f"{name} in {_SECTION} must be a table, not {type(value).__name__}")
    return value


def _text(section: Mapping[str, Any], name: str, default: str) -> str:
    value = section.get(name, default)
    if not isinstance(value, str):
        raise SettingsError(f"{name} in {_SECTION} must be a text, not {type(value).__name__}")
    return value


def _texts(section: Mapping[str, Any], name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
    value = section.get(name, default)
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise SettingsError(f"{name} in {_SECTION} must be a list of texts")
    return tuple(value)


def _fits(path: str, pattern: str) -> bool:
    """Whether a path from the root fits: as a whole, by its last part, or as something below what fits."""
    parts = path.split("/")
    if "/" not in pattern:
        return any(fnmatch(part, pattern) for part in parts)
    pattern = pattern.strip("/")
    return any(fnmatch("/".join(parts[:end]), pattern) for end in range(1, len(parts) + 1))
