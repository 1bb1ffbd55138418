"""Draws the matrix as SVG, and as an HTML page with the picture and a sentence for each problem.

Marks differ in shape as well as in colour. Each mark has a tooltip.
"""

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from pycommon_cli.iam.difference_report import SHARED_ROLE, row_sentences
from pycommon_cli.iam.iam_matrix import Cell, Matrix, Row, Used

__all__ = ["html", "svg"]

_ROW, _GROUP, _COLUMN, _MARK = 24, 32, 54, 7
_LETTER = 7.3  # width of a letter at 12 px, rounded up
_HEADER_LETTER = 6.2  # width of a letter in the slanted header, at 12 px
_MARGIN = 20
_USED_WIDTH = 150

_CELLS = {
    Cell.BOTH: ("ok", '<circle class="ok" r="7"/>'),
    Cell.NOT_GRANTED: ("bad", '<path class="bad stroke" d="M-6,-6 L6,6 M-6,6 L6,-6"/>'),
    Cell.NOT_DECLARED: ("wide", '<circle class="wide" r="6"/>'),
    Cell.UNKNOWN: ("unknown", '<text class="unknown mark" text-anchor="middle" y="5">?</text>'),
    Cell.NEITHER: ("none", '<circle class="none" r="1.5"/>'),
}
_USED = {
    Used.YES: ("ok", '<path class="ok stroke" d="M-6,0 L-2,5 L6,-5"/>'),
    Used.NO: ("unknown", '<path class="unknown stroke" d="M-6,0 L6,0"/>'),
    Used.UNDECLARED: ("bad", '<path class="bad stroke" d="M0,-7 L0,2 M0,6 L0,7"/>'),
    Used.UNKNOWN: ("none", '<circle class="none" r="1.5"/>'),
}
_LEGEND = (
    (_CELLS[Cell.BOTH][1], "declared and granted"),
    (_CELLS[Cell.NOT_GRANTED][1], "declared, not granted"),
    (_CELLS[Cell.NOT_DECLARED][1], "granted, not declared by this function"),
    (_CELLS[Cell.UNKNOWN][1], "declared; grants are unknown"),
    (_USED[Used.YES][1], "use observed"),
    (_USED[Used.NO][1], "use not observed"),
    (_USED[Used.UNDECLARED][1], "used, not declared"),
    (_CELLS[Cell.NEITHER][1], "nothing"),
)
_STYLE = """
  svg { --ink: #1b1f24; --soft: #6b7280; --line: #d8dee4; --band: #f6f8fa; --paper: #ffffff;
        --ok: #1a7f4b; --bad: #cf222e; --wide: #b35900; --unknown: #6b7280;
        font: 12px ui-sans-serif, system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e6edf3; --soft: #9aa4af; --line: #30363d; --band: #161b22; --paper: #0d1117;
          --ok: #3fb970; --bad: #ff6b62; --wide: #e3a04a; --unknown: #9aa4af; } }
  .paper { fill: var(--paper); } .band { fill: var(--band); } .line { stroke: var(--line); }
  text { fill: var(--ink); } .title { font-size: 16px; font-weight: 600; } .soft { fill: var(--soft); }
  .group { font-weight: 600; } .flag { fill: var(--bad); font-weight: 600; }
  .action { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 11.5px; }
  circle.ok { fill: var(--ok); } circle.wide { fill: none; stroke: var(--wide); stroke-width: 2; }
  circle.none { fill: var(--line); } text.mark { font-weight: 700; } text.unknown { fill: var(--unknown); }
  .stroke { fill: none; stroke-width: 2.6; stroke-linecap: round; }
  .ok.stroke { stroke: var(--ok); } .bad.stroke { stroke: var(--bad); } .unknown.stroke { stroke: var(--unknown); }
"""


def svg(matrix: Matrix) -> str:
    """Return the picture as SVG."""
    return _Drawing(matrix).svg()


