"""Test which failures are retried, and when, against botocore's standard mode."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import HTTPClientError as BotocoresHTTPClientError
from botocore.retries import quota as botocores_quota
from botocore.retries import standard
from botocore.session import get_session

from pycommon.dal.providers.aws.json_protocol import retries
from pycommon.dal.providers.aws.json_protocol.client_errors import (
    AWSError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    ReadTimeoutError,
)
from pycommon.dal.providers.aws.json_protocol.retries import RetryQuota, StandardRetries

CODES = [
    *standard.ThrottledRetryableChecker._THROTTLED_ERROR_CODES,
    *standard.TransientRetryableChecker._TRANSIENT_ERROR_CODES,
    "AccessDeniedException",
    "ConditionalCheckFailedException",
    "InternalServerError",
    "ReplicatedWriteConflictException",
    "TransactionConflictException",
    "ValidationException",
]
MODELED = [
    "ConditionalCheckFailedException",
    "InternalServerError",
    "ReplicatedWriteConflictException",
    "TransactionConflictException",
]
STATUSES = [400, 403, 429, 500, 501, 502, 503, 504]


def answered(code: str, status: int, **headers: str) -> ClientError:
    metadata = {"HTTPStatusCode": status, "HTTPHeaders": headers}
    return ClientError({"Error": {"Code": code, "Message": ""}, "ResponseMetadata": metadata}, "PutItem")


def botocores_view(code: str, status: int) -> tuple[bool, float]:
    """Return whether botocore would retry, and its longest first pause."""
    operation = get_session().get_service_model("dynamodb").operation_model("PutItem")
    context = standard.RetryContext(
        attempt_number=1,
        operation_model=operation,
        parsed_response={"Error": {"Code": code}},
        http_response=AWSResponse("http://x/", status, {}, None),
    )
    backoff = standard.ExponentialBackoff(
        random=lambda: 1.0,
        service_name="dynamodb",
        throttling_detector=standard.ThrottlingErrorDetector(standard.RetryEventAdapter()),
    )
    return standard.StandardRetryConditions(3).is_retryable(context), backoff.delay_amount(context)


def is_made_as_before() -> bool:
    """Return whether this botocore has the private parts that these tests read."""
    try:
        botocores_view("InternalServerError", 500)
        _ = botocores_quota.RetryQuota.INITIAL_CAPACITY, standard.RetryQuotaChecker._THROTTLING_RETRY_COST
    except (AttributeError, TypeError):
        return False
    return True


inside = pytest.mark.skipif(not is_made_as_before(), reason="botocore is made in another way inside, in this version")


@inside
@pytest.mark.parametrize(("code", "status"), list(itertools.product(CODES, STATUSES)))
def test_botocore_would_do_the_same(code: str, status: int) -> None:
    if status == 429 and code in MODELED:
        return  # botocore classifies these by the model; DynamoDB sends none of them with this status
    again, longest = botocores_view(code, status)
    pauses = [StandardRetries("dynamodb", RetryQuota(), 3).pause_after(answered(code, status)) for _ in range(20)]
    assert [pause is not None for pause in pauses] == [again] * 20
    assert all(0 <= pause <= longest for pause in pauses if pause is not None)


def test_no_answer_is_tried_again_and_no_credentials_are_not() -> None:
    context = standard.RetryContext(1, caught_exception=BotocoresHTTPClientError(error="x"))
    assert standard.TransientRetryableChecker().is_retryable(context)
    for error, again in ((HTTPClientError("x"), True), (ReadTimeoutError("x"), True), (NoCredentialsError("x"), False)):
        assert (StandardRetries("ssm", RetryQuota(), 3).pause_after(error) is not None) == again


def pauses_of(error: AWSError, service: str = "dynamodb", attempts: int = 3) -> list[float | None]:
    tries = StandardRetries(service, RetryQuota(), attempts)
    return [tries.pause_after(error) for _ in range(attempts)]


@pytest.mark.parametrize(
    ("service", "code", "longest"),
    [("dynamodb", "InternalServerError", [0.025, 0.05]), ("sqs", "Odd", [0.05, 0.1]), ("sqs", "Throttling", [1, 2])],
)
def test_pauses_are_drawn_from_what_doubles(service: str, code: str, longest: list[float]) -> None:
    drawn = [pauses_of(answered(code, 500), service) for _ in range(200)]
    for number, bound in enumerate(longest):
        pauses = [each[number] or 0 for each in drawn]
        assert max(pauses) <= bound
        assert max(pauses) > 0.8 * bound  # the probability of 200 draws below four fifths is 1 in 10^19
        assert min(pauses) < 0.2 * bound
    assert {each[2] for each in drawn} == {None}


@pytest.mark.parametrize(("asked", "least"), [("300", 0.3), ("99000", 1.0), ("-5", 0), ("x", 0), ("²", 0)])
def test_the_service_may_ask_for_a_pause_as_long_as_one_could_be_anyway(asked: str, least: float) -> None:
    pause, *_ = pauses_of(answered("ThrottlingException", 400, **{"x-amz-retry-after": asked}))
    assert pause is not None
    assert least <= pause <= 1.0


def test_a_wrong_clock_is_worth_another_attempt_only_when_it_was_put_right() -> None:
    error = answered("InvalidSignatureException", 400)
    assert StandardRetries("ssm", RetryQuota(), 3).pause_after(error) is None
    assert StandardRetries("ssm", RetryQuota(), 3).pause_after(error, clock_corrected=True) is not None


@inside
def test_the_numbers_of_the_quota_are_botocores() -> None:
    checker = standard.RetryQuotaChecker
    assert retries._CAPACITY == botocores_quota.RetryQuota.INITIAL_CAPACITY
    assert (retries._COST, retries._COST_WHEN_THROTTLED) == (checker._RETRY_COST, checker._THROTTLING_RETRY_COST)
    assert checker._NO_RETRY_INCREMENT == retries._REFUND


def test_a_service_that_is_down_is_asked_less_and_less() -> None:
    quota = RetryQuota(30)
    again: list[Any] = [StandardRetries("ssm", quota, 3).pause_after(HTTPClientError("x")) for _ in range(3)]
    assert [each is not None for each in again] == [True, True, False]  # 28 of 30 are used
    tries = StandardRetries("ssm", quota, 3)
    tries.succeeded()
    assert quota.spend(3)
    assert not quota.spend(1)


def test_what_an_attempt_cost_comes_back_when_it_goes_well() -> None:
    quota = RetryQuota(14)
    tries = StandardRetries("ssm", quota, 3)
    assert tries.pause_after(HTTPClientError("x")) is not None
    assert not quota.spend(1)
    tries.succeeded()
    assert quota.spend(14)
    quota.refund(1000)
    assert quota.spend(14)
    assert not quota.spend(1)
