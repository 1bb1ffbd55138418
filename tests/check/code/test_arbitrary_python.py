"""Whatever stands in a file: facts or troubles, and never an exception."""

import ast
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pycommon_cli.analysis.facts import CodeFacts
from pycommon_cli.analysis.python import read_code

CORPUS = Path(__file__).parents[1] / "calls"
TEXTS = [path.read_text("utf-8") for path in sorted(CORPUS.glob("*/*/*.py"))]
REFERENCES = {"core.handler", "core.main", "core.work"}
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def _read(content: bytes) -> CodeFacts:
    with TemporaryDirectory() as folder:
        Path(folder, "core.py").write_bytes(content)
        return read_code(Path(folder), Path(folder), REFERENCES)


class _Swapped(ast.NodeTransformer):
    """Puts other nodes of the same kind where some stand."""

    def __init__(self, swaps: dict[int, ast.AST]) -> None:
        self._swaps = swaps
        self._count = -1

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr | ast.stmt):
            self._count += 1
            other = self._swaps.get(self._count)
            if isinstance(other, ast.expr) and isinstance(node, ast.expr):
                return other
            if isinstance(other, ast.stmt) and isinstance(node, ast.stmt):
                return other
        return super().generic_visit(node)


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Programs of the corpus with parts of others put into them; what is no Python any more is left out."""
    tree = ast.parse(draw(st.sampled_from(TEXTS)))
    donor = [
        each for each in ast.walk(ast.parse(draw(st.sampled_from(TEXTS)))) if isinstance(each, ast.expr | ast.stmt)
    ]
    size = sum(isinstance(each, ast.expr | ast.stmt) for each in ast.walk(tree))
    swaps = draw(st.dictionaries(st.integers(0, size - 1), st.sampled_from(donor), min_size=1, max_size=8))
    try:
        return ast.unparse(_Swapped(swaps).visit(tree))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return "x = 1"


@settings(deadline=None, suppress_health_check=SLOW)
@given(programs())
def test_mixed_programs_are_read(program):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(program)
        except SyntaxError:
            expected = 1
        else:
            expected = 0
    code = _read(program.encode())
    assert len([trouble for trouble in code.troubles if not trouble.unclear]) == expected
    assert all(trouble.message and trouble.place.line >= 1 for trouble in code.troubles)


@settings(deadline=None, suppress_health_check=SLOW)
@given(st.sampled_from(TEXTS), st.integers(0, 3000), st.integers(0, 40), st.text(max_size=12))
def test_damaged_programs_are_read(text, position, removed, put_in):
    position %= len(text) + 1
    content = (text[:position] + put_in + text[position + removed :]).encode("utf-8", "surrogatepass")
    assert isinstance(_read(content), CodeFacts)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read(content):
    assert isinstance(_read(content), CodeFacts)
