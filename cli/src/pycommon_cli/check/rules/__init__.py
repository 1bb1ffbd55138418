"""The rules of `pycommon check`: functions from the facts of a service to what is wrong with it."""

from pycommon_cli.check.rules.rule_registry import GROUPS, Problem, Rule, rule, rules

__all__ = ["GROUPS", "Problem", "Rule", "rule", "rules"]
