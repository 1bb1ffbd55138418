"""Create AWS clients for the local AWS. They ignore the AWS settings of the user."""

import os
from dataclasses import dataclass, field
from typing import Any

REGION = "us-east-1"
ACCESS_KEY = SECRET_KEY = "test"  # noqa: S105 (root credentials of MiniStack, which listens on the loopback interface only)


def settings(endpoint: str, region: str) -> dict[str, str]:
    """Return the variables that direct AWS SDKs and tools to the local AWS."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        # A profile of the user could name another endpoint, or ask for a second factor.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@dataclass(slots=True)
class LocalClients:
    """boto3 clients with root permissions. Each client is created once."""

    endpoint: str
    region: str
    _session: Any = None
    _made: dict[str, Any] = field(default_factory=dict)

    def __call__(self, service: str) -> Any:
        if service not in self._made:
            self._made[service] = self._make(service)
        return self._made[service]

    def _make(self, service: str) -> Any:
        from botocore.config import Config  # the import takes 0.2 s, and `down` and `run` do not need it

        config = Config(connect_timeout=2, read_timeout=60, retries={"total_max_attempts": 2}, proxies={})
        return self._own_session().client(service, endpoint_url=self.endpoint, config=config)

    def _own_session(self) -> Any:
        if self._session is None:
            import boto3  # slow to import
            import botocore.session

            nothing = (None, None, None, None)
            ignored = {
                "profile": nothing,
                "config_file": (None, None, os.devnull, None),
                "credentials_file": (None, None, os.devnull, None),
            }
            self._session = boto3.session.Session(
                aws_access_key_id=ACCESS_KEY,
                aws_secret_access_key=SECRET_KEY,
                region_name=self.region,
                botocore_session=botocore.session.Session(session_vars=ignored),
            )
        return self._session
