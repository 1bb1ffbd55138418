"""Declared = granted: the policy of the platform's functions matches their declarations."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from costs.close_day_handler import close_day
from costs.roll_up_handler import roll_up_usage

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = ROOT / "amplify-platform"
RECORD_OF_VARIABLES = ("ENV_VARS_TRACKING_TABLE", "dynamodb:UpdateItem")
"""The library's own operations in every function with declared variables."""


class Loader(yaml.SafeLoader):
    """Read CloudFormation's tags as the text after them."""


Loader.add_multi_constructor("!", lambda _loader, _suffix, node: node.value)


def read(path: Path) -> dict[str, Any]:
    return dict(yaml.load(path.read_text(), Loader))  # noqa: S506 - a SafeLoader


def logical_ids() -> dict[str, str]:
    """Return the variables with a resource of the platform, by the resource's logical id."""
    environment = read(PLATFORM / "serverless.yml")["provider"]["environment"]
    return {value: name for name, value in environment.items() if name.endswith(("_TABLE", "_QUEUE_URL"))}


def granted() -> set[tuple[str, str]]:
    policy = read(PLATFORM / "resources" / "iam.yml")["Resources"]["ServicePolicy"]["Properties"]["PolicyDocument"]
    by_id = logical_ids()
    grants = set()
    for statement in policy["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        logical_id, attribute = statement["Resource"].split(".")
        assert attribute == "Arn"
        grants |= {(by_id[logical_id], action) for action in actions}
    return grants


def test_the_policy_grants_what_the_functions_declare() -> None:
    declared: defaultdict[str, set[str]] = defaultdict(set)
    for function in (roll_up_usage, close_day):
        for name, actions in function.__pycommon_declaration__.actions.items():
            declared[name] |= set(actions)
    assert granted() == {(name, action) for name in declared for action in declared[name]} | {RECORD_OF_VARIABLES}


def test_every_statement_is_of_a_variable_of_its_own() -> None:
    policy = read(PLATFORM / "resources" / "iam.yml")["Resources"]["ServicePolicy"]["Properties"]["PolicyDocument"]
    resources = [statement["Resource"] for statement in policy["Statement"]]
    assert len(set(resources)) == len(resources)


def test_a_batch_needs_no_more_than_the_function_has() -> None:
    """The timeout is longer than the slowest row, so that each run makes progress."""
    functions = read(PLATFORM / "serverless.yml")["functions"]
    assert functions["roll_up_usage"]["timeout"] >= 3 * 20
    assert functions["close_day"]["timeout"] >= 3 * 20
