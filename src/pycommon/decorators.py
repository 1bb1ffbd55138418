"""The two decorators that every function has one of: what it needs, and what its execution cost."""

from __future__ import annotations

import functools
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from pycommon.background import settle
from pycommon.env import process_environment
from pycommon.env.declaration import declare
from pycommon.env.resolved_variables import Provision
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
    """Declare the environment variables of a function, and the AWS operations that it makes through each.

    Before the function runs, each variable is looked up: in the Lambda environment, then in Parameter Store at
    `/amplify/{stage}/{service}/{VARIABLE}` (decrypted). What was found is in `os.environ`, and is looked up again only
    when a parameter has grown old. Which service uses which variable is recorded in `ENV_VARS_TRACKING_TABLE`.

    Args:
        declared: one dict `{"VARIABLE": [operations]}`, with `[]` for plain configuration; or just names.

    Raises:
        DeclarationError: when decorating, for a name or an operation that cannot be.
        EnvVarError: when called, naming every variable that is nowhere. In front of `@validated` it becomes a 500.

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
            provision = current().part(declaration, Provision)
            if time.monotonic() < provision.until and provision.observer is None:
                return function(*args, **kwargs)
            try:
                if time.monotonic() >= provision.until:
                    provision.renew(declaration)
            except EnvVarError as error:
                if guard is None:
                    raise
                return cast("R", guard.refuse(error, *args, **kwargs))
            try:
                with nullcontext() if provision.observer is None else provision.observer.watching(declaration):
                    return function(*args, **kwargs)
            finally:
                settle()

        init_phase.note_definition()
        wrapper.__pycommon_declaration__ = declaration  # type: ignore[attr-defined]
        _register_operation(wrapper)
        _observe_from_now_on()
        return wrapper

    return decorate


def _observe_from_now_on() -> None:
    """Where calls are observed, those that a module makes while it is imported count too."""
    if process_environment.get("OBSERVE_AWS_CALLS") is not None:
        from pycommon.env import call_observation

        if call_observation.enabled():
            call_observation.install()


def _register_operation(wrapper: Callable[..., Any]) -> None:
    """Where `@api_tool` stands below, the router must call the function with its variables resolved."""
    operation = getattr(wrapper, "__pycommon_operation__", None)
    if operation is not None:
        operation.rebind(wrapper)
