"""The service folders of this repository: clean, and any single action that is taken away or put on top is seen."""

from dataclasses import replace
from pathlib import Path

import pytest

from pycommon.check.checking import check
from pycommon.check.code import read_code
from pycommon.check.configuration import read_configuration
from pycommon.check.policy.matching import grants_action
from pycommon.check.rules import rules
from pycommon.check.service import Service
from pycommon.check.settings import read_settings

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(file.parent for file in ROOT.glob("amplify-*/serverless.yml"))
MISSING, TOO_MUCH = ("IAM001", "IAM003"), ("IAM002",)
# Asked for only where a variable is set nowhere else, which in no stage of these services is so.
NOT_ALWAYS_NEEDED = ("ssm:GetParameter", "ssm:GetParameters")


def test_all_service_folders_are_clean():
    findings = check(FOLDERS, ROOT, read_settings(ROOT), jobs=1).findings
    assert [f"{each.place.path}:{each.place.line} {each.code} {each.message}" for each in findings] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_single_action_counts(folder):
    configuration = read_configuration(folder, ROOT, "dev")
    references = {function.handler for function in configuration.functions.values()}
    code = read_code(folder, ROOT, references)

    def findings(codes, change):
        functions = {
            name: replace(function, grants=tuple(each for grant in function.grants for each in change(grant)))
            for name, function in configuration.functions.items()
        }
        service = Service(code, replace(configuration, functions=functions))
        return [finding.message for name in codes for finding in rules()[name].findings(service)]

    assert findings((*MISSING, *TOO_MUCH), lambda grant: [grant]) == []
    written = _written(configuration)
    unseen = [
        action
        for statement, action in written
        if not findings(MISSING, lambda grant, at=statement, gone=action: _without(grant, at, gone))
    ]
    assert unseen == []
    for statement in dict(written):
        added = findings(TOO_MUCH, lambda grant, at=statement: _with(grant, at, "dynamodb:DeleteTable"))
        assert any("dynamodb:DeleteTable" in message for message in added)


def _written(configuration):
    """Each statement of a person, by its place, with each of its actions; without those that osls grants too."""
    by_framework = [
        grant for function in configuration.functions.values() for grant in function.grants if grant.by_framework
    ]
    pairs = {
        (grant.place, action)
        for function in configuration.functions.values()
        for grant in function.grants
        if not grant.by_framework
        for action in grant.actions
    }
    return sorted(
        (place, action)
        for place, action in pairs
        if action not in NOT_ALWAYS_NEEDED and not any(grants_action(grant, action) for grant in by_framework)
    )


def _without(grant, place, action):
    if grant.place != place:
        return [grant]
    left = [pair for pair in zip(grant.actions, grant.action_places, strict=True) if pair[0] != action]
    if not left:
        return []
    return [replace(grant, actions=tuple(each for each, _ in left), action_places=tuple(each for _, each in left))]


def _with(grant, place, action):
    if grant.place != place:
        return [grant]
    return [replace(grant, actions=(*grant.actions, action), action_places=(*grant.action_places, place))]
