"""`@required_env_vars` in every form, and the decorators beside it."""

# ruff: noqa: E501 - small programs, each on one line of a table

import pytest

from tests.check.code.reading import IMPORTS, handler_of, read

FORMS = {
    "dict": '@required_env_vars({"A": [DynamoDBOperation.GET_ITEM], "B": []})',
    "names": '@required_env_vars("A", "B")',
    "constant": 'N = {"A": [DynamoDBOperation.GET_ITEM], "B": []}\n@required_env_vars(N)',
    "names by constants": 'A = "A"\n@required_env_vars({A: [DynamoDBOperation.GET_ITEM], "B": ()})',
    "spread": 'A = {"A": [DynamoDBOperation.GET_ITEM]}\n@required_env_vars({**A, "B": []})',
    "union": 'A = {"A": [DynamoDBOperation.GET_ITEM]}\n@required_env_vars(A | {"B": []})',
    "dict()": "@required_env_vars(dict(A=[DynamoDBOperation.GET_ITEM], B=[]))",
    "comprehension": '@required_env_vars({n: [DynamoDBOperation.GET_ITEM] if n == "A" else [] for n in ("A", "B")})',
    "lists put together": 'R = [DynamoDBOperation.GET_ITEM]\n@required_env_vars({"A": R + [], "B": []})',
    "decorator kept": 'd = required_env_vars({"A": [DynamoDBOperation.GET_ITEM], "B": []})\n@d',
    "alias": 'from pycommon.decorators import required_env_vars as needs\n@needs({"A": [DynamoDBOperation.GET_ITEM], "B": []})',
    "module": 'from pycommon import decorators\n@decorators.required_env_vars({"A": [DynamoDBOperation.GET_ITEM], "B": []})',
    "function that decorates": (
        'def both(f):\n    return required_env_vars({"A": [DynamoDBOperation.GET_ITEM], "B": []})(f)\n@both'
    ),
    "two": '@required_env_vars({"A": [DynamoDBOperation.GET_ITEM]})\n@required_env_vars("B")',
}


@pytest.mark.parametrize("form", FORMS)
def test_declaration_is_read(form, tmp_path):
    handler = handler_of(tmp_path, FORMS[form] + "\ndef handler(event, context):\n    return 1\n")
    assert handler.declared is not None
    expected = () if form == "names" else ("dynamodb:GetItem",)
    assert {each.variable: each.actions for each in handler.declared} == {"A": expected, "B": ()}


def test_declaration_of_a_call_without_a_decorator(tmp_path):
    text = (
        'def _h(event, context):\n    return os.environ["A"]\n\nhandler = required_env_vars("A")(track_execution(_h))\n'
    )
    handler = handler_of(tmp_path, text)
    assert [name for name, _ in handler.decorators] == ["required_env_vars", "track_execution"]
    assert [each.variable for each in handler.reads] == ["A"]


def test_each_variable_has_its_place(tmp_path):
    text = '@required_env_vars({\n    "A": [],\n    "B": [S3Operation.HEAD_OBJECT],\n})\ndef handler(event, context):\n    ...\n'
    declared = handler_of(tmp_path, text).declared or ()
    first = len(IMPORTS.splitlines())
    assert [(each.variable, each.actions, each.place.line) for each in declared] == [
        ("A", (), first + 2),
        ("B", ("s3:GetObject",), first + 3),
    ]


@pytest.mark.parametrize(
    ("operation", "unknown"),
    [
        ("DynamoDBOperation.GET_ITEMS", "DynamoDBOperation.GET_ITEMS"),
        ('"dynamodb:GetItem"', "'dynamodb:GetItem'"),
    ],
)
def test_unknown_operation_is_named(operation, unknown, tmp_path):
    text = f'@required_env_vars({{"A": [{operation}]}})\ndef handler(event, context):\n    ...\n'
    (declared,) = handler_of(tmp_path, text).declared or ()
    assert (declared.actions, declared.unknown_operations) == ((), (unknown,))


@pytest.mark.parametrize("argument", ["load()", '{"A": load()}', "{load(): []}", "{**load()}"])
def test_computed_declaration_is_a_trouble(argument, tmp_path):
    code = read(
        tmp_path, f"from elsewhere import load\n@required_env_vars({argument})\ndef handler(event, context):\n    ...\n"
    )
    assert [(trouble.place.line, trouble.unclear) for trouble in code.troubles] == [(8, True)]


@pytest.mark.parametrize("text", ["@track_execution", "@track_execution()"])
def test_track_execution_bare_and_called(text, tmp_path):
    handler = handler_of(tmp_path, f"{text}\ndef handler(event, context):\n    ...\n")
    assert [name for name, _ in handler.decorators] == ["track_execution"]
    assert handler.declared is None


def test_validated_with_its_operation(tmp_path):
    text = """\
    setup_validated({"validators": {}}, lambda: None)

    @required_env_vars("A")
    @validated("create", validate_body=False)
    def handler(event, context, user, name, data):
        ...
    """
    handler = handler_of(tmp_path, text)
    assert [name for name, _ in handler.decorators] == ["required_env_vars", "validated"]
    assert [place.line for _, place in handler.decorators] == [9, 10]
    assert (handler.operation, handler.validates_body, handler.sets_up) == ("create", False, True)
    assert handler.parameters == ("event", "context", "user", "name", "data")


def test_decorated_functions_are_handlers_without_being_named(tmp_path):
    text = '@required_env_vars("A")\ndef handler(event, context):\n    ...\n\n@track_execution\ndef other(event, context):\n    ...\n'
    assert sorted(read(tmp_path, text).handlers) == ["core.handler", "core.other"]


def test_missing_handler_has_no_entry(tmp_path):
    assert dict(read(tmp_path, "x = 1\n", "core.handler", "nowhere.handler").handlers) == {}


def test_noqa_is_read_from_comments_only(tmp_path):
    text = "x = '# noqa: A1'\ny = 1  # noqa: ENV001, IAM002 - reason\nz = 2  # noqa\n"
    first = len(IMPORTS.splitlines())
    assert read(tmp_path, text).noqa == {
        "core.py": {first + 2: frozenset({"ENV001", "IAM002"}), first + 3: frozenset()}
    }
