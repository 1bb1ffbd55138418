"""Reads the settings of `pycommon check`: `[tool.pycommon.check]` in `pyproject.toml`, and the command line."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pycommon_cli.check.findings import Severity
from pycommon_cli.check.rules import GROUPS, rules
from pycommon_cli.project_settings import (
    SECTION,
    ProjectSettings,
    SettingsError,
    path_matches,
    project_settings,
    read_section,
    setting_text,
    setting_texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pycommon_cli.check.findings import Finding

__all__ = ["ALL", "Settings", "read_settings"]

ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Settings(ProjectSettings):
    """The settings of a check: which rules run, in which files, and with which severity.

    Attributes:
        select: the codes to check, or prefixes of codes ("IAM"). "ALL" means all rules.
        ignore: the codes, or prefixes of codes, to leave out.
        per_file_ignores: for each pattern of paths, the codes to leave out in the matching files. The patterns are
            relative to the root.
        severity: for each code or prefix, the severity of the rule in this project.
        baseline: the file of known findings, relative to the root, or None if there is no baseline.
    """

    select: tuple[str, ...] = (ALL,)
    ignore: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    severity: Mapping[str, Severity] = field(default_factory=dict)
    baseline: str | None = None

    def wants(self, code: str) -> bool:
        """Return whether the rule `code` runs.

        The longest matching prefix in `select` and `ignore` decides. If both have equal length, `ignore` decides.
        """
        selected = max((len(each) for each in self.select if each != ALL and code.startswith(each)), default=-1)
        if ALL in self.select:
            selected = max(selected, 0)
        ignored = max((len(each) for each in self.ignore if each == ALL or code.startswith(each)), default=-1)
        return selected > ignored

    def ignored_in(self, code: str, path: str) -> bool:
        """Return whether `code` is left out in the file `path`."""
        return any(
            code.startswith(codes) or ALL in codes
            for pattern, codes in self.per_file_ignores.items()
            if path_matches(path, pattern)
        )

    def with_project_severity(self, finding: Finding) -> Finding:
        """Return the finding with the severity that its rule has in this project."""
        matching = [each for each in self.severity if finding.code.startswith(each)]
        return replace(finding, severity=self.severity[max(matching, key=len)]) if matching else finding

    def with_options(self, **given: Any) -> Settings:
        """Return these settings, changed by the options of the command line. The value None does not change a setting.

        Raises:
            SettingsError: a selected or ignored code is not the code of a rule.
        """
        changed = replace(self, **{name: value for name, value in given.items() if value is not None})
        _check_codes((*changed.select, *changed.ignore), "--select and --ignore")
        return changed


def read_settings(root: Path) -> Settings:
    """Return the settings in the `pyproject.toml` of `root`. Return the defaults if there are no settings.

    Raises:
        SettingsError: the file is not valid TOML, a key is unknown, or a value is not valid.
    """
    section = read_section(root)
    common = project_settings(section)
    per_file = _table(section, "per-file-ignores")
    severity = _table(section, "severity")
    settings = Settings(
        stage=common.stage,
        exclude=common.exclude,
        parameter_store=common.parameter_store,
        select=setting_texts(section, "select", (ALL,)),
        ignore=setting_texts(section, "ignore"),
        per_file_ignores={pattern: setting_texts(per_file, pattern) for pattern in per_file},
        severity={code: _severity(code, value) for code, value in severity.items()},
        baseline=setting_text(section, "baseline", "") or None,
    )
    in_files = [code for codes in settings.per_file_ignores.values() for code in codes]
    _check_codes((*settings.select, *settings.ignore, *in_files, *settings.severity), SECTION)
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
        raise SettingsError(f"severity of {code} in {SECTION} is {value!r}; expected {', '.join(Severity)}") from None


def _table(section: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = section.get(name, {})
    if not isinstance(value, Mapping):
        raise SettingsError(f"{name} in {SECTION} must be a table, not {type(value).__name__}")
    return value
