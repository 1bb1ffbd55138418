"""Declare the variables of a function (`@required_env_vars`), and meter its executions (`@track_execution`)."""

from __future__ import annotations

import functools
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from pycommon.background import wait_for_pending_writes
from pycommon.env import process_environment
from pycommon.env.declaration import declare
from pycommon.env.resolved_variables import ResolvedVariables
from pycommon.exceptions import EnvVarError
from pycommon.execution_environment import current
from pycommon.metrics.init_phase import init_phase
from pycommon.metrics.tracked_execution import track_execution

if TYPE_CHECKING:
    from collections.abc import Callable


__all__ = ["required_env_vars", "track_execution"]

P = ParamSpec("P")
R = TypeVar("R")


def required_env_vars(*declared: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare the environment variables of a function, and the AWS operations that use each variable.

    Before the function runs, the decorator looks each variable up in the Lambda environment, then in Parameter Store at
    `/amplify/{stage}/{service}/{VARIABLE}`. The decorator decrypts a value from Parameter Store, puts the value into
    `os.environ`, and reads it again from time to time. The table in `ENV_VARS_TRACKING_TABLE` records which service
    uses which variable.

    Args:
        declared: one dict `{"VARIABLE": [operations]}`, or only the names of variables. A variable that names no AWS
            resource has the empty list `[]`.

    Raises:
        DeclarationError: at import: the name of a variable or an operation is not valid.
        EnvVarError: when the function is called: variables are missing. The error has the names of all missing
            variables. If the decorator is above `@validated`, the caller gets a 500 response in place of the error.

    Source: "Environment Variable Management" in the specification.

    Example:
        >>> from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
        >>> @required_env_vars({"FILES_DYNAMO_TABLE": [DynamoDBOperation.GET_ITEM], "STAGE": []})
        ... def handler(event, context): ...
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        declaration = declare(function, declared)
        guard = getattr(function, "__pycommon_guard__", None)

        @functools.wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            resolved = current().part(declaration, ResolvedVariables)
            if time.monotonic() < resolved.until and resolved.observer is None:
                return function(*args, **kwargs)
            try:
                if time.monotonic() >= resolved.until:
                    resolved.renew(declaration)
            except EnvVarError as error:
                if guard is None:
                    raise
                return cast("R", guard.respond_to_missing_variables(error, *args, **kwargs))
            try:
                with nullcontext() if resolved.observer is None else resolved.observer.watching(declaration):
                    return function(*args, **kwargs)
            finally:
                wait_for_pending_writes()

        init_phase.note_definition()
        wrapper.__pycommon_declaration__ = declaration  # type: ignore[attr-defined]
        _register_operation(wrapper)
        _observe_from_now_on()
        return wrapper

    return decorate


def _observe_from_now_on() -> None:
    """Start to observe AWS calls now if OBSERVE_AWS_CALLS is on.

    The observer then also sees calls during the import.
    """
    if process_environment.get("OBSERVE_AWS_CALLS") is not None:
        from pycommon.env import call_observation

        if call_observation.enabled():
            call_observation.install()


def _register_operation(wrapper: Callable[..., Any]) -> None:
    """If the function is under `@api_tool`, make the router call `wrapper`, which resolves the variables."""
    operation = getattr(wrapper, "__pycommon_operation__", None)
    if operation is not None:
        operation.rebind(wrapper)
