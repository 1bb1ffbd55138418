"""Decide whether the library's own client can make the AWS calls, or whether botocore must make the calls.

botocore reads settings from about forty variables, two files and the system. The own client understands only endpoints
and the variables that Lambda sets. If any other `AWS_*` variable is set, botocore makes the calls, so that no setting
is ignored. The lists below name the variables that the own client understands, and the variables that do not change its
calls.
"""

# ruff: noqa: PTH110, PTH111, PTH113, PTH202, PTH208
# (each cold start would take 9 ms more with pathlib)

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from pycommon.env import process_environment
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["AwsEndpoint", "own_endpoint", "reasons_for_botocore"]

_SERVICES = frozenset({"dynamodb", "sqs", "ssm"})

_ACCESS_KEY_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_UNDERSTOOD = frozenset(
    {
        *_ACCESS_KEY_VARIABLES,
        "AWS_CONFIG_FILE",  # `_holds_settings` checks the two files
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_REGION",
        "AWS_SECURITY_TOKEN",
        "AWS_SESSION_TOKEN",
        "AWS_SHARED_CREDENTIALS_FILE",
    }
)
_CHANGES_NOTHING = frozenset(
    {
        "AWS_BEARER_TOKEN_BEDROCK",  # a setting of another service
        "AWS_DISABLE_HOST_PREFIX_INJECTION",  # the three services have no such prefix; MiniStack sets this variable
        "AWS_EXECUTION_ENV",  # the user agent contains the value, as in botocore
        "AWS_MAX_ATTEMPTS",  # the library sets attempts and retry mode itself, also for botocore
        "AWS_NODEJS_CONNECTION_REUSE_ENABLED",
        "AWS_RETRY_MODE",
        "AWS_SAM_LOCAL",
        "AWS_STS_REGIONAL_ENDPOINTS",
    }
)
_OTHER_PREFIXES = (  # these variables do not change the calls
    "AWS_EC2_METADATA_",  # for credentials of an EC2 instance; the environment has priority
    "AWS_ENDPOINT_URL_",  # `own_endpoint` reads the endpoints of the three services
    "AWS_LAMBDA_",
    "AWS_METADATA_SERVICE_",  # like AWS_EC2_METADATA_
    "AWS_S3_",
    "AWS_XRAY_",
)
_SDK = ("AWS_", "BOTO")
_TRUST = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
"""The variables that name trusted certificates. Without TLS, these variables have no effect."""
_PROXIES = frozenset({"http_proxy", "https_proxy"})

_FILES = {"AWS_CONFIG_FILE": "~/.aws/config", "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials"}

# In these partitions, the endpoint of every region is `{service}.{region}.{suffix}`. Other partitions have exceptions
# (GovCloud) or are unknown.
_SUFFIXES = {
    **dict.fromkeys(("af", "ap", "ca", "eu", "il", "me", "mx", "sa", "us"), "amazonaws.com"),
    "cn": "amazonaws.com.cn",
}

_logger = getLogger(__name__)


