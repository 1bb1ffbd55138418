"""Which AWS operations functions really use, seen in process and compared with what they declare.

On where OBSERVE_AWS_CALLS is "true". Every call of every botocore client is seen, whenever and wherever it was made:
boto3's resources, paginators, waiters, transfers and presigned URLs all go through one method of botocore's client. The
library's own clients show their calls themselves. Of a call the service, the operation and the names of its resources
are looked at, nothing else. The library's calls are told apart by the module that makes them and held against the
library's own declarations.
"""

from __future__ import annotations

import functools
import sys
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pycommon.background import background_writes
from pycommon.dal.providers.aws.resource_perms import member_for
from pycommon.env import process_environment
from pycommon.env.declaration import declarations
from pycommon.env.observed_call import calls_of, resource_name
from pycommon.execution_environment import per_execution_environment
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from pycommon.env.declaration import Declaration
    from pycommon.env.observed_call import ObservedCall

__all__ = ["ObservedMismatch", "ObservedUse", "Observer", "enabled", "install", "observer"]

_SWITCH = "OBSERVE_AWS_CALLS"
_SDK = (
    *("botocore", "boto3", "s3transfer", "concurrent", "threading", "contextlib", "functools"),
    *(__name__, "pycommon.env.botocore_hook"),
)
_OWN_SDK = "pycommon.dal.providers.aws.json_protocol"
_LIBRARY = "pycommon"
_NOT_LIBRARY = ("pycommon.testing",)

_logger = getLogger(__name__)
_active: ContextVar[Declaration | None] = ContextVar("pycommon_active_declaration", default=None)


class ObservedUse(StrEnum):
    """How a use stands to the declarations."""

    DECLARED = "used and declared"
    NOT_DECLARED = "used, not declared"


@dataclass(frozen=True, slots=True)
class ObservedMismatch:
    """One IAM action that was used on one resource.

    Attributes:
        function: the declaring function; "" for a call that was made outside every one.
        variable: the variable that holds the resource's name; None where none does.
        action: e.g. "dynamodb:Query".
        verdict: whether a declaration covers it.
        by_library: whether the library made the call, and not the handler.
    """

    function: str
    variable: str | None
    action: str
    verdict: ObservedUse
    by_library: bool

    def advice(self) -> str:
        """The line to add, for a use that is not declared."""
        member = member_for(self.action) or self.action
        if self.variable is None:
            return f"no variable holds the name of the resource of {self.action}; declare one with [{member}]"
        return f"add {member} to {self.variable}"


class Observer:
    """What was seen in one execution environment. Safe to share between threads."""

    def __init__(self) -> None:
        self._findings: dict[ObservedMismatch, None] = {}
        self._unwritten: list[ObservedMismatch] = []
        self._running: list[Declaration] = []
        self._lock = threading.Lock()

    @contextmanager
    def watching(self, declaration: Declaration) -> Iterator[None]:
        """Hold the calls of this thread, and of threads that have no function of their own, against `declaration`."""
        token = _active.set(declaration)
        with self._lock:
            self._running.append(declaration)
        try:
            yield
        finally:
            _active.reset(token)
            with self._lock:
                self._running.remove(declaration)
            self._report()

    def findings(self) -> tuple[ObservedMismatch, ...]:
        """Everything seen so far, each once, in the order of its first sight."""
        with self._lock:
            return tuple(self._findings)

    def see(self, service: str, operation: str, parameters: Any, prefix: str) -> None:
        """Take note of a call that is about to be made. Never raises."""
        try:
            by_library = _is_library(sys._getframe(2))  # noqa: SLF001 - inspect.stack reads source files
            for call in calls_of(service, operation, parameters, prefix):
                for action in call.actions:
                    self._note(self._judge(call, action, by_library=by_library))
        except Exception:
            _logger.exception("A call of %s %s could not be observed", service, operation)

    def _judge(self, call: ObservedCall, action: str, *, by_library: bool) -> ObservedMismatch | None:
        if call.resource is None:
            return None  # nothing that a variable could name: sts:GetCallerIdentity, dynamodb:ListTables
        candidates = self._declarations(by_library=by_library)
        names = _variables_holding(call.resource)
        for declaration in candidates:
            for name in names:
                if action in declaration.actions.get(name, ()):
                    return ObservedMismatch(declaration.function, name, action, ObservedUse.DECLARED, by_library)
        if by_library and not names:
            return None  # Parameter Store paths and the like: made from settings, held by no variable
        known = [name for name in names if any(name in each.variables for each in candidates)]
        function = candidates[0].function if candidates and not by_library else ""
        variable = next(iter([*known, *names]), None)
        return ObservedMismatch(function, variable, action, ObservedUse.NOT_DECLARED, by_library)

    def _declarations(self, *, by_library: bool) -> list[Declaration]:
        """Against which declarations a call is held: its function's; else those that run; else all of the process."""
        active = _active.get()
        with self._lock:
            running = list(dict.fromkeys(reversed(self._running)))
        own = [active] if active is not None else running
        if by_library:
            return [*(each for each in declarations() if each.by_library), *own]
        return own or [each for each in declarations() if not each.by_library]

    def _note(self, finding: ObservedMismatch | None) -> None:
        if finding is None:
            return
        with self._lock:
            if finding in self._findings:
                return
            self._findings[finding] = None
            self._unwritten.append(finding)
            nobody_reports = not self._running
        if finding.verdict is ObservedUse.NOT_DECLARED:
            where = finding.function or "a module outside every declared function"
            _logger.warning("%s in %s, %s: %s", finding.action, where, finding.verdict.value, finding.advice())
        if nobody_reports:
            self._report()

    def _report(self) -> None:
        with self._lock:
            new, self._unwritten = self._unwritten, []
        if new:
            from pycommon.env.variable_record import write_findings

            background_writes().submit(write_findings, new)


@per_execution_environment
def observer() -> Observer | None:
    """Return the observer of this execution environment, or None when calls are not observed."""
    if not enabled() or not install():
        return None
    return Observer()


def enabled() -> bool:
    """Whether OBSERVE_AWS_CALLS asks for it."""
    return process_environment.get(_SWITCH) == "true"


def install() -> bool:
    """Make every AWS client report its calls to the observer, once per process. A call then costs 0.04 ms more.

    Returns:
        Whether calls are observed. They are not if botocore is not as expected; the log then says why.
    """
    from pycommon.env.botocore_hook import install_hook

    return install_hook(_see) and _install_in_own_clients()


@functools.cache
def _install_in_own_clients() -> bool:
    from pycommon.dal.providers.aws.json_protocol.call_observers import observe_calls

    observe_calls(_see)
    return True


def _see(service: str, operation: str, parameters: Any, prefix: str | None = None) -> None:
    watcher = observer()
    if watcher is not None:
        watcher.see(service, operation, parameters, prefix or service)


def _variables_holding(resource: str) -> list[str]:
    """The variables whose value names `resource`, whatever form it has."""
    return [
        name for name, value in process_environment.snapshot().items() if value and resource_name(value) == resource
    ]


def _is_library(frame: FrameType | None) -> bool:
    """Whether the first caller that is no part of the SDK is a module of this library."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] not in _SDK and module not in _SDK and not module.startswith(_OWN_SDK):
            return module.partition(".")[0] == _LIBRARY and not module.startswith(_NOT_LIBRARY)
        frame = frame.f_back
    return False
