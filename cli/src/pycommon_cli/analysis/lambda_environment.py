"""Lists the variables that no service declares: variables of the Lambda runtime, the machine, and this library."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

__all__ = ["nobodys_to_declare", "read_by_library", "set_by_lambda"]

# "Defined runtime environment variables", reserved and unreserved:
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_BY_LAMBDA = re.compile(
    r"_HANDLER|_X_AMZN_TRACE_ID|LANG|PATH|LD_LIBRARY_PATH|PYTHONPATH|TZ|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR|"
    r"AWS_(REGION|DEFAULT_REGION|EXECUTION_ENV|ACCESS_KEY|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|"
    r"AWS_LAMBDA_(FUNCTION_(NAME|MEMORY_SIZE|VERSION)|INITIALIZATION_TYPE|LOG_GROUP_NAME|LOG_STREAM_NAME|RUNTIME_API)|"
    r"AWS_XRAY_(CONTEXT_MISSING|DAEMON_ADDRESS)"
)
# The variables that any process has, and the variables that the AWS SDKs read.
_BY_MACHINE = re.compile(r"HOME|USER|TMPDIR|TERM|LC_[A-Z]+|PYTHON[A-Z]+|AWS_ENDPOINT_URL(_[A-Z0-9_]+)?")
_SHIPPED = ("api", "authz", "dal", "env", "metrics")  # the packages that run inside a function


def set_by_lambda(variable: str) -> bool:
    """Return whether Lambda sets `variable` in every function.

    Example:
        >>> set_by_lambda("AWS_REGION"), set_by_lambda("FILES_TABLE")
        (True, False)
    """
    return _BY_LAMBDA.fullmatch(variable) is not None


def nobodys_to_declare(variable: str) -> bool:
    """Return whether `variable` belongs to Lambda, the machine or an AWS SDK, so that no service declares it.

    Example:
        >>> nobodys_to_declare("HOME"), nobodys_to_declare("FILES_TABLE")
        (True, False)
    """
    return set_by_lambda(variable) or _BY_MACHINE.fullmatch(variable) is not None


@cache
def read_by_library(variable: str) -> bool:
    """Return whether this library reads `variable`: whether the library's source has this name in quotes.

    Example:
        >>> read_by_library("LOG_LEVEL"), read_by_library("FILES_TABLE")
        (True, False)
    """
    return f'"{variable}"' in _source()


@cache
def _source() -> str:
    package = resources.files("pycommon")
    folders = [package.joinpath(name) for name in _SHIPPED]
    alone = [file for file in package.iterdir() if file.name.endswith(".py")]
    return "\n".join(file.read_text("utf-8") for file in (*alone, *(each for f in folders for each in _modules(f))))


def _modules(folder: Traversable) -> Iterator[Traversable]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _modules(each)
        elif each.name.endswith(".py"):
            yield each