class AwsEndpoint(NamedTuple):
    """The endpoint of one service.

    Attributes:
        service: the name in signatures and host names, e.g. "dynamodb".
        region: the AWS region, e.g. "eu-central-1".
        secure: whether the connection uses TLS.
        host: the host name without the port.
        port: the port, even if the port is the default of the scheme.
    """

    service: str
    region: str
    secure: bool
    host: str
    port: int

    @property
    def authority(self) -> str:
        """Return the value of the Host header.

        The value contains the port only if the scheme has another default port.
        """
        return self.host if self.port == _port(secure=self.secure) else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the URL of the endpoint for messages."""
        return f"{'https' if self.secure else 'http'}://{self.authority}/"


def own_endpoint(service: str) -> AwsEndpoint | None:
    """Return the endpoint of `service` for the own client, or None if botocore must make the calls.

    Example:
        >>> with fresh_execution_environment({"AWS_REGION": "eu-central-1", ...}):
        ...     own_endpoint("dynamodb").url
        'https://dynamodb.eu-central-1.amazonaws.com/'
    """
    if service not in _SERVICES:
        return None
    variables = {name: value for name, value in process_environment.snapshot().items() if value}
    for reason in reasons_for_botocore(service, variables):
        _logger.debug("Calls of %s use botocore: %s", service, reason)
        return None
    return _endpoint(service, variables)


def reasons_for_botocore(service: str, variables: Mapping[str, str]) -> Iterator[str]:
    """Yield the reasons why botocore must make the calls. The reasons contain no values of variables."""
    yield from (f"{name} is set" for name in variables if name.startswith(_SDK) and not _is_harmless(name))
    # NO_PROXY may exclude the endpoint from the proxy. botocore decides whether NO_PROXY applies.
    yield from (f"{name} is set" for name in variables if name.lower() in _PROXIES)
    # If these variables are missing (SnapStart, containers, instances), the SDK must fetch the credentials.
    yield from (f"{name} is not set" for name in _ACCESS_KEY_VARIABLES if name not in variables)
    for name, default in _FILES.items():
        if _holds_settings(variables.get(name, default)):
            yield f"the file of {name} has settings"
    if sys.platform != "linux" and _has_system_proxies():
        yield "the system has proxies"
    endpoint = _endpoint(service, variables)
    if endpoint is None:
        yield "region or endpoint does not have the plain form"
    elif endpoint.secure:
        yield from _reasons_about_trust(variables)


def _reasons_about_trust(variables: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{name} is set" for name in _TRUST if name in variables)
    if not _system_has_certificates():
        yield "the system has no trusted certificates"  # slim images have none; botocore has its own


def _is_harmless(name: str) -> bool:
    return name in _UNDERSTOOD or name in _CHANGES_NOTHING or name in _TRUST or name.startswith(_OTHER_PREFIXES)


def _holds_settings(path: str) -> bool:
    """Return whether `path` is a file with content, or is something that only botocore can read."""
    import os.path

    path = os.path.expanduser(path)
    if path == os.devnull or not os.path.exists(path):
        return False
    return not os.path.isfile(path) or os.path.getsize(path) > 0


def _has_system_proxies() -> bool:
    import urllib.request

    return bool(urllib.request.getproxies())


def _system_has_certificates() -> bool:
    """Return whether OpenSSL finds certificates on this system."""
    import os
    import ssl

    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile or (paths.capath and os.listdir(paths.capath)))


def _endpoint(service: str, variables: Mapping[str, str]) -> AwsEndpoint | None:
    # botocore reads only AWS_DEFAULT_REGION. Lambda sets both variables to the same region.
    region = variables.get("AWS_DEFAULT_REGION") or variables.get("AWS_REGION") or ""
    suffix = _suffix(region)
    if suffix is None:
        return None
    url = variables.get(f"AWS_ENDPOINT_URL_{service.upper()}") or variables.get("AWS_ENDPOINT_URL")
    if url is None:
        return AwsEndpoint(service, region, secure=True, host=f"{service}.{region}.{suffix}", port=_port(secure=True))
    return _configured(service, region, url)


def _suffix(region: str) -> str | None:
    """Return the DNS suffix of a region's partition. A region is `<area>-<direction>-<number>`."""
    parts = region.split("-")
    if len(parts) != 3 or not parts[1].isalpha() or not parts[2].isdecimal() or not region.isascii():  # noqa: PLR2004
        return None
    return _SUFFIXES.get(parts[0])


def _configured(service: str, region: str, url: str) -> AwsEndpoint | None:
    """Return the endpoint of a URL with scheme, host name and port.

    If the URL has a path, a user or IPv6, return None.
    """
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    plain = host.replace("-", "").replace(".", "").replace("_", "").isalnum() and host.isascii()
    if parts.scheme not in ("http", "https") or not plain or parts.path not in ("", "/") or "@" in parts.netloc:
        return None
    if parts.query or parts.fragment:
        return None
    secure = parts.scheme == "https"
    return AwsEndpoint(service, region, secure, host, port or _port(secure=secure))


def _port(*, secure: bool) -> int:
    return 443 if secure else 80
