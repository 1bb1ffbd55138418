"""Test connections: kept, shared, replaced when they are dead, and with checked certificates."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from pycommon.dal.providers.aws.json_protocol import connections
from pycommon.dal.providers.aws.json_protocol.client_configuration import AwsEndpoint
from pycommon.dal.providers.aws.json_protocol.client_errors import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
    UnusableResponseError,
)
from pycommon.dal.providers.aws.json_protocol.connections import ConnectionPool
from pycommon.testing import fresh_execution_environment
from tests.dal.providers.aws.json_protocol import scripted_service
from tests.dal.providers.aws.json_protocol.scripted_service import ScriptedService, answer, close, hang, raw, reset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def pool_for(
    service: ScriptedService, *, kept: int = 32, host: str = "127.0.0.1", secure: bool = False
) -> ConnectionPool:
    endpoint = AwsEndpoint("dynamodb", "us-east-1", secure=secure, host=host, port=service.port)
    return ConnectionPool(endpoint, connect_timeout_s=2, read_timeout_s=0.3, idle_at_most=kept)


def post(pool: ConnectionPool, body: bytes = b"{}") -> bytes:
    return pool.post({"host": "127.0.0.1"}, body).body


def test_a_connection_is_kept() -> None:
    with ScriptedService() as service:
        pool = pool_for(service)
        answers = [pool.post({"host": "here", "x-amz-target": "T"}, b"body") for _ in range(5)]
    assert [(each.status, each.body) for each in answers] == [(200, b"{}")] * 5
    assert answers[0].headers["x-amzn-requestid"] == "request-1"
    assert {(each.connection, each.headers["host"], each.body) for each in service.requests} == {(0, "here", b"body")}


def test_threads_share_them_and_never_use_one_at_once() -> None:
    bodies = [b"%d" % number for number in range(400)]
    with ScriptedService(*[answer(b'{"B":"eA=="}')] * 400) as service, ThreadPoolExecutor(8) as threads:
        pool = pool_for(service)
        answers = list(threads.map(lambda body: post(pool, body), bodies))
    assert answers == [b'{"B":"eA=="}'] * 400
    assert sorted(request.body for request in service.requests) == sorted(bodies)
    assert service.connections <= 8


def test_no_more_are_kept_than_were_asked_for() -> None:
    together = threading.Barrier(5)

    def meet(service: ScriptedService, connection: object) -> bool:
        together.wait(10)
        return answer()(service, connection)

    with ScriptedService(*[meet] * 5) as service, ThreadPoolExecutor(5) as threads:
        pool = pool_for(service, kept=2)
        list(threads.map(lambda _: post(pool), range(5)))
        assert (service.connections, len(pool._idle)) == (5, 2)
        post(pool)
        assert service.connections == 5


def test_those_that_the_server_has_closed_cost_nothing_but_a_new_one() -> None:
    with ScriptedService() as service:
        pool = pool_for(service)
        post(pool)
        service.close_connections()
        assert post(pool) == b"{}"
        assert (service.connections, len(service.requests)) == (2, 2)


@pytest.mark.parametrize("ending", [close, reset])
def test_one_that_ends_when_it_is_used_again_is_replaced(ending: scripted_service.Step) -> None:
    with ScriptedService(answer(), ending) as service:
        pool = pool_for(service)
        assert [post(pool), post(pool)] == [b"{}", b"{}"]
        assert [request.connection for request in service.requests] == [0, 0, 1]


def test_a_new_one_that_ends_is_an_error() -> None:
    with ScriptedService(close) as service, pytest.raises(ConnectionClosedError, match="broke off") as caught:
        post(pool_for(service))
    assert service.endpoint in str(caught.value)
    assert len(service.requests) == 1


def test_a_fault_throws_away_the_others_that_lie_idle() -> None:
    together = threading.Barrier(2)

    def meet(service: ScriptedService, connection: object) -> bool:
        together.wait(10)
        return answer()(service, connection)

    with ScriptedService(meet, meet, hang) as service, ThreadPoolExecutor(2) as threads:
        pool = pool_for(service)
        list(threads.map(lambda _: post(pool), range(2)))
        with pytest.raises(ReadTimeoutError, match=r"within 0.3 s"):
            post(pool)
        assert pool._idle == []
        post(pool)
        assert service.connections == 3


def test_a_server_that_wants_to_close_is_obeyed() -> None:
    with ScriptedService(answer(Connection="close"), answer()) as service:
        pool = pool_for(service)
        post(pool)
        assert pool._idle == []
        post(pool)
        assert [request.connection for request in service.requests] == [0, 1]


HALF = scripted_service.message(b'{"Item":{}}')[:-3]
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"


@pytest.mark.parametrize("content", [HALF, HALF[:30], CHUNKS, CHUNKS[:-1]])
def test_half_an_answer_is_none(content: bytes) -> None:
    with ScriptedService(answer(), raw(content, keep=False)) as service:
        pool = pool_for(service)
        post(pool)
        with pytest.raises((ConnectionClosedError, UnusableResponseError)):
            post(pool)
        assert pool._idle == []


def test_chunks_are_read_whole() -> None:
    with ScriptedService(raw(CHUNKS + b"0\r\n\r\n")) as service:
        pool = pool_for(service)
        assert [post(pool), post(pool)] == [b"{}", b"{}"]
        assert [request.connection for request in service.requests] == [0, 0]


@pytest.mark.parametrize(
    "content",
    [
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n{}",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\na: " + b"b" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ],
)
def test_what_is_no_http_is_an_error(content: bytes) -> None:
    with (
        ScriptedService(raw(content, keep=False)) as service,
        pytest.raises((UnusableResponseError, ConnectionClosedError)) as caught,
    ):
        post(pool_for(service))
    assert "garbage" not in str(caught.value)


def test_an_answer_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_LARGEST_RESPONSE", 1000)
    fits, too_large = b"x" * 1000, b"x" * 1001
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n%s\r\n0\r\n\r\n" % too_large
    with ScriptedService(answer(fits), answer(too_large), raw(chunked)) as service:
        pool = pool_for(service)
        assert post(pool) == fits
        for _ in range(2):
            with pytest.raises(UnusableResponseError):
                post(pool)


def test_a_large_answer_arrives_whole() -> None:
    large = b'{"x":"%s"}' % (b"y" * 5_000_000)
    with ScriptedService(answer(large)) as service:
        assert post(pool_for(service)) == large


def test_nobody_listens() -> None:
    with ScriptedService() as service:
        pool = pool_for(service)
    with pytest.raises(EndpointConnectionError, match="Connection refused"):
        post(pool)


def test_nobody_is_called_so() -> None:
    pool = ConnectionPool(
        AwsEndpoint("sqs", "us-east-1", secure=False, host="nowhere.invalid", port=80),
        connect_timeout_s=1,
        read_timeout_s=1,
        idle_at_most=1,
    )
    with pytest.raises(EndpointConnectionError, match=r"http://nowhere.invalid/"):
        post(pool)


@pytest.mark.filterwarnings(
    "ignore:This process:DeprecationWarning"
)  # since 3.12: the test forks a process with threads on purpose
def test_a_forked_process_leaves_the_parents_connections_alone() -> None:
    with ScriptedService() as service:
        pool = pool_for(service)
        post(pool, b"parent")
        child = os.fork()
        if child == 0:  # no code of pytest may run here
            try:
                os._exit(0 if post(pool, b"child") == b"{}" else 1)
            finally:
                os._exit(2)
        _, status = os.waitpid(child, 0)
        post(pool, b"parent")
        used: Counter[tuple[bytes, int]] = Counter((each.body, each.connection) for each in service.requests)
    assert os.waitstatus_to_exitcode(status) == 0
    assert used == {(b"parent", 0): 2, (b"child", 1): 1}


# TLS


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a self-signed certificate for 127.0.0.1, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "scripted service")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(
        signed.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


@pytest.fixture
def secure_service(certificate: Path) -> Iterator[ScriptedService]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ScriptedService(tls=context) as service:
        yield service


def test_a_certificate_that_the_system_trusts_is_trusted(secure_service: ScriptedService, certificate: Path) -> None:
    with fresh_execution_environment({"SSL_CERT_FILE": str(certificate)}):
        pool = pool_for(secure_service, secure=True)
        assert [post(pool), post(pool)] == [b"{}", b"{}"]
        secure_service.close_connections()
        assert post(pool) == b"{}"
    assert [request.connection for request in secure_service.requests] == [0, 0, 1]


def test_another_is_not(secure_service: ScriptedService) -> None:
    with pytest.raises(SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        post(pool_for(secure_service, secure=True))
    assert secure_service.requests == []


def test_nor_is_one_of_another_name(secure_service: ScriptedService, certificate: Path) -> None:
    with fresh_execution_environment({"SSL_CERT_FILE": str(certificate)}), pytest.raises(SSLError):
        post(pool_for(secure_service, secure=True, host="localhost"))
    assert secure_service.requests == []


def test_a_handshake_that_nobody_answers_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = AwsEndpoint("sqs", "us-east-1", secure=True, host="127.0.0.1", port=silent.getsockname()[1])
        with pytest.raises(ConnectTimeoutError, match=r"within 0.2 s"):
            post(ConnectionPool(endpoint, connect_timeout_s=0.2, read_timeout_s=1, idle_at_most=1))
