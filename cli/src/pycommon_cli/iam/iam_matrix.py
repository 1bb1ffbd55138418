"""Builds the matrix of declared, granted and used actions.

The matrix has a row for each action on a resource, and a column for each function.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pycommon_cli.analysis.facts import LambdaFunction
from pycommon_cli.analysis.handler_needs import ANYWHERE, Need
from pycommon_cli.env.recorded_variables import RecordedVariable
from pycommon_cli.iam.policy.grant_matching import AccessDecision, decide_for
from pycommon_cli.iam.policy.iam_needs import function_needs
from pycommon_cli.iam.policy.policy_differences import DifferenceKind, differences, roles_of
from pycommon_cli.iam.selected_services import ReadService

__all__ = ["Cell", "Matrix", "Row", "Used", "matrix_of"]


class Cell(StrEnum):
    """Whether one function declares an action, and whether the function's role allows the action."""

    NEITHER = "neither"
    BOTH = "declared and granted"
    NOT_GRANTED = "declared, not granted"
    NOT_DECLARED = "granted, not declared"
    UNKNOWN = "declared; no file shows whether it is granted"


class Used(StrEnum):
    """Whether the use of an action was observed. The record shows the use by a service, not by each function."""

    YES = "used"
    NO = "not seen"
    UNDECLARED = "used, not declared"
    UNKNOWN = "not observed"


@dataclass(frozen=True, slots=True)
class Row:
    """An action on a resource.

    Attributes:
        resource: the variable that names the resource. If no variable names the resource of a statement, this is the
            AWS service and the resource.
        cells: the cell of each function, by the name of the function.
        by_library: whether only the library needs the action.
    """

    resource: str
    action: str
    cells: Mapping[str, Cell]
    used: Used
    by_library: bool = False
    note: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the action is granted to each function that declares it, and declared if it is granted or used."""
        cells = set(self.cells.values())
        declared = bool(cells & {Cell.BOTH, Cell.NOT_GRANTED, Cell.UNKNOWN})
        alone = Cell.NOT_DECLARED in cells and not declared
        return Cell.NOT_GRANTED not in cells and not alone and self.used is not Used.UNDECLARED

    def functions(self, *cells: Cell) -> list[str]:
        """Return the functions that have one of these cells."""
        return [name for name, cell in self.cells.items() if cell in cells]


@dataclass(frozen=True, slots=True)
class Matrix:
    """All rows of a service, sorted by resource and action.

    Attributes:
        observed_at: the time of the last observation, or "" if there is no observation.
    """

    service: str
    stage: str
    functions: tuple[str, ...]
    rows: tuple[Row, ...]
    observed_at: str = ""

    @property
    def shares_a_role(self) -> bool:
        """Whether a function is granted an action that only other functions declare."""
        return any(row.functions(Cell.BOTH) and row.functions(Cell.NOT_DECLARED) for row in self.rows)

    @property
    def agrees(self) -> bool:
        """Whether the declared, granted and used actions are the same.

        If a declared action was not observed, it counts as used.
        """
        return all(row.agrees for row in self.rows)


@dataclass(slots=True)
class _Draft:
    """A row that is being built: the needed part of the resource by function, and whether the service needs the action.

    If `own` is false, only the library needs the action.
    """

    parts: dict[str, str] = field(default_factory=dict)
    own: bool = False


def matrix_of(service: ReadService, stage: str, recorded: Iterable[RecordedVariable]) -> Matrix:
    """Return the matrix of a service.

    Args:
        service: the service, with its declarations and its grants.
        stage: the stage.
        recorded: the use of AWS by this service that the stage has recorded.
    """
    by_variable = {each.variable: each for each in recorded}
    functions = service.configuration.functions
    drafts: dict[tuple[str, str], _Draft] = {}
    for function in functions.values():
        for need in function_needs(function, service.code, service.configuration):
            if need.variable in function.environment or not need.by_library:
                _note(drafts, function, need)
    for variable, each in by_variable.items():
        for action in each.used:
            drafts.setdefault((variable, action), _Draft())
    rows = [_row(key, draft, functions, by_variable.get(key[0])) for key, draft in drafts.items()]
    rows += _beside(service)
    rows.sort(key=lambda row: (" " in row.resource, row.resource, row.action))  # rows without a variable come last
    observed_at = max((each.observed_at for each in by_variable.values()), default="")
    return Matrix(service.name, stage, tuple(functions), tuple(rows), observed_at)


def _note(drafts: dict[tuple[str, str], _Draft], function: LambdaFunction, need: Need) -> None:
    draft = drafts.setdefault((need.variable, need.action), _Draft())
    before = draft.parts.get(function.name)
    draft.parts[function.name] = need.part if before in (None, need.part) else ANYWHERE
    draft.own = draft.own or not need.by_library


def _row(
    key: tuple[str, str], draft: _Draft, functions: Mapping[str, LambdaFunction], recorded: RecordedVariable | None
) -> Row:
    variable, action = key
    cells = {name: _cell(function, action, variable, draft.parts.get(name)) for name, function in functions.items()}
    used = _used(action, draft, recorded)
    return Row(variable, action, cells, used, by_library=bool(draft.parts) and not draft.own)


def _cell(function: LambdaFunction, action: str, variable: str, part: str | None) -> Cell:
    declared = part is not None
    decision = decide_for(function, action, variable, ANYWHERE if part is None else part)
    if decision.granted:
        return Cell.BOTH if declared else Cell.NOT_DECLARED
    if not declared:
        return Cell.NEITHER
    return Cell.UNKNOWN if decision.verdict is AccessDecision.UNKNOWN else Cell.NOT_GRANTED


def _used(action: str, draft: _Draft, recorded: RecordedVariable | None) -> Used:
    if recorded is not None and action in recorded.used:
        return Used.YES if draft.parts else Used.UNDECLARED
    if recorded is None or not recorded.is_observed:
        return Used.UNKNOWN
    return Used.NO


def _beside(service: ReadService) -> Iterator[Row]:
    """Yield rows for grants that no function declares, and for grants that are too wide."""
    names = service.configuration.functions
    for role in roles_of(service.configuration, per_function=False):
        sharing = {function.name for function in role.functions}
        for each in differences(role, service.code, service.configuration, service.others):
            if each.kind in (DifferenceKind.UNNEEDED, DifferenceKind.WIDER):
                cells = {name: Cell.NOT_DECLARED if name in sharing else Cell.NEITHER for name in names}
                for action in each.actions:
                    yield Row(each.short or each.resource, action, cells, Used.UNKNOWN, note=each.why)
