"""Create the library's client and botocore's, with the same short time limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.json_protocol.client_configuration import own_endpoint
from pycommon.dal.providers.aws.json_protocol.json_client import Bounds
from pycommon.dal.providers.aws.json_protocol.service_operations import SERVICES
from pycommon.testing import fresh_execution_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    Caller = Callable[[str, str], Any]

PATIENCE_S = 0.5
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "CANARY-secret", "AWS_REGION": "us-east-1"}


def own(service: str, endpoint: str) -> Any:
    """Return the library's client of `service`. It signs with the credentials of the environment at each call."""
    with fresh_execution_environment({**KEYS, "AWS_ENDPOINT_URL": endpoint}):
        place = own_endpoint(service)
    assert place is not None

    def no_botocore() -> Any:
        raise AssertionError("the call was left to botocore")

    return SERVICES[service](place, Bounds(PATIENCE_S, PATIENCE_S, 3, 32), no_botocore)


def botocores(service: str, endpoint: str) -> Any:
    """Return botocore's client with the library's configuration."""
    import botocore.session
    from botocore.config import Config

    config = Config(
        connect_timeout=PATIENCE_S,
        read_timeout=PATIENCE_S,
        retries={"mode": "standard", "total_max_attempts": 3},
        proxies={},
    )
    session = botocore.session.get_session()
    return session.create_client(service, region_name="us-east-1", endpoint_url=endpoint, config=config)
