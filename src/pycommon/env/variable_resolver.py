"""Find the value of a declared variable in the Lambda environment, or else in Parameter Store."""

from __future__ import annotations

import threading
import time
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from pycommon.env import process_environment
from pycommon.exceptions import EnvVarError
from pycommon.execution_environment import per_execution_environment
from pycommon.logger import getLogger, keep_out_of_logs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pycommon.env.parameter_store import Fetched

__all__ = ["Origin", "ValueSource", "VariableResolver", "parameter_path", "resolver"]

_REFRESH_AFTER_S = 300.0
_RETRY_AFTER_S = 30.0
_FOREVER = float("inf")

_logger = getLogger(__name__)


class ValueSource(StrEnum):
    """The place where a value was found."""

    LAMBDA_ENVIRONMENT = "lambda_environment"
    PARAMETER_STORE = "parameter_store"


class Origin(NamedTuple):
    """The source of a variable's value, and the time of the monotonic clock until which the value is fresh."""

    source: ValueSource
    parameter_path: str | None
    fresh_until: float


def parameter_path(name: str) -> str | None:
    """Return the Parameter Store path `/amplify/{stage}/{service}/{name}`, or None if stage or service is unknown."""
    stage, service = process_environment.get("STAGE"), process_environment.get("SERVICE_NAME")
    return f"/amplify/{stage}/{service}/{name}" if stage and service else None


def _fetch(paths: list[str]) -> Fetched:
    from pycommon.env.parameter_store import fetch

    return fetch(paths)


class VariableResolver:
    """The resolver of variables. Each execution environment has one resolver, and threads can share it."""

    def __init__(
        self,
        fetch: Callable[[list[str]], Fetched] = _fetch,
        clock: Callable[[], float] = time.monotonic,
        refresh_after_s: float = _REFRESH_AFTER_S,
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._refresh_after_s = refresh_after_s
        self._origins: dict[str, Origin] = {}
        self._lock = threading.Lock()

    def resolve(self, names: Iterable[str]) -> float:
        """Make sure that `os.environ` has a value for each of `names`.

        Returns:
            The time of the monotonic clock until which the values are fresh, or infinity if no value is from Parameter
            Store.

        Raises:
            EnvVarError: at least one variable was not found. The error names all missing variables.
        """
        wanted = list(names)
        with self._lock:
            reasons = self._find(wanted)
            missing = {name: reasons[name] for name in wanted if name not in self._origins}
            if missing:
                raise EnvVarError(missing)
            return min((self._origins[name].fresh_until for name in wanted), default=_FOREVER)

    def value(self, name: str) -> str | None:
        """Return the value of one variable, or None if it is not found."""
        try:
            self.resolve([name])
        except EnvVarError:
            return None
        return process_environment.get(name)

    def require(self, name: str) -> str:
        """Return the value of one variable.

        Raises:
            EnvVarError: the variable was not found.
        """
        self.resolve([name])
        return process_environment.get(name) or ""

    def note_present(self, names: Iterable[str]) -> None:
        """Note the origin of each variable in `names` that the Lambda environment has. Do not read Parameter Store."""
        with self._lock:
            for name in names:
                if name not in self._origins and process_environment.get(name) is not None:
                    self._origins[name] = Origin(ValueSource.LAMBDA_ENVIRONMENT, None, _FOREVER)

    def origin(self, name: str) -> Origin | None:
        """Return the origin of the value of `name`, or None if the resolver has not found the value yet."""
        return self._origins.get(name)

    def _find(self, names: list[str]) -> dict[str, list[str]]:
        now = self._clock()
        stale = [name for name in names if (found := self._origins.get(name)) is None or found.fresh_until <= now]
        reasons: dict[str, list[str]] = {name: ["not in the Lambda environment"] for name in stale}
        to_fetch: dict[str, str] = {}
        for name in stale:
            if name not in self._origins and process_environment.get(name) is not None:
                self._origins[name] = Origin(ValueSource.LAMBDA_ENVIRONMENT, None, _FOREVER)
            elif (path := parameter_path(name)) is not None:
                to_fetch[path] = name
            else:
                reasons[name].append("Parameter Store not read, because STAGE or SERVICE_NAME is not set")
        if to_fetch:
            self._fetch_parameters(to_fetch, reasons, now)
        return reasons

    def _fetch_parameters(self, names: dict[str, str], reasons: dict[str, list[str]], now: float) -> None:
        fetched = self._fetch(list(names))
        for path, name in names.items():
            if (value := fetched.values.get(path)) is not None:
                if path in fetched.secrets:
                    keep_out_of_logs(value)
                process_environment.publish(name, value)
                self._origins[name] = Origin(ValueSource.PARAMETER_STORE, path, now + self._refresh_after_s)
                continue
            reason = fetched.reasons.get(path, f"no parameter {path}")
            reasons[name].append(reason)
            if name in self._origins:
                _logger.warning("%s could not be refreshed; the last value is still used: %s", name, reason)
                self._origins[name] = Origin(ValueSource.PARAMETER_STORE, path, now + _RETRY_AFTER_S)


@per_execution_environment
def resolver() -> VariableResolver:
    """Return the resolver of this execution environment. A parameter stays fresh for PARAMETER_REFRESH_SECONDS."""
    seconds = process_environment.number("PARAMETER_REFRESH_SECONDS", _REFRESH_AFTER_S, at_least=1)
    return VariableResolver(refresh_after_s=seconds)