def html(matrix: Matrix) -> str:
    """Return an HTML page with the picture and what to do. The page does not need other files."""
    said = [sentence for row in matrix.rows for sentence in row_sentences(row)]
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in said)
    title = escape(f"{matrix.service} at stage {matrix.stage}: declared, granted, used")
    todo = f"<h2>What differs</h2><ul>{items}</ul>" if said else "<p>Declared, granted and used are the same.</p>"
    if matrix.shares_a_role:
        said_once = re.sub("`(.*?)`", r"<code>\1</code>", escape(SHARED_ROLE))
        todo = f"<p>{said_once}</p>{todo}"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
  :root {{ color-scheme: light dark; }}
  body {{ font: 15px/1.5 ui-sans-serif, system-ui, "Segoe UI", "DejaVu Sans", sans-serif; margin: 2rem auto;
    max-width: 90rem; padding: 0 1rem; color: #1b1f24; background: #ffffff; }}
  @media (prefers-color-scheme: dark) {{ body {{ color: #e6edf3; background: #0d1117; }} }}
  h2 {{ font-size: 1.1rem; margin-top: 2rem; }}
  li {{ margin: .2rem 0; overflow-wrap: anywhere; }}
  figure {{ margin: 0 -1rem; overflow-x: auto; }}
</style>
</head>
<body>
<figure>{svg(matrix)}</figure>
{todo}
</body>
</html>
"""


class _Drawing:
    """Draws one matrix from top to bottom."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        longest = max((len(row.action) for row in matrix.rows), default=10)
        groups = max((len(row.resource) for row in matrix.rows), default=10)
        self._left = _MARGIN + max(longest * _LETTER + 24, groups * _LETTER * 0.55, 220)
        header = max((len(name) for name in matrix.functions), default=4)
        self._top = _MARGIN + 52 + header * _HEADER_LETTER * 0.75
        self._used_at = self._left + len(matrix.functions) * _COLUMN + 24
        overhang = header * _HEADER_LETTER * 0.75
        self._width = max(self._used_at + _USED_WIDTH, self._used_at + overhang, 640) + _MARGIN

    def svg(self) -> str:
        body, bottom = self._body()
        legend, height = self._legend(bottom + 28)
        label = escape(f"{self._matrix.service}: declared, granted and used actions")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" width="{self._width:.0f}" '
            f'height="{height:.0f}" viewBox="0 0 {self._width:.0f} {height:.0f}">\n<style>{_STYLE}</style>\n'
            f'<rect class="paper" width="100%" height="100%"/>\n{self._head()}{body}{legend}</svg>\n'
        )

    def _head(self) -> str:
        matrix = self._matrix
        seen = f"last observed {matrix.observed_at}" if matrix.observed_at else "not observed"
        lines = [
            f'<text class="title" x="{_MARGIN}" y="{_MARGIN + 14}">{escape(matrix.service)}</text>',
            f'<text class="soft" x="{_MARGIN}" y="{_MARGIN + 34}">stage {escape(matrix.stage)}, {escape(seen)}</text>',
        ]
        columns = [(name, self._column(index)) for index, name in enumerate(matrix.functions)]
        for name, x in [*columns, ("used", self._used_at + 12)]:
            turned = f"translate({x - 2:.0f},{self._top - 12:.0f}) rotate(-45)"
            lines.append(f'<text transform="{turned}">{escape(name)}</text>')
        return "\n".join(lines) + "\n"

    def _body(self) -> tuple[str, float]:
        lines: list[str] = []
        y = self._top
        for resource, rows in groupby(self._matrix.rows, key=lambda row: row.resource):
            lines.append(
                f'<line class="line" x1="{_MARGIN}" x2="{self._width - _MARGIN:.0f}" y1="{y:.0f}" y2="{y:.0f}"/>'
                f'<text class="group" x="{_MARGIN}" y="{y + 21:.0f}">{escape(resource)}</text>'
            )
            y += _GROUP
            for row in rows:
                lines += self._row(row, y)
                y += _ROW
            y += 6
        return "\n".join(lines) + "\n", y

    def _row(self, row: Row, y: float) -> Iterator[str]:
        middle = y + _ROW / 2
        if not row.agrees:
            width = self._width - 2 * _MARGIN
            yield f'<rect class="band" x="{_MARGIN}" y="{y:.0f}" width="{width:.0f}" height="{_ROW}" rx="4"/>'
        flag = "" if row.agrees else '<tspan class="flag">! </tspan>'
        library = '<tspan class="soft"> library</tspan>' if row.by_library else ""
        yield f'<text class="action" x="{_MARGIN + 12}" y="{middle + 4:.0f}">{flag}{escape(row.action)}{library}</text>'
        for index, (name, cell) in enumerate(row.cells.items()):
            words = f"{name}: {row.action} on {row.resource}: {cell.value}"
            yield _marked(_CELLS[cell][1], self._column(index), middle, words)
        yield _marked(
            _USED[row.used][1], self._used_at + 12, middle, f"{row.action} on {row.resource}: {row.used.value}"
        )
        yield f'<text class="soft" x="{self._used_at + 30:.0f}" y="{middle + 4:.0f}">{escape(row.used.value)}</text>'

    def _legend(self, y: float) -> tuple[str, float]:
        lines: list[str] = []
        x: float = _MARGIN + 8
        for mark, words in _LEGEND:
            needed = len(words) * _LETTER + 40
            if x + needed > self._width - _MARGIN and x > _MARGIN + 8:
                x, y = _MARGIN + 8, y + 24
            lines.append(_marked(mark, x, y, words))
            lines.append(f'<text class="soft" x="{x + 14:.0f}" y="{y + 4:.0f}">{escape(words)}</text>')
            x += needed
        return "\n".join(lines) + "\n", y + 28

    def _column(self, index: int) -> float:
        return self._left + index * _COLUMN + _COLUMN / 2


def _marked(mark: str, x: float, y: float, words: str) -> str:
    return f'<g transform="translate({x:.0f},{y:.0f})"><title>{escape(words)}</title>{mark}</g>'
