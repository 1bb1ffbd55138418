"""What the first invocation needs, loaded before it: in Lambda's init phase.

There a function has a whole processor, whatever its memory; a request has the part that is paid for: what takes 50 ms
there takes 170 ms in a request of a function with 512 MB. Elsewhere, such as in a test or on the command line, nothing
is loaded that nobody has asked for.
"""

from __future__ import annotations

from importlib import import_module

from pycommon.env import process_environment

__all__ = ["FOR_GUARDED", "FOR_METERED", "load_in_init_phase"]

_AWS = "pycommon.dal.providers.aws"
FOR_METERED = (
    "pycommon.metrics.usage_store",
    "pycommon.metrics.usage_tracker",
    f"{_AWS}.json_protocol.configuration",
    f"{_AWS}.json_protocol.services",
)
"""What `@track_execution` needs to write its record."""

FOR_GUARDED = (
    *FOR_METERED,
    "pycommon.authz.identity",
    "pycommon.env.call_observation",
    "pycommon.env.variable_record",
    "cryptography.exceptions",
    "cryptography.hazmat.primitives.hashes",
    "cryptography.hazmat.primitives.asymmetric.padding",
    "cryptography.hazmat.primitives.asymmetric.rsa",
)
"""What `@validated` needs to find out who calls, with the algorithms that issuers commonly use."""


def load_in_init_phase(modules: tuple[str, ...]) -> None:
    """Import `modules` where Lambda initialises an execution environment; nowhere else.

    Source: AWS_LAMBDA_INITIALIZATION_TYPE in
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    if process_environment.get("AWS_LAMBDA_INITIALIZATION_TYPE") is not None:
        for module in modules:
            import_module(module)
