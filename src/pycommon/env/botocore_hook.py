"""Report every call of every botocore client. For this purpose, the module wraps one private method of botocore.

botocore's public events belong to a single client, and any code of a service can create clients. All calls, and all
presigned URLs and posts, go through `BaseClient._emit_api_params`. The method is private, so `install_hook` checks it
first. If the method is not as expected, `install_hook` does not change botocore.
docs/decisions/0006-private-hook-of-botocore.md gives the reasons.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

    CallReport = Callable[[str, str, Any, str], None]

__all__ = ["install_hook", "unexpected_in_botocore"]

_HOOK = "_emit_api_params"
_PARAMETERS = ("self", "api_params", "operation_model", "context")
_INSTALLED = "__pycommon_observed__"

_logger = getLogger(__name__)


@functools.cache
def install_hook(report: CallReport) -> bool:
    """Make botocore call `report(service, operation, parameters, iam_prefix)` before each AWS call.

    Further calls of this function do not install another hook.

    Returns:
        Whether the hook is installed. If botocore is not as expected, the log says why, and botocore stays unchanged.
    """
    import botocore
    from botocore import client, signers

    reason = unexpected_in_botocore(client.BaseClient, signers)
    if reason is not None:
        _logger.error("AWS calls are not observed: botocore %s is not supported, %s", botocore.__version__, reason)
        return False
    original = getattr(client.BaseClient, _HOOK)
    presigned_post = _code(signers.generate_presigned_post)

    @functools.wraps(original)
    def observed(self: Any, *args: Any, **kwargs: Any) -> Any:
        operation = getattr(kwargs.get("operation_model"), "name", "")
        if sys._getframe(1).f_code is presigned_post:  # noqa: SLF001 - inspect.stack reads source files
            operation = "PutObject"  # botocore builds the URL of a presigned post with the model of CreateBucket
        service = self.meta.service_model
        report(service.service_name, operation, kwargs.get("api_params"), service.signing_name)
        return original(self, *args, **kwargs)

    setattr(observed, _INSTALLED, True)
    setattr(client.BaseClient, _HOOK, observed)
    return True


def unexpected_in_botocore(base_client: Any, signers: Any) -> str | None:
    """Return why the hook does not fit botocore's `BaseClient` and `botocore.signers`.

    If the hook fits, return None.
    """
    code = _code(getattr(base_client, _HOOK, None))
    if code is None:
        return f"BaseClient.{_HOOK} is not a function"
    taken = code.co_varnames[: code.co_argcount]
    if taken != _PARAMETERS:
        return f"BaseClient.{_HOOK} takes ({', '.join(taken)}), expected ({', '.join(_PARAMETERS)})"
    callers = {
        "BaseClient._make_api_call": getattr(base_client, "_make_api_call", None),
        "signers.generate_presigned_url": getattr(signers, "generate_presigned_url", None),
        "signers.generate_presigned_post": getattr(signers, "generate_presigned_post", None),
    }
    for name, caller in callers.items():
        code = _code(caller)
        if code is None or _HOOK not in code.co_names:
            return f"{name} does not call BaseClient.{_HOOK}"
    return None


def _code(function: Any) -> CodeType | None:
    """Return the code of `function` below its decorators. botocore and tracing tools decorate functions."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return getattr(function, "__code__", None)
