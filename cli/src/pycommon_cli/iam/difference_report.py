"""Prints differences and the matrix, as text and as JSON."""

import json
from collections.abc import Iterator, Sequence

from pycommon_cli.iam.iam_matrix import Cell, Matrix, Row, Used
from pycommon_cli.iam.policy.policy_differences import Difference, DifferenceKind, RoleDifferences
from pycommon_cli.iam.selected_services import ReadService

__all__ = [
    "DIFFERS",
    "SHARED_ROLE",
    "difference_fields",
    "difference_lines",
    "matrix_json",
    "matrix_text",
    "row_sentences",
]

SHARED_ROLE = (
    "Functions share a role, so each function may also do what only the others declare. "
    "`pycommon iam --per function` makes a role for each."
)
"""The note for functions that share a role."""

DIFFERS = frozenset({DifferenceKind.MISSING, DifferenceKind.CONDITION, DifferenceKind.WIDER, DifferenceKind.UNNEEDED})
"""The kinds of differences that cause exit code 1. An unknown grant does not cause exit code 1."""


def difference_lines(service: ReadService, role: RoleDifferences, found: Sequence[Difference]) -> Iterator[str]:
    """Yield a line for the role, and one for each difference."""
    names = ", ".join(function.name for function in role.functions)
    if not found:
        yield f"{service.name}: {names}: granted as declared"
        return
    yield f"{service.name}: {names} (role {role.name}):"
    for each in found:
        place = f"{each.place.path}:{each.place.line}: " if each.place else ""
        yield f"  {place}{each.kind}: {', '.join(each.actions)} on {each.resource}: {each.why}"


def difference_fields(service: ReadService, role: RoleDifferences, found: Sequence[Difference]) -> dict[str, object]:
    """Return the differences of one role as JSON values."""
    return {
        "service": service.name,
        "stage": service.configuration.stage,
        "role": role.name,
        "functions": [function.name for function in role.functions],
        "unread_policies": [str(policy) for policy in role.functions[0].unread_policies],
        "differences": [
            {
                "kind": each.kind,
                "actions": list(each.actions),
                "resource": each.resource,
                "why": each.why,
                "path": each.place.path if each.place else None,
                "line": each.place.line if each.place else None,
            }
            for each in found
        ],
    }


def matrix_text(matrix: Matrix) -> str:
    """Return a table in columns, then a sentence for each row that does not agree."""
    rows = [
        ("RESOURCE", "ACTION", "DECLARED BY", "GRANTED TO", "USED"),
        *(_columns(row, matrix) for row in matrix.rows),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    said = [sentence for row in matrix.rows for sentence in row_sentences(row)]
    if not matrix.observed_at:
        said.append("this service was not observed: set OBSERVE_AWS_CALLS to true and let the service run for a while")
    if matrix.shares_a_role:
        said.append(SHARED_ROLE)
    return "\n".join([*lines, *([""] if said else []), *said])


def matrix_json(matrix: Matrix) -> str:
    """Return the matrix as one JSON document."""
    rows = [
        {
            "resource": row.resource,
            "action": row.action,
            "by_library": row.by_library,
            "functions": dict(row.cells),
            "used": row.used,
            "agrees": row.agrees,
            "note": row.note or None,
        }
        for row in matrix.rows
    ]
    fields = {
        "service": matrix.service,
        "stage": matrix.stage,
        "functions": list(matrix.functions),
        "observed_at": matrix.observed_at or None,
        "agrees": matrix.agrees,
        "rows": rows,
    }
    return json.dumps(fields, indent=2, ensure_ascii=False)


def row_sentences(row: Row) -> Iterator[str]:
    """Yield sentences about the problems of a row, and how to fix them."""
    what = f"{row.action} on {row.resource}"
    if missing := row.functions(Cell.NOT_GRANTED):
        yield f"{what}: declared by {', '.join(missing)}, but not granted; grant it"
    if row.used is Used.UNDECLARED:
        yield f"{what}: used, but no function declares it; declare it, or remove the call"
    elif not row.functions(Cell.BOTH, Cell.NOT_GRANTED, Cell.UNKNOWN) and row.functions(Cell.NOT_DECLARED):
        yield f"{what}: granted, but {row.note or 'no function declares it'}"
    elif row.used is Used.NO and not row.by_library:
        yield f"{what}: declared, but no use was observed; consider removing it"


def _columns(row: Row, matrix: Matrix) -> tuple[str, ...]:
    declared = row.functions(Cell.BOTH, Cell.NOT_GRANTED, Cell.UNKNOWN)
    granted = row.functions(Cell.BOTH, Cell.NOT_DECLARED)
    library = " (library)" if row.by_library else ""
    cells = (row.resource, row.action, _names(declared, matrix) + library, _names(granted, matrix), row.used.value)
    return tuple(cell if cell.isprintable() else ascii(cell) for cell in cells)


def _names(names: list[str], matrix: Matrix) -> str:
    if not names:
        return "-"
    return "all" if len(names) == len(matrix.functions) > 1 else ", ".join(names)
