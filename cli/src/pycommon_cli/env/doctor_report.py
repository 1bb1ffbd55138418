"""Defines the report of `pycommon env doctor`: the result for each variable that a service needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pycommon_cli.analysis.facts import Place, ReadingTrouble
from pycommon_cli.analysis.handler_needs import Need
from pycommon_cli.env.stage_lookups import DeployedFunction


class LookupStatus(StrEnum):
    """The result of looking up a variable, the best first."""

    FOUND = "found"
    NOT_SET = "not set"
    UNKNOWN = "unknown"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class LookupResult:
    """Where a variable was found; or why it was not found, and what to do."""

    status: LookupStatus
    source: str
    help_text: str = ""


@dataclass(frozen=True, slots=True)
class VariableReport:
    """The result for one variable, and the functions that it is for; none if the service has no functions."""

    needs: tuple[Need, ...]
    functions: tuple[str, ...]
    result: LookupResult

    @property
    def variable(self) -> str:
        """The variable's name."""
        return self.needs[0].variable

    @property
    def by(self) -> str:
        """The decorator that needs it."""
        return self.needs[0].by

    @property
    def optional(self) -> bool:
        """Whether functions run without it."""
        return not self.needs[0].required

    @property
    def places(self) -> tuple[Place, ...]:
        """Where the decorators or declarations are."""
        return tuple(dict.fromkeys(need.place for need in self.needs))

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations that are declared for it."""
        return tuple(dict.fromkeys(each for need in self.needs for each in need.operations))


@dataclass(slots=True)
class DoctorReport:
    """The result for one service.

    Attributes:
        folder: the service folder, relative to the project's root.
        deployed: the functions of `serverless.yml` by their keys, as they are deployed.
        variables: sorted by status, the missing ones last.
        unclear: declarations that cannot be known without running the code.
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
