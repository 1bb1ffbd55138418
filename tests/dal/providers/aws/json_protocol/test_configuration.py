"""Test which environments the library's clients understand. In all others, botocore makes the calls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from botocore import configprovider
from botocore.session import get_session

from pycommon.dal.providers.aws.clients import client
from pycommon.dal.providers.aws.json_protocol import client_configuration
from pycommon.dal.providers.aws.json_protocol.client_configuration import own_endpoint, reasons_for_botocore
from pycommon.testing import fresh_execution_environment

if TYPE_CHECKING:
    from pathlib import Path

LAMBDA = {
    "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
    "AWS_LAMBDA_FUNCTION_NAME": "charge",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
    "AWS_XRAY_DAEMON_ADDRESS": "169.254.79.129:2000",
    "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793",
}
"""What Lambda sets: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
ELSEWHERE = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "REQUESTS_CA_BUNDLE"]
"""What a developer's machine may have set."""
SERVICES = ["dynamodb", "sqs", "ssm"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Any:
    """Set Lambda's environment and a home directory without settings, and yield the directory."""
    with fresh_execution_environment({**dict.fromkeys(ELSEWHERE), **LAMBDA, "HOME": str(tmp_path)}):
        yield tmp_path


def endpoint(**changes: str | None) -> str | None:
    """Return the address of DynamoDB in Lambda's environment with `changes`; None if botocore must find it."""
    with fresh_execution_environment(changes):
        found = own_endpoint("dynamodb")
    return None if found is None else found.url


def test_a_plain_function_has_the_librarys_own_clients() -> None:
    assert [type(client(service)).__module__.startswith("pycommon.") for service in SERVICES] == [True] * 3
    assert [type(client(service)).__module__ for service in ("s3", "sts")] == ["botocore.client"] * 2


@pytest.mark.parametrize("service", SERVICES)
def test_the_librarys_clients_wait_as_long_as_botocores(service: str) -> None:
    own = client(service)
    pool, config = own._connections, own.meta.config
    assert (pool._connect_timeout_s, pool._read_timeout_s) == (config.connect_timeout, config.read_timeout) == (1, 2)
    assert own._attempts == config.retries["total_max_attempts"] == 3
    assert pool._idle_at_most == config.max_pool_connections == 32


@pytest.mark.parametrize("service", SERVICES)
def test_the_endpoint_of_every_region_is_botocores(service: str) -> None:
    session, own = get_session(), set()
    for partition in session.get_available_partitions():
        for region in session.get_available_regions(service, partition):
            with fresh_execution_environment({"AWS_REGION": region, "AWS_DEFAULT_REGION": region}):
                found = own_endpoint(service)
            if found is not None:
                theirs = session.create_client(service, region_name=region).meta
                assert found.url == f"{theirs.endpoint_url}/"
                assert (found.region, found.service) == (theirs.region_name, theirs.service_model.signing_name)
                own.add(partition)
    assert own == {"aws", "aws-cn"}


@pytest.mark.parametrize(
    "region", ["us-gov-west-1", "us-iso-east-1", "local", "aws-global", "moon-east-1", "us-e/x-1", "us-east-x"]
)
def test_other_regions_are_botocores(region: str) -> None:
    assert endpoint(AWS_DEFAULT_REGION=region) is None
    assert endpoint(AWS_DEFAULT_REGION=region, AWS_ENDPOINT_URL="http://127.0.0.1:4566") is None


def test_the_region_is_where_botocore_reads_it() -> None:
    assert endpoint(AWS_DEFAULT_REGION="eu-west-1") == "https://dynamodb.eu-west-1.amazonaws.com/"
    assert endpoint(AWS_DEFAULT_REGION=None) == "https://dynamodb.eu-central-1.amazonaws.com/"
    assert endpoint(AWS_DEFAULT_REGION=None, AWS_REGION=None) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:4566", "http://127.0.0.1:4566/"),
        ("http://LOCALHOST:4566/", "http://localhost:4566/"),
        ("https://vpce-1.dynamodb.eu-central-1.vpce.amazonaws.com", None),
        ("https://example.org:443", "https://example.org/"),
        ("http://example.org:443", "http://example.org:443/"),
        ("https://example.org/prefix", None),
        ("https://user:secret@example.org", None),
        ("https://example.org?x=1", None),
        ("http://[::1]:4566", None),
        ("http://127.0.0.1:port", None),
        ("ftp://example.org", None),
        ("example.org", None),
        ("http://exa mple.org", None),
    ],
)
def test_an_endpoint_is_scheme_name_and_port(url: str, expected: str | None) -> None:
    if url.startswith("https://vpce"):
        expected = f"{url}/"
    assert endpoint(AWS_ENDPOINT_URL=url) == expected


def test_an_endpoint_of_the_service_goes_first() -> None:
    urls = {"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_DYNAMODB": "http://b", "AWS_ENDPOINT_URL_SQS": "http://c"}
    with fresh_execution_environment(urls):
        found = {service: own_endpoint(service).url for service in SERVICES}  # type: ignore[union-attr]
    assert found == {"dynamodb": "http://b/", "sqs": "http://c/", "ssm": "http://a/"}


# Other settings of botocore


