"""Whether the environment says all that a call needs in the plain way, or whether botocore must read it.

botocore takes settings from some forty variables, two files and the system. What is understood here is what Lambda
itself sets, and endpoints. Every other variable of the SDK's, known today or not, leaves the calls to botocore: the
list below is of those that change nothing about them, so that no setting of anybody's is ever overlooked.
"""

# ruff: noqa: PTH110, PTH111, PTH113, PTH202, PTH208
# (pathlib would cost each cold start 9 ms)

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from pycommon.env import process_environment
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["AwsEndpoint", "own_endpoint", "reasons_for_botocore"]

_SERVICES = frozenset({"dynamodb", "sqs", "ssm"})

_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_UNDERSTOOD = frozenset(
    {
        *_KEYS,
        "AWS_CONFIG_FILE",  # the two files are looked at below
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
        "AWS_BEARER_TOKEN_BEDROCK",  # another service's
        "AWS_DISABLE_HOST_PREFIX_INJECTION",  # none of these services has such a prefix; MiniStack sets it
        "AWS_EXECUTION_ENV",  # goes into the user agent, as with botocore
        "AWS_MAX_ATTEMPTS",  # this and the next: the library's own bounds went before it with botocore, too
        "AWS_NODEJS_CONNECTION_REUSE_ENABLED",
        "AWS_RETRY_MODE",
        "AWS_SAM_LOCAL",
        "AWS_STS_REGIONAL_ENDPOINTS",
    }
)
_OTHERS = (  # what begins so is about something else
    "AWS_EC2_METADATA_",  # credentials of an instance: keys in the environment go first
    "AWS_ENDPOINT_URL_",  # an endpoint: of one of the three services, or of another
    "AWS_LAMBDA_",
    "AWS_METADATA_SERVICE_",  # as AWS_EC2_METADATA_
    "AWS_S3_",
    "AWS_XRAY_",
)
_SDK = ("AWS_", "BOTO")
_TRUST = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
"""Which certificates to trust: without TLS, none are asked for."""
_PROXIES = frozenset({"http_proxy", "https_proxy"})

_FILES = {"AWS_CONFIG_FILE": "~/.aws/config", "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials"}

# The partitions whose every region has its endpoint at `{service}.{region}.{suffix}`. Others have exceptions (GovCloud)
# or are none's to guess.
_SUFFIXES = {
    **dict.fromkeys(("af", "ap", "ca", "eu", "il", "me", "mx", "sa", "us"), "amazonaws.com"),
    "cn": "amazonaws.com.cn",
}

_logger = getLogger(__name__)


class AwsEndpoint(NamedTuple):
    """Where calls of one service go, and what they are signed for.

    Attributes:
        service: its name in signatures and hosts, e.g. "dynamodb".
        region: e.g. "eu-central-1".
        secure: whether it is spoken to by TLS.
        host: the name alone.
        port: the port, also where the address leaves it to the scheme.
    """

    service: str
    region: str
    secure: bool
    host: str
    port: int

    @property
    def authority(self) -> str:
        """The value of the header Host: the port only where it is not the scheme's own."""
        return self.host if self.port == _port(secure=self.secure) else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The address, for messages."""
        return f"{'https' if self.secure else 'http'}://{self.authority}/"


def own_endpoint(service: str) -> AwsEndpoint | None:
    """Where `service` is reached from this environment; None where the calls are botocore's.

    Example:
        >>> with fresh_execution_environment({"AWS_REGION": "eu-central-1", ...}):
        ...     own_endpoint("dynamodb").url
        'https://dynamodb.eu-central-1.amazonaws.com/'
    """
    if service not in _SERVICES:
        return None
    variables = {name: value for name, value in process_environment.snapshot().items() if value}
    for reason in reasons_for_botocore(service, variables):
        _logger.debug("Calls of %s go through botocore: %s", service, reason)
        return None
    return _endpoint(service, variables)


def reasons_for_botocore(service: str, variables: Mapping[str, str]) -> Iterator[str]:
    """Why this client would not do for `service` in an environment of `variables`. The reasons hold no value."""
    yield from (f"{name} is set" for name in variables if name.startswith(_SDK) and not _is_harmless(name))
    # NO_PROXY may except the endpoint; that, too, is botocore's to read.
    yield from (f"{name} is set" for name in variables if name.lower() in _PROXIES)
    # Where they are missing (SnapStart, containers, instances), credentials are to be fetched.
    yield from (f"{name} is not set" for name in _KEYS if name not in variables)
    for name, default in _FILES.items():
        if _holds_settings(variables.get(name, default)):
            yield f"the file of {name} holds settings"
    if sys.platform != "linux" and _has_system_proxies():
        yield "the system has proxies"
    endpoint = _endpoint(service, variables)
    if endpoint is None:
        yield "region and endpoint are not of the plain form"
    elif endpoint.secure:
        yield from _reasons_about_trust(variables)


def _reasons_about_trust(variables: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{name} is set" for name in _TRUST if name in variables)
    if not _system_has_certificates():
        yield "the system has no certificates to trust"  # as in slim images; botocore brings its own


def _is_harmless(name: str) -> bool:
    return name in _UNDERSTOOD or name in _CHANGES_NOTHING or name in _TRUST or name.startswith(_OTHERS)


def _holds_settings(path: str) -> bool:
    """Whether there is anything at `path`. What is neither a file nor the null device is for botocore to read."""
    import os.path

    path = os.path.expanduser(path)
    if path == os.devnull or not os.path.exists(path):
        return False
    return not os.path.isfile(path) or os.path.getsize(path) > 0


def _has_system_proxies() -> bool:
    import urllib.request

    return bool(urllib.request.getproxies())


def _system_has_certificates() -> bool:
    """Whether OpenSSL finds any where it looks."""
    import os
    import ssl

    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile or (paths.capath and os.listdir(paths.capath)))


def _endpoint(service: str, variables: Mapping[str, str]) -> AwsEndpoint | None:
    # botocore reads AWS_DEFAULT_REGION alone. Lambda sets both, to the same.
    region = variables.get("AWS_DEFAULT_REGION") or variables.get("AWS_REGION") or ""
    suffix = _suffix(region)
    if suffix is None:
        return None
    url = variables.get(f"AWS_ENDPOINT_URL_{service.upper()}") or variables.get("AWS_ENDPOINT_URL")
    if url is None:
        return AwsEndpoint(service, region, secure=True, host=f"{service}.{region}.{suffix}", port=_port(secure=True))
    return _configured(service, region, url)


def _suffix(region: str) -> str | None:
    """The DNS suffix of a region's partition: `<part of the world>-<direction>-<number>`, and no name longer."""
    parts = region.split("-")
    if len(parts) != 3 or not parts[1].isalpha() or not parts[2].isdecimal() or not region.isascii():  # noqa: PLR2004
        return None
    return _SUFFIXES.get(parts[0])


def _configured(service: str, region: str, url: str) -> AwsEndpoint | None:
    """The endpoint of a URL that is scheme, name and port; a path, a user or an IPv6 address is botocore's."""
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
