"""The modules in which the rules stand. To import them registers them."""

from importlib import import_module

__all__ = ["load"]

_MODULES = (
    "reading",
    "variables",
    "operations",
    "grants",
    "wildcards",
    "endpoints",
    "decorators",
    "triggers",
    "routing",
    "secrets",
    "nist_storage",
    "nist_access",
)


def load() -> None:
    """Import every module of rules."""
    for name in _MODULES:
        import_module(f"pycommon_cli.check.rules.{name}")
