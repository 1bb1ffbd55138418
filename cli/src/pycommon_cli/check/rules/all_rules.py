"""The modules in which the rules stand. To import them registers them."""

from importlib import import_module

__all__ = ["load"]

_MODULES = (
    "unreadable_source_rules",
    "variable_rules",
    "operation_rules",
    "grant_rules",
    "wildcard_rules",
    "endpoint_rules",
    "decorator_rules",
    "trigger_rules",
    "router_rules",
    "secret_rules",
    "nist_storage_rules",
    "nist_access_rules",
)


def load() -> None:
    """Import every module of rules."""
    for name in _MODULES:
        import_module(f"pycommon_cli.check.rules.{name}")
