"""Define the report of `pycommon env doctor`: the result for each variable that a service needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pycommon_cli.analysis.facts import Place, ReadingTrouble
from pycommon_cli.analysis.handler_needs import Need
from pycommon_cli.env.stage_lookups import DeployedFunction


class LookupStatus(StrEnum):
    """The possible results of looking up a variable, from the best to the worst."""

    FOUND = "found"
    NOT_SET = "not set"
    UNKNOWN = "unknown"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class LookupResult:
    """The place where a variable was found; or the reason why the variable was not found, and what to do."""

    status: LookupStatus
    source: str
    help_text: str = ""


@dataclass(frozen=True, slots=True)
class VariableReport:
    """The result for one variable in some functions. `functions` is empty if the service has no functions."""

    needs: tuple[Need, ...]
    functions: tuple[str, ...]
    result: LookupResult

    @property
    def variable(self) -> str:
        """The variable's name."""
        return self.needs[0].variable

    @property
    def by(self) -> str:
        """The decorator that needs the variable."""
        return self.needs[0].by

    @property
    def optional(self) -> bool:
        """Whether functions run without the variable."""
        return not self.needs[0].required

    @property
    def places(self) -> tuple[Place, ...]:
        """The places of the decorators or declarations that need the variable."""
        return tuple(dict.fromkeys(need.place for need in self.needs))

    @property
    def operations(self) -> tuple[str, ...]:
        """The AWS operations that are declared for the variable."""
        return tuple(dict.fromkeys(each for need in self.needs for each in need.operations))


@dataclass(slots=True)
class DoctorReport:
    """The doctor's result for one service.

    Attributes:
        folder: the service folder, relative to the project's root.
        deployed: the deployed state of each function, by the function's key in `serverless.yml`.
        variables: the result for each variable, sorted by status. Missing variables are last.
        unclear: declarations whose content cannot be known without running the code.
    """

    service: str
    folder: str
    deployed: Mapping[str, DeployedFunction]
    variables: list[VariableReport] = field(default_factory=list)
    unclear: list[ReadingTrouble] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether every needed variable is known and found."""
        bad = {LookupStatus.UNKNOWN, LookupStatus.MISSING}
        return not self.unclear and all(each.result.status not in bad for each in self.variables)