def variables_of_botocore() -> set[str]:
    """Return every variable in the tables of the installed botocore."""
    tables = [table for name, table in vars(configprovider).items() if name.isupper() and isinstance(table, dict)]
    entries = [entry for table in tables for entry in table.values() if isinstance(entry, tuple)]
    names = [name for entry in entries for name in ([entry[1]] if isinstance(entry[1], str) else entry[1] or [])]
    return {name for name in names if name.isupper()}


UNDERSTOOD = client_configuration._UNDERSTOOD | client_configuration._CHANGES_NOTHING
FOREIGN = {name for name in variables_of_botocore() if name.startswith(client_configuration._OTHER_PREFIXES)}
MORE = [
    "AWS_ACCOUNT_ID",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_SOMETHING_NEW",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "BOTO_CONFIG",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "REQUESTS_CA_BUNDLE",
    "https_proxy",
]


def test_the_variables_of_botocore_are_classified() -> None:
    """A new variable of botocore makes botocore make the calls. If this test fails, decide whether it is harmless."""
    assert {"AWS_PROFILE", "AWS_CA_BUNDLE", "AWS_USE_FIPS_ENDPOINT", "AWS_RETRY_MODE"} <= variables_of_botocore()
    assert {
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
        "AWS_EC2_METADATA_V1_DISABLED",
        "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
        "AWS_METADATA_SERVICE_TIMEOUT",
        "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH",
        "AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS",
        "AWS_S3_USE_ARN_REGION",
        "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT",
    } >= FOREIGN


@pytest.mark.parametrize("name", sorted({*variables_of_botocore(), *MORE} - UNDERSTOOD - FOREIGN))
def test_a_variable_that_asks_for_more_leaves_the_calls_to_botocore(name: str) -> None:
    assert endpoint(**{name: "CANARY"}) is None
    assert list(reasons_for_botocore("dynamodb", {**LAMBDA, name: "CANARY"})) == [f"{name} is set"]
    assert endpoint(**{name: ""}) is not None


@pytest.mark.parametrize("name", sorted({*client_configuration._CHANGES_NOTHING, *FOREIGN}))
def test_a_variable_about_something_else_changes_nothing(name: str) -> None:
    assert endpoint(**{name: "x"}) is not None


def test_retries_were_the_librarys_own_with_botocore_too() -> None:
    with fresh_execution_environment({"AWS_RETRY_MODE": "adaptive", "AWS_MAX_ATTEMPTS": "9"}):
        retries = client("dynamodb").meta.config.retries
    assert (retries["mode"], retries["total_max_attempts"]) == ("standard", 3)


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_credentials_that_are_elsewhere_are_botocores_to_fetch(name: str) -> None:
    assert endpoint(**{name: None}) is None


@pytest.mark.parametrize("name", ["config", "credentials"])
def test_a_file_with_settings_is_botocores_to_read(home: Path, name: str) -> None:
    variable = {"config": "AWS_CONFIG_FILE", "credentials": "AWS_SHARED_CREDENTIALS_FILE"}[name]
    file = home / ".aws" / name
    file.parent.mkdir()
    file.touch()
    assert endpoint() is not None
    file.write_text("[default]\nuse_fips_endpoint = true\n")
    assert endpoint() is None
    assert endpoint(**{variable: os.devnull}) is not None
    assert endpoint(**{variable: str(home / "nowhere")}) is not None
    assert endpoint(**{variable: "~/.aws/" + name}) is None
    os.mkfifo(home / "pipe")
    assert endpoint(**{variable: str(home / "pipe")}) is None


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_without_tls_it_does_not_matter_whom_to_trust(name: str) -> None:
    assert endpoint(**{name: "bundle.pem"}) is None
    assert endpoint(**{name: "bundle.pem"}, AWS_ENDPOINT_URL="http://127.0.0.1:4566") is not None


def test_without_certificates_of_the_system_botocore_brings_its_own(home: Path) -> None:
    nothing = {"SSL_CERT_FILE": str(home / "none.pem"), "SSL_CERT_DIR": str(home / "none")}
    assert endpoint(**nothing) is None
    assert endpoint(**nothing, AWS_ENDPOINT_URL="http://127.0.0.1:4566") is not None
    (home / "none").mkdir()
    assert endpoint(**nothing) is None


# Loaded modules


def loaded_by(program: str) -> set[str]:
    """Return the modules of a new interpreter in Lambda's environment, with an AWS endpoint that is closed."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{program}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
    )
    return set(json.loads(ran.stdout))


def test_nothing_heavy_is_loaded_before_there_is_a_client() -> None:
    loaded = loaded_by("import pycommon.dal.providers.aws.clients")
    assert not {"http.client", "ssl", "hmac", "hashlib", "orjson", "socket", "botocore"} & loaded


def test_botocore_is_not_loaded_for_calls_that_the_library_knows() -> None:
    loaded = loaded_by(
        "from pycommon.dal.providers.aws.clients import client, error_code, is_transient\n"
        "for service, call in (('dynamodb', 'get_item'), ('ssm', 'get_parameters'), ('sqs', 'get_queue_url')):\n"
        "    try:\n"
        "        getattr(client(service), call)(Names=['x'])\n"
        "    except Exception as error:\n"
        "        assert is_transient(error) and error_code(error) == 'EndpointConnectionError', repr(error)\n".replace(
            "client(service)", "client(service)"
        ).replace("from pycommon", "import os\nos.environ['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:9'\nfrom pycommon", 1)
    )
    assert "http.client" in loaded
    assert not {name for name in loaded if name.partition(".")[0] in ("botocore", "boto3", "urllib3")}
