"""Import the modules of the first invocation early, in Lambda's init phase.

In the init phase a function has a whole processor. During a request the function has a part of a processor, in
proportion to its memory size. With 512 MB, an import that takes 50 ms in the init phase takes 170 ms during a request.
Outside Lambda, for example in tests, the library imports nothing early.
"""

from __future__ import annotations

from importlib import import_module

from pycommon.env import process_environment

__all__ = ["FOR_GUARDED", "FOR_METERED", "load_in_init_phase"]

_AWS = "pycommon.dal.providers.aws"
FOR_METERED = (
    "pycommon.metrics.usage_store",
    "pycommon.metrics.usage_tracker",
    f"{_AWS}.json_protocol.client_configuration",
    f"{_AWS}.json_protocol.service_operations",
)
"""The modules that `@track_execution` needs to write a usage record."""

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
"""The modules that `@validated` needs to identify a caller, if the issuer uses a common signature algorithm."""


def load_in_init_phase(modules: tuple[str, ...]) -> None:
    """Import `modules` if Lambda is initialising an execution environment. Otherwise do nothing.

    Source: AWS_LAMBDA_INITIALIZATION_TYPE in
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    if process_environment.get("AWS_LAMBDA_INITIALIZATION_TYPE") is not None:
        for module in modules:
            import_module(module)
