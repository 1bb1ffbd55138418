"""Imports every module of rules. The import registers the rules. Add a new module of rules here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.check.rules import (
    decorator_rules,
    endpoint_rules,
    grant_rules,
    nist_access_rules,
    nist_storage_rules,
    operation_rules,
    router_rules,
    secret_rules,
    trigger_rules,
    unreadable_source_rules,
    variable_rules,
    wildcard_rules,
)
from pycommon_cli.check.rules.rule_registry import registered_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pycommon_cli.check.rules.rule_registry import Rule

__all__ = ["RULE_MODULES", "rules"]

RULE_MODULES = (
    unreadable_source_rules,
    variable_rules,
    operation_rules,
    grant_rules,
    wildcard_rules,
    endpoint_rules,
    decorator_rules,
    trigger_rules,
    router_rules,
    secret_rules,
    nist_storage_rules,
    nist_access_rules,
)


def rules() -> Mapping[str, Rule]:
    """Return every rule, by code, in the order of the groups."""
    return registered_rules()
