"""Every way in which services read the environment."""

# ruff: noqa: E501 - small programs, each on one line of a table

import pytest

from tests.check.code.reading import handler_of, read, reads_of

FORMS = {
    "subscript": 'def handler(event, context):\n    return os.environ["A"]\n',
    "get": 'def handler(event, context):\n    return os.environ.get("A")\n',
    "getenv with a default": 'def handler(event, context):\n    return os.getenv("A", "x")\n',
    "at import": 'A = os.environ["A"]\n\ndef handler(event, context):\n    return A\n',
    "imported name": "from os import environ as e\n\ndef handler(event, context):\n    return e['A']\n",
    "alias": "e = os.environ\n\ndef handler(event, context):\n    return e['A']\n",
    "copy": "e = os.environ.copy()\n\ndef handler(event, context):\n    return dict(e)['A']\n",
    "bound method": "get = os.environ.get\n\ndef handler(event, context):\n    return get('A')\n",
    "constant": 'NAME = "A"\n\ndef handler(event, context):\n    return os.environ[NAME]\n',
    "folded f-string": 'X = "A"\n\ndef handler(event, context):\n    return os.environ[f"{X}"]\n',
    "folded format": 'def handler(event, context):\n    return os.environ["{}".format("A")]\n',
    "parameter": "def env(name):\n    return os.environ[name]\n\ndef handler(event, context):\n    return env('A')\n",
    "default argument": "def env(name='A'):\n    return os.environ[name]\n\ndef handler(event, context):\n    return env()\n",
    "argument's default": "def handler(event, context, table=os.environ['A']):\n    return table\n",
    "partial": (
        "from functools import partial\na = partial(os.environ.get, 'A')\n\ndef handler(event, context):\n    return a()\n"
    ),
    "class attribute": ("class S:\n    a = os.environ['A']\n\ndef handler(event, context):\n    return S.a\n"),
    "constructor": (
        "class S:\n    def __init__(self, name):\n        self.a = os.environ[name]\n\n"
        "def handler(event, context):\n    return S('A').a\n"
    ),
    "property": (
        "class S:\n    @property\n    def a(self):\n        return os.environ['A']\n\n"
        "def handler(event, context):\n    return S().a\n"
    ),
    "dataclass": (
        "from dataclasses import dataclass, field\n\n@dataclass\nclass S:\n"
        "    a: str = field(default_factory=lambda: os.environ['A'])\n\ndef handler(event, context):\n    return S().a\n"
    ),
    "settings of pydantic": (
        "from pydantic_settings import BaseSettings\n\nclass S(BaseSettings):\n    a: str\n\n"
        "def handler(event, context):\n    return S().a\n"
    ),
    "loop": "def handler(event, context):\n    return [os.environ[n] for n in ('A',)]\n",
    "walrus": "def handler(event, context):\n    if a := os.environ.get('A'):\n        return a\n",
    "decorator of one's own": (
        "import functools\n\ndef d(f):\n    @functools.wraps(f)\n    def w(*a, **k):\n        os.environ['A']\n"
        "        return f(*a, **k)\n    return w\n\n@d\ndef handler(event, context):\n    return 1\n"
    ),
    "lambda": "a = lambda: os.environ['A']\n\ndef handler(event, context):\n    return a()\n",
    "callback": "def f(x):\n    return os.environ['A']\n\ndef handler(event, context):\n    return sorted(event, key=f)\n",
    "generator": ("def g():\n    yield os.environ['A']\n\ndef handler(event, context):\n    yield from g()\n"),
    "recursion": (
        "def f(n):\n    return f(n - 1) if n else os.environ['A']\n\ndef handler(event, context):\n    return f(3)\n"
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_read_is_seen(form, tmp_path):
    assert set(reads_of(tmp_path, FORMS[form])) == {"A"}


def test_what_is_not_reached_is_not_read(tmp_path):
    text = """\
    def unused():
        return os.environ["A"]

    def handler(event, context):
        if __name__ == "__main__":
            return os.environ["B"]
        os.environ["C"] = "written"
        return {"D": 1}["D"], os.environ[event["name"]]

    if __name__ == "__main__":
        os.environ["E"]
    """
    assert reads_of(tmp_path, text) == {}


@pytest.mark.parametrize(
    ("expression", "optional"),
    [
        ('os.environ["A"]', False),
        ('os.environ.get("A")', True),
        ('os.getenv("A", "x")', True),
        ('os.environ["A"] if "A" in os.environ else 1', True),
    ],
)
def test_default_makes_a_read_optional(expression, optional, tmp_path):
    assert reads_of(tmp_path, f"def handler(event, context):\n    return {expression}\n") == {"A": optional}


def test_read_tells_the_calls_that_lead_to_it(tmp_path):
    text = """\
    def second():
        return os.environ["A"]

    def first():
        return second()

    def handler(event, context):
        return first()
    """
    (found,) = handler_of(tmp_path, text).reads
    assert (found.place.path, found.place.line, found.place.column) == ("core.py", 8, 12)
    assert [place.line for place in found.via] == [14, 11]


def test_modules_find_each_other_as_at_run_time(tmp_path):
    files = {
        "core.py": "from a.b import *\nfrom a import c as other\nimport a.d\n\ndef handler(e, c):\n    return B, other.C, a.d.D\n",
        "a/__init__.py": "",
        "a/b.py": "from .names import NAME\nimport os\nB = os.environ[NAME]\n",
        "a/names.py": 'NAME = "B"\n',
        "a/c.py": "import os\nfrom . import c\nC = os.environ['C']\n",
        "a/d.py": "from ..a import b\nimport os\nD = os.environ['D']\n",
        "a/unused.py": "import os\nos.environ['X']\n",
    }
    assert set(reads_of(tmp_path, files)) == {"B", "C", "D"}


def test_modules_that_import_each_other_are_read(tmp_path):
    files = {
        "core.py": "import b\nNAME = 'A'\n\ndef handler(e, c):\n    return b.f()\n",
        "b.py": "import os\nimport core\n\ndef f():\n    return os.environ[core.NAME]\n",
    }
    assert set(reads_of(tmp_path, files)) == {"A"}


def test_imports_for_types_only_run_nothing(tmp_path):
    files = {
        "core.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b\n\ndef handler(e, c):\n    return 1\n",
        "b.py": "import os\nos.environ['X']\n",
    }
    assert reads_of(tmp_path, files) == {}


def test_each_handler_has_its_own(tmp_path):
    text = """\
    def env(name):
        return os.environ[name]

    def one(event, context):
        return env("A")

    def two(event, context):
        return env("B")
    """
    handlers = read(tmp_path, text, "core.one", "core.two").handlers
    assert [[each.variable for each in handlers[name].reads] for name in ("core.one", "core.two")] == [["A"], ["B"]]
