"""Test API keys with a guarded handler and real items in a table."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.authz import add_api_access_types, identity, setup
from pycommon.authz.api_keys import ApiKeys
from pycommon.background import background_writes
from pycommon.const import APIAccessType
from pycommon.env.variable_resolver import resolver
from pycommon.exceptions import HTTPUnauthorized
from pycommon.expiring_cache import ExpiringCache
from pycommon.testing import LambdaContext, fresh_execution_environment, rest_api_event
from tests.authz.service import ANYTHING, PATH, body_of, charge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Aws

TABLE = "API_KEYS_DYNAMODB_TABLE"
OLD_KEY = "amp-0123456789abcdef"
ABSENT = object()  # in the changes of an item: remove this field
TODAY = datetime.now(UTC).date()
REFUSED = (401, "The API key is not valid")


def new_key() -> str:
    return "amp-v1-" + secrets.token_urlsafe(32)


def digest(key: str) -> str:
    return hashlib.shake_256(key.encode()).hexdigest(64)


def put(aws: Aws, key: str, **changes: Any) -> str:
    """Write the item of `key`, and return its id."""
    item = {
        "api_owner_id": f"jane/ownerKey/{secrets.token_hex(8)}",
        "apiKey": digest(key) if key.startswith("amp-v1-") else key,
        "owner": "jane",
        "delegate": None,
        "systemId": None,
        "active": True,
        "accessTypes": ["full_access"],
        "account": {"id": "acc-1"},
        **changes,
    }
    aws.put(TABLE, {name: value for name, value in item.items() if value is not ABSENT})
    return str(item["api_owner_id"])


def ask(key: str, path: str = PATH, **data: Any) -> dict[str, Any]:
    event = rest_api_event("POST", path, {"data": {"accountId": "a", "charge": 1, **data}}, token=key)
    answer: dict[str, Any] = charge(event, LambdaContext())
    return answer


def outcome(answer: dict[str, Any]) -> tuple[int, str]:
    return answer["statusCode"], body_of(answer)["error"]


@pytest.fixture(autouse=True)
def _own_access_types() -> Iterator[None]:
    before = set(setup._setups.access_types)
    yield
    setup._setups.access_types = before


def test_whose_key_it_is_says_its_id(cold_start: object, aws: Aws) -> None:
    for mark, user in {"ownerKey": "jane", "delegateKey": "john", "systemKey": "nightly-import"}.items():
        for key in (new_key(), f"{OLD_KEY}-{mark}", f"amp-{mark[0]}", "amp-" + mark[0] * 250):
            put(aws, key, api_owner_id=f"jane/{mark}/{len(key)}", delegate="john", systemId="nightly-import")
            body = body_of(ask(key))
            assert (body["user"], body["name"]) == (user, user), mark


def test_the_handler_and_the_usage_item_have_the_caller(cold_start: object, aws: Aws) -> None:
    key = new_key()
    key_id = put(aws, key, purpose="import", rateLimit={"period": "Monthly", "rate": Decimal("12.5")})
    claims = body_of(ask(key))["data"]
    claims.pop("data")
    assert claims == {
        "account": "acc-1",
        "api_key_id": key_id,
        "api_accessed": True,
        "allowed_access": ["full_access"],
        "rate_limit": {"period": "Monthly", "rate": 12.5},
        "purpose": "import",
        "path": PATH,
    }
    (item,) = aws.items("USAGE_METRICS_DYNAMO_TABLE")
    assert (item["account"], item["user"], item["api_key_id"]) == ("acc-1", "jane", key_id)
    assert key not in json.dumps(item, default=str)
    assert digest(key) not in json.dumps(item, default=str)


def test_without_an_account_the_general_account_pays(cold_start: object, aws: Aws) -> None:
    for account in (ABSENT, None, {}, {"id": ""}, {"id": None}, {"id": 7}, "acc-1", ["acc-1"]):
        key = new_key()
        put(aws, key, account=account)
        assert body_of(ask(key))["data"]["account"] == "general_account", account


def test_a_key_that_is_not_plainly_active_is_refused(cold_start: object, aws: Aws) -> None:
    for active in (False, ABSENT, None, "true", "false", "", 1, 0, ["true"]):
        key = new_key()
        put(aws, key, active=active)
        answer = ask(key)
        assert outcome(answer) == REFUSED, active
        assert answer["headers"]["WWW-Authenticate"] == 'Bearer error="invalid_token"', active


EXPIRY: list[tuple[Any, Any]] = [
    (ABSENT, True),
    (None, True),
    (str(TODAY + timedelta(days=2)), True),
    ("9999-12-31", True),
    (str(TODAY), False),
    (str(TODAY - timedelta(days=1)), False),
    ("0001-01-01", False),
    ("", False),
    ("never", False),
    ("2999-02-30", False),
    ("31.12.2999", False),
    ("2999-12-31T00:00:00Z", False),
    (29991231, False),
    (["2999-12-31"], False),
    (True, False),
]


def test_expiry(cold_start: object, aws: Aws) -> None:
    for expiration, accepted in EXPIRY:
        key = new_key()
        put(aws, key, expirationDate=expiration)
        assert ask(key)["statusCode"] == (200 if accepted else 401), expiration


@pytest.mark.parametrize(("today", "accepted"), [("2029-12-31", True), ("2030-01-01", False), ("2030-01-02", False)])
def test_the_expiration_date_is_the_first_day_of_refusal(
    cold_start: object,
    aws: Aws,
    today: str,
    accepted: bool,  # noqa: FBT001 - a column
) -> None:
    key = new_key()
    put(aws, key, expirationDate="2030-01-01")
    keys = ApiKeys(resolver(), today=lambda: date.fromisoformat(today))
    if accepted:
        assert keys.caller_of(key).user == "jane"
    else:
        with pytest.raises(HTTPUnauthorized):
            keys.caller_of(key)


ACCESS: list[tuple[Any, Any, Any]] = [
    (["full_access"], [], 200),
    (["full_access", "chat"], [], 200),
    ({"full_access"}, [], 200),
    (["chat"], [], 403),
    (["chat"], ["chat"], 200),
    (["chat"], [APIAccessType.CHAT, APIAccessType.SHARE], 200),
    (["chat", "share", "made_up"], ["share"], 200),
    (["chat"], ["share"], 403),
    (["own_type"], ["own_type"], 200),
    ([], ["chat"], 403),
    (ABSENT, ["chat"], 403),
    (None, [], 403),
    ("full_access", [], 403),
    ({"full_access": True}, [], 403),
    (["FULL_ACCESS"], [], 403),
    (["full_access "], [], 403),
    (["full"], [], 403),
    ([["full_access"]], [], 403),
]


def test_access_types(cold_start: object, aws: Aws) -> None:
    for granted, added, status in ACCESS:
        setup._setups.access_types = {"full_access"}
        add_api_access_types(added)
        key = new_key()
        put(aws, key, accessTypes=granted)
        answer = ask(key)
        assert answer["statusCode"] == status, (granted, added)
        if status == 403:
            assert body_of(answer)["error"] == "The API key has no access to this service"
            assert "WWW-Authenticate" not in answer["headers"]
    assert len(aws.items("USAGE_METRICS_DYNAMO_TABLE")) == sum(status == 200 for _, _, status in ACCESS)


def test_the_rules_of_keys_are_their_own(cold_start: object, aws: Aws) -> None:
    key = new_key()
    put(aws, key)
    assert ask(key)["statusCode"] == 200
    assert outcome(ask(key, ANYTHING)) == (403, "The operation is not defined for this path")
    assert ask(key, charge="much")["statusCode"] == 400
    assert outcome(ask(key, accountId="denied")) == (403, "You are not permitted to do this")


def test_a_key_over_its_limit_is_refused(cold_start: object, aws: Aws) -> None:
    over, within = new_key(), new_key()
    put(aws, over, rateLimit={"period": "Daily", "rate": 5})
    put(aws, within, rateLimit={"period": "Daily", "rate": 6})
    aws.put("COST_CALCULATIONS_DYNAMO_TABLE", {"id": "jane", "accountInfo": "acc-1", "dailyCost": 5})
    assert ask(over)["statusCode"] == 429
    assert ask(within)["statusCode"] == 200


def test_a_key_that_two_items_have_is_refused(cold_start: object, aws: Aws) -> None:
    key = new_key()
    put(aws, key)
    put(aws, key, owner="john")
    assert outcome(ask(key)) == REFUSED


NAMELESS: list[Any] = [
    {"api_owner_id": "jane"},
    {"api_owner_id": "jane/otherKey/1"},
    {"api_owner_id": "jane/ownerkey/1"},
    {"api_owner_id": "jane/delegateKey/1/ownerKey/2", "delegate": "john"},
    {"api_owner_id": "jane/delegateKey/1", "delegate": None},
    {"api_owner_id": "jane/systemKey/1", "systemId": ABSENT},
    {"owner": ""},
    {"owner": ["jane"]},
    {"owner": 7},
]


def test_an_item_that_names_nobody_opens_nothing(cold_start: object, aws: Aws) -> None:
    for changes in NAMELESS:
        key = new_key()
        put(aws, key, **changes)
        assert outcome(ask(key)) == REFUSED, changes


def test_who_reads_the_table_has_no_key(cold_start: object, aws: Aws, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "botocore")  # the client of the test logs the key that it writes in plain text
    key = new_key()
    put(aws, key)
    for presented in (digest(key), f"amp-{digest(key)}", f"amp-v1-{digest(key)}", f"amp-v1-{digest(key)[:43]}"):
        assert ask(presented)["statusCode"] == 401
    stored_as_it_is = new_key()  # a current key that was stored in plain text
    put(aws, stored_as_it_is, apiKey=stored_as_it_is)
    assert outcome(ask(stored_as_it_is)) == REFUSED


def test_a_key_is_matched_to_the_letter(cold_start: object, aws: Aws) -> None:
    key = "amp-v1-" + "aB" * 21 + "c"
    put(aws, key)
    assert ask(key)["statusCode"] == 200
    for changed in (key.upper(), key.lower(), key[:-1], key + "A", f"{key}=", key.replace("amp-v1-", "amp-v2-")):
        assert ask(changed)["statusCode"] == 401, changed


def test_a_revoked_key_is_refused_at_once(cold_start: object, aws: Aws) -> None:
    key = new_key()
    key_id = put(aws, key)
    assert ask(key)["statusCode"] == 200
    put(aws, key, api_owner_id=key_id, active=False)
    assert outcome(ask(key)) == REFUSED


# The time of the last access


def wait_for_writes() -> None:
    pool = background_writes()._pool
    if pool is not None:
        pool.shutdown(wait=True)
        background_writes()._pool = None


def test_what_the_table_says_is_kept_only_where_that_is_set(cold_start: dict[str, str], aws: Aws) -> None:
    with fresh_execution_environment({**cold_start, "API_KEY_CACHE_SECONDS": "60"}):
        kept, unknown = new_key(), new_key()
        item = put(aws, kept)
        assert [ask(each)["statusCode"] for each in (kept, unknown)] == [200, 401]
        put(aws, unknown)
        put(aws, kept, api_owner_id=item, active=False)
        assert ask(kept)["statusCode"] == 200
        assert ask(unknown)["statusCode"] == 200  # an unknown key is not cached
    with fresh_execution_environment(cold_start):
        assert outcome(ask(kept)) == REFUSED


def test_a_key_that_is_kept_expires_all_the_same(cold_start: object, aws: Aws) -> None:
    key, days = new_key(), iter((TODAY, TODAY + timedelta(days=1)))
    put(aws, key, expirationDate=(TODAY + timedelta(days=1)).isoformat())
    keys = ApiKeys(resolver(), today=lambda: next(days), cache_for_s=60)
    assert keys.caller_of(key).user == "jane"
    with pytest.raises(HTTPUnauthorized):
        keys.caller_of(key)


def test_the_last_access_is_noted_at_most_once_a_minute(cold_start: object, aws: Aws) -> None:
    now = [1_000.0]
    keys = ApiKeys(resolver())
    keys._recently_noted = ExpiringCache(clock=lambda: now[0])
    key = new_key()
    key_id = put(aws, key)

    def noted() -> bool:
        """Return whether a call writes the time of the access to a new item."""
        put(aws, key, api_owner_id=key_id)
        keys.caller_of(key)
        wait_for_writes()
        (item,) = aws.items(TABLE)
        assert item.get("lastAccessed", "2").startswith("2")
        return "lastAccessed" in item

    assert noted()
    now[0] += 59.9
    assert not noted()
    now[0] += 0.1
    assert noted()


def test_the_last_access_is_a_utc_time_and_changes_nothing_else(cold_start: object, aws: Aws) -> None:
    key = new_key()
    put(aws, key)
    (before,) = aws.items(TABLE)
    began = datetime.now(UTC).replace(microsecond=0)
    assert ask(key)["statusCode"] == 200
    wait_for_writes()
    (after,) = aws.items(TABLE)
    noted = after.pop("lastAccessed")
    assert noted.endswith("Z")
    assert began <= datetime.fromisoformat(noted) <= datetime.now(UTC)
    assert after == before


def test_a_refused_key_is_not_noted(cold_start: object, aws: Aws) -> None:
    for changes in ({"active": False}, {"accessTypes": []}, {"expirationDate": "2001-01-01"}):
        key = new_key()
        put(aws, key, **changes)
        assert ask(key)["statusCode"] in {401, 403}
    wait_for_writes()
    assert not any("lastAccessed" in item for item in aws.items(TABLE))


def allow(*actions: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*"}


def test_a_note_that_is_denied_does_not_fail_the_request(
    cold_start: dict[str, str], aws: Aws, caplog: pytest.LogCaptureFixture
) -> None:
    key = new_key()
    key_id = put(aws, key)
    role = aws.role_variables(allow("dynamodb:Query", "dynamodb:PutItem"))
    with fresh_execution_environment({**cold_start, **role}):
        assert ask(key)["statusCode"] == 200
        wait_for_writes()
    (warning,) = [
        record.getMessage()
        for record in caplog.records
        if record.levelname == "WARNING" and key_id in record.getMessage()
    ]
    assert "dynamodb:UpdateItem" in warning
    assert "lastAccessed" not in aws.items(TABLE)[0]


def test_a_key_that_was_deleted_meanwhile_does_not_come_back(cold_start: object, aws: Aws) -> None:
    key = new_key()
    key_id = put(aws, key)
    keys = identity.api_keys()
    keys.caller_of(key)
    wait_for_writes()
    aws.client("dynamodb").delete_item(TableName=aws.variables[TABLE], Key={"api_owner_id": {"S": key_id}})
    keys._recently_noted = ExpiringCache()
    keys._note_access(aws.variables[TABLE], key_id)
    wait_for_writes()
    assert aws.items(TABLE) == []


@pytest.mark.parametrize("why", ["denied", "no such table"])
def test_a_table_that_cannot_be_read_is_a_503(
    cold_start: dict[str, str], aws: Aws, caplog: pytest.LogCaptureFixture, why: str
) -> None:
    key = new_key()
    put(aws, key)
    role = aws.role_variables(allow("dynamodb:PutItem")) if why == "denied" else {TABLE: "no-such-table"}
    with fresh_execution_environment({**cold_start, **role}):
        assert outcome(ask(key)) == (503, "The API key cannot be looked up at the moment")
    assert "API keys table" in caplog.text


def test_a_table_that_nobody_named_is_a_500_that_says_so_in_the_log(
    cold_start: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with fresh_execution_environment({TABLE: None}):
        assert outcome(ask(new_key())) == (500, "Internal server error")
    assert TABLE in caplog.text
