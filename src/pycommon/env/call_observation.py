"""Observe the AWS calls of this process, and compare each call with the declaration of the calling function.

Observation is on when OBSERVE_AWS_CALLS is "true". The observer sees every call of every botocore client: boto3's
resources, paginators, waiters, transfers and presigned URLs all go through one method of botocore's client. The
library's own clients report their calls themselves. From a call, the observer reads only the service, the operation and
the names of the resources. If a module of the library makes the call, the observer compares the call with the library's
own declarations too.
"""

from __future__ import annotations

import functools
import sys
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from pycommon.background import background_writes
from pycommon.env import process_environment
from pycommon.env.declaration import declarations
from pycommon.env.observed_action import ObservedAction, ObservedUse
from pycommon.env.observed_call import calls_of, resource_name
from pycommon.execution_environment import per_execution_environment
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from pycommon.env.declaration import Declaration
    from pycommon.env.observed_call import ObservedCall

__all__ = ["ObservedUse", "Observer", "enabled", "install", "observer"]

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


class Observer:
    """The collection of the AWS actions that one execution environment used. Threads can share one observer."""

    def __init__(self) -> None:
        self._seen: dict[ObservedAction, None] = {}
        self._unreported: list[ObservedAction] = []
        self._running: list[Declaration] = []
        self._lock = threading.Lock()

    @contextmanager
    def watching(self, declaration: Declaration) -> Iterator[None]:
        """Compare the AWS calls in the `with` block with `declaration`.

        The observer includes calls of other threads, unless such a thread runs a declaring function itself.
        """
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

    def findings(self) -> tuple[ObservedAction, ...]:
        """Return every action that the observer has seen, without duplicates, in the order of the first use."""
        with self._lock:
            return tuple(self._seen)

    def see(self, service: str, operation: str, parameters: Any, prefix: str) -> None:
        """Record the actions of a call before the call is made. Never raise an error."""
        try:
            by_library = _is_library(sys._getframe(2))  # noqa: SLF001 - inspect.stack reads source files
            for call in calls_of(service, operation, parameters, prefix):
                for action in call.actions:
                    self._record(self._compare(call, action, by_library=by_library))
        except Exception:
            _logger.exception("A call of %s %s could not be observed", service, operation)

    def _compare(self, call: ObservedCall, action: str, *, by_library: bool) -> ObservedAction | None:
        if call.resource is None:
            return None  # no variable could name a resource: sts:GetCallerIdentity, dynamodb:ListTables
        candidates = self._declarations(by_library=by_library)
        names = _variables_holding(call.resource)
        for declaration in candidates:
            for name in names:
                if action in declaration.actions.get(name, ()):
                    return ObservedAction(declaration.function, name, action, ObservedUse.DECLARED, by_library)
        if by_library and not names:
            return None  # the name comes from settings and not from a variable: a Parameter Store path
        known = [name for name in names if any(name in each.variables for each in candidates)]
        function = candidates[0].function if candidates and not by_library else ""
        variable = next(iter([*known, *names]), None)
        return ObservedAction(function, variable, action, ObservedUse.NOT_DECLARED, by_library)

    def _declarations(self, *, by_library: bool) -> list[Declaration]:
        """Return the declarations that a call may use.

        A call of a service may use the declaration of the calling function, or else the declarations of all running
        functions, or else all declarations of the services. A call of the library may also use the library's own
        declarations.
        """
        active = _active.get()
        with self._lock:
            running = list(dict.fromkeys(reversed(self._running)))
        own = [active] if active is not None else running
        if by_library:
            return [*(each for each in declarations() if each.by_library), *own]
        return own or [each for each in declarations() if not each.by_library]

    def _record(self, observed: ObservedAction | None) -> None:
        if observed is None:
            return
        with self._lock:
            if observed in self._seen:
                return
            self._seen[observed] = None
            self._unreported.append(observed)
            nothing_running = not self._running
        if observed.verdict is ObservedUse.NOT_DECLARED:
            where = observed.function or "a module outside every declared function"
            _logger.warning("%s in %s, %s: %s", observed.action, where, observed.verdict.value, observed.advice())
        if nothing_running:
            self._report()

    def _report(self) -> None:
        with self._lock:
            new, self._unreported = self._unreported, []
        if new:
            from pycommon.env.variable_record import write_observed

            background_writes().submit(write_observed, new)


@per_execution_environment
def observer() -> Observer | None:
    """Return the observer of this execution environment, or None when calls are not observed."""
    if not enabled() or not install():
        return None
    return Observer()


def enabled() -> bool:
    """Return whether OBSERVE_AWS_CALLS is "true"."""
    return process_environment.get(_SWITCH) == "true"


def install() -> bool:
    """Make every AWS client of the process report its calls to the observer. A call then takes 0.04 ms more.

    Returns:
        Whether calls are observed. If botocore is not as expected, calls are not observed, and the log says why.
    """
    from pycommon.env.botocore_hook import install_hook

    return install_hook(_see) and _install_in_own_clients()


@functools.cache
def _install_in_own_clients() -> bool:
    from pycommon.dal.providers.aws.json_protocol.call_observers import observe_calls

    observe_calls(_see)
    return True


def _see(service: str, operation: str, parameters: Any, prefix: str | None = None) -> None:
    active_observer = observer()
    if active_observer is not None:
        active_observer.see(service, operation, parameters, prefix or service)


def _variables_holding(resource: str) -> list[str]:
    """Return the variables whose value is the ARN, the URL or the name of `resource`."""
    return [
        name for name, value in process_environment.snapshot().items() if value and resource_name(value) == resource
    ]


def _is_library(frame: FrameType | None) -> bool:
    """Return whether the first caller outside the SDK is a module of this library."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] not in _SDK and module not in _SDK and not module.startswith(_OWN_SDK):
            return module.partition(".")[0] == _LIBRARY and not module.startswith(_NOT_LIBRARY)
        frame = frame.f_back
    return False
