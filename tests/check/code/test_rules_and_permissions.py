"""The rules and permissions of a service, in the forms in use."""

# ruff: noqa: E501 - small programs, each on one line of a table

import pytest

from tests.check.code.reading import read

SETUP = "setup_validated(rules, get_permission_checker)\n"
RULES = {
    "dicts": 'rules = {"validators": {"/a": {"op": {}}}, "api_validators": {"/a": {"op": {}}}}',
    "shared": 'by_path = {"/a": {"op": {}}}\nrules = {"validators": by_path, "api_validators": by_path}',
    "spread": 'a = {"/a": {"op": {}}}\nrules = {kind: {**a} for kind in ("validators", "api_validators")}',
    "filled": 'rules = {"validators": {}, "api_validators": {}}\nfor kind in rules:\n    rules[kind]["/a"] = {"op": {}}',
    "function": 'def make():\n    return {"/a": {"op": {}}}\n\nrules = dict(validators=make(), api_validators=make())',
}
CHECKER = """
def get_permission_checker():
    def checker(path, operation, user, data):
        check = {permissions}.get(path, {{}}).get(operation)
        return check is not None and check(user, data)
    return checker
"""
OWN = (
    "def own(user, data):\n    return user == data['data']['owner']\n\ndef everybody(user, data):\n    return True\n\n"
)
PERMISSIONS = {
    "dicts by path": OWN + 'p = {"/a": {"op": own, "all": everybody}}\n' + CHECKER.format(permissions="p"),
    "lambda": OWN + 'p = {"/a": {"op": own, "all": lambda user, data: True}}\n' + CHECKER.format(permissions="p"),
    "of one who asks first": (
        OWN
        + 'p = {"/a": {"op": own, "all": everybody}}\n'
        + "def get_permission_checker(user, type, op, data):\n    return p.get(type, {}).get(op, lambda u, d: False)\n"
    ),
    "pairs": (
        OWN
        + 'p = {("/a", "op"): own, ("/a", "all"): everybody}\n'
        + "def get_permission_checker():\n    def checker(path, operation, user, data):\n"
        + "        return p[path, operation](user, data)\n    return checker\n"
    ),
    "conditions": (
        OWN
        + "def get_permission_checker():\n    def checker(path, operation, user, data):\n        if path == '/a':\n"
        + "            if operation == 'op':\n                return own(user, data)\n"
        + "            if operation in ('all',):\n                return True\n        return False\n    return checker\n"
    ),
    "match": (
        OWN
        + "def get_permission_checker():\n    def checker(path, operation, user, data):\n        if path == '/a':\n"
        + "            match operation:\n                case 'op':\n                    return own(user, data)\n"
        + "                case 'all':\n                    return True\n        return False\n    return checker\n"
    ),
}


@pytest.mark.parametrize("form", RULES)
def test_rules_are_read(form, tmp_path):
    code = read(tmp_path, f"get_permission_checker = None\n{RULES[form]}\n{SETUP}")
    assert {(rule.kind, rule.path, rule.operation) for rule in code.rules} == {
        ("validators", "/a", "op"),
        ("api_validators", "/a", "op"),
    }
    assert code.troubles == ()


def test_rules_are_read_where_the_specification_puts_them(tmp_path):
    files = {
        "schemata/schema_validation_rules.py": 'from .a import a\nrules = {"validators": {"/a": {"op": a}}}\n',
        "schemata/a.py": 'a = {"type": "object"}\n',
    }
    (rule,) = read(tmp_path, files).rules
    assert (rule.path, rule.operation, rule.place.line, rule.place.column) == ("/a", "op", 2, 32)


def test_computed_rules_are_a_trouble(tmp_path):
    code = read(tmp_path, f"from elsewhere import rules, get_permission_checker\n{SETUP}")
    assert [trouble.place.line for trouble in code.troubles] == [8]


@pytest.mark.parametrize("form", PERMISSIONS)
def test_permissions_are_read(form, tmp_path):
    code = read(tmp_path, f'rules = {{"validators": {{"/a": {{"op": {{}}}}}}}}\n{PERMISSIONS[form]}\n{SETUP}')
    assert {(each.path, each.operation): each.always_true for each in code.permissions} == {
        ("/a", "op"): False,
        ("/a", "all"): True,
    }


@pytest.mark.parametrize(
    ("checker", "always"),
    [
        ("return True", True),
        ("allowed = True\n    return allowed", True),
        ("return bool(user) or True", True),
        ("return everybody(user, data)", True),
        ("if user:\n        return True\n    return True", True),
        ("return user == 'admin'", False),
        ("if data:\n        return True\n    return False", False),
        ("raise PermissionError", False),
        ("return True if user == 'admin' else False", False),
        ("return elsewhere.may(user)", False),
    ],
)
def test_permission_that_is_always_true(checker, always, tmp_path):
    text = f"import elsewhere\n{OWN}def may(user, data):\n    {checker}\n\np = {{'/a': {{'op': may}}}}\n"
    code = read(tmp_path, f"rules = {{}}\n{text}{CHECKER.format(permissions='p')}\n{SETUP}")
    (found,) = code.permissions
    assert found.always_true is always


@pytest.mark.parametrize(
    "checker",
    [
        "def get_permission_checker():\n    return lambda *request: True\n",
        "def get_permission_checker(user, type, op, data):\n    def all(user, data):\n        return True\n    return all\n",
    ],
)
def test_checker_that_lets_everybody_through(checker, tmp_path):
    (found,) = read(tmp_path, f"rules = {{}}\n{checker}\n{SETUP}").permissions
    assert (found.path, found.operation, found.always_true) == (None, "*", True)
