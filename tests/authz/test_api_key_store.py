"""Test API keys of the store, and their use with a guarded handler."""

from __future__ import annotations

import logging
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.authz import add_api_access_types
from pycommon.authz.accounts import RateLimit
from pycommon.authz.api_key_store import (
    ApiKeyState,
    ApiKeyStore,
    InvalidApiKeyError,
    UnknownApiKeyError,
    UnusableApiKeyError,
)
from pycommon.authz.api_keys import stored_form
from pycommon.const import APIAccessType
from pycommon.testing import LambdaContext, rest_api_event
from tests.authz.service import PATH, body_of, charge

if TYPE_CHECKING:
    from tests.conftest import Aws

TABLE = "API_KEYS_DYNAMODB_TABLE"
TODAY = datetime.now(UTC).date()
TOMORROW = TODAY + timedelta(days=1)
NOBODYS = "jane/ownerKey/0f0e0d0c"


@pytest.fixture
def store(aws: Aws) -> ApiKeyStore:
    return ApiKeyStore(aws.variables[TABLE], aws.client("dynamodb"))


def at(aws: Aws, **members: Any) -> ApiKeyStore:
    return ApiKeyStore(aws.variables[TABLE], aws.client("dynamodb"), **members)


def answer(key: str) -> dict[str, Any]:
    event = rest_api_event("POST", PATH, {"data": {"accountId": "a", "charge": 1}}, token=key)
    response = charge(event, LambdaContext())
    assert isinstance(response, dict)
    return response


def status(key: str) -> int:
    return int(answer(key)["statusCode"])


# Use of a new key


@pytest.mark.usefixtures("cold_start")
@pytest.mark.parametrize(
    ("holder", "mark", "user"),
    [
        ({}, "/ownerKey/", "jane"),
        ({"delegate": "joe"}, "/delegateKey/", "joe"),
        ({"system_id": "nightly-report"}, "/systemKey/", "nightly-report"),
    ],
)
def test_a_key_of_each_kind_opens_the_service_for_its_user(store, holder, mark, user):
    issued = store.create("jane", account_id="acme", purpose="reports", **holder)
    response = answer(issued.key)
    assert response["statusCode"] == 200
    body = body_of(response)
    assert body["user"] == user == issued.view.user
    assert body["data"] | {"data": None} == {
        "data": None,
        "path": PATH,
        "account": "acme",
        "api_key_id": issued.view.id,
        "api_accessed": True,
        "allowed_access": ["full_access"],
        "rate_limit": None,
        "purpose": "reports",
    }
    assert issued.view.id.startswith(f"jane{mark}")


@pytest.mark.usefixtures("cold_start")
def test_a_key_works_until_the_day_of_its_expiration(aws, store):
    past = at(aws, today=lambda: TODAY - timedelta(days=2))
    assert status(past.create("jane", expiration=TODAY).key) == 401
    assert status(store.create("jane", expiration=TOMORROW).key) == 200


@pytest.mark.usefixtures("cold_start")
def test_a_key_without_the_access_type_is_403(store):
    key = store.create("jane", access_types=[APIAccessType.CHAT, "reports"]).key
    assert status(key) == 403
    add_api_access_types(["reports"])
    assert status(key) == 200


@pytest.mark.usefixtures("cold_start")
def test_a_keys_own_limit_binds(aws, store):
    aws.put(
        "COST_CALCULATIONS_DYNAMO_TABLE",
        {"id": "jane", "accountInfo": "acme", "dailyCost": Decimal("0.5"), "monthlyCost": Decimal(0)},
    )
    assert status(store.create("jane", rate_limit=RateLimit("Daily", Decimal("0.75"))).key) == 200
    assert status(store.create("jane", rate_limit=RateLimit("Daily", Decimal("0.25"))).key) == 429
    assert status(store.create("jane", rate_limit=RateLimit("Unlimited", Decimal(0))).key) == 200


@pytest.mark.usefixtures("cold_start")
def test_rotation_stops_the_old_key_and_keeps_the_rest(store):
    old = store.create("jane", delegate="joe", account_id="acme", expiration=TOMORROW, purpose="p")
    assert status(old.key) == 200
    new = store.rotate(old.view.id)
    assert (status(old.key), status(new.key)) == (401, 200)
    assert new.view.rotated_at is not None
    (listed,) = store.list()
    assert {
        name: (getattr(listed, name), getattr(old.view, name))
        for name in old.view.__slots__
        if getattr(listed, name) != getattr(old.view, name) and name != "last_accessed"
    } == {"rotated_at": (new.view.rotated_at, None)}


@pytest.mark.usefixtures("cold_start")
def test_a_revoked_key_opens_nothing(store):
    issued = store.create("jane")
    assert status(issued.key) == 200
    revoked = store.revoke(issued.view.id)
    assert revoked.state is ApiKeyState.REVOKED
    assert status(issued.key) == 401


def test_a_key_as_it_stood_in_the_table_gets_todays_form(aws, store):
    aws.put(TABLE, {"api_owner_id": NOBODYS, "apiKey": "amp-old", "owner": "jane", "active": True})
    new = store.rotate(NOBODYS)
    assert new.key.startswith("amp-v1-")
    assert aws.items(TABLE)[0]["apiKey"] == stored_form(new.key)


# Content of the table


def test_the_item_of_a_key(aws, store):
    issued = store.create(
        "jane",
        system_id="nightly",
        account_id="acme",
        access_types=["chat", "chat", "share"],
        expiration=TOMORROW,
        rate_limit=RateLimit("Hourly", Decimal("2.50")),
        purpose="p",
        application_name="Nightly",
        application_description="Runs at night",
    )
    (item,) = aws.items(TABLE)
    assert item == {
        "api_owner_id": issued.view.id,
        "apiKey": stored_form(issued.key),
        "owner": "jane",
        "systemId": "nightly",
        "active": True,
        "account": {"id": "acme"},
        "accessTypes": ["chat", "share"],
        "expirationDate": TOMORROW.isoformat(),
        "rateLimit": {"period": "Hourly", "rate": Decimal("2.5")},
        "purpose": "p",
        "applicationName": "Nightly",
        "applicationDescription": "Runs at night",
        "createdAt": issued.view.created_at,
    }


def test_a_key_is_shown_once_and_its_digest_never(aws, store, caplog):
    caplog.set_level(logging.DEBUG)
    first = store.create("jane")
    second = store.rotate(first.view.id)
    views = [first, second, store.list(), store.revoke(first.view.id)]
    with pytest.raises(UnusableApiKeyError) as refused:
        store.rotate(first.view.id)
    (item,) = aws.items(TABLE)
    digest = item.pop("apiKey")
    assert digest == stored_form(second.key)
    seen = f"{views} {refused.value} {item}"
    logged = " ".join(caplog.handler.format(record) for record in caplog.records if record.name.startswith("pycommon"))
    for secret in (first.key, second.key, stored_form(first.key), digest):
        assert secret not in seen
        assert secret not in logged


def test_keys_are_random_and_of_the_form_that_the_lookup_takes(store):
    keys = {store.create("jane").key for _ in range(5)}
    assert len(keys) == 5
    assert all(re.fullmatch(r"amp-v1-[A-Za-z0-9_-]{43}", key) for key in keys)


def test_an_id_that_is_taken_is_left_as_it_is(aws):
    store = at(aws, new_id=lambda: "same")
    first = store.create("jane", purpose="first")
    with pytest.raises(InvalidApiKeyError, match="already has a key jane/ownerKey/same"):
        store.create("jane", purpose="second")
    (item,) = aws.items(TABLE)
    assert (item["purpose"], item["apiKey"]) == ("first", stored_form(first.key))


# Refused arguments


@pytest.mark.parametrize(
    ("owner", "members", "says"),
    [
        ("jane", {"expiration": TODAY}, "is not in the future"),
        ("jane", {"expiration": date(2020, 1, 1)}, "The expiration 2020-01-01 is not in the future"),
        ("jane", {"expiration": datetime.now(UTC) + timedelta(days=9)}, "is a datetime"),
        ("jane", {"rate_limit": RateLimit("Weekly", Decimal(1))}, "one of Unlimited, Daily, Hourly, Monthly"),
        ("jane", {"rate_limit": RateLimit("Daily", Decimal(-1))}, "The rate -1 is negative"),
        ("jane", {"rate_limit": RateLimit("Daily", Decimal("NaN"))}, "not a number that DynamoDB can store"),
        ("jane", {"rate_limit": RateLimit("Daily", Decimal("1." + "1" * 38))}, "not a number that DynamoDB can store"),
        ("jane", {"access_types": []}, "without access types cannot be used"),
        ("jane", {"access_types": "chat"}, "must be a list"),
        ("jane", {"access_types": ["chat", ""]}, "The access type '' is not a valid name"),
        ("jane", {"account_id": ""}, "The account id '' is not a valid name"),
        ("jane", {"delegate": " joe"}, "The delegate ' joe' is not a valid name"),
        ("jane", {"system_id": "a\nb"}, "The system id"),
        ("jane", {"delegate": "joe", "system_id": "s"}, "has one user"),
        ("", {}, "The owner '' is not a valid name"),
        ("jane/systemKey/x", {}, "must not contain /ownerKey/ or /delegateKey/ or /systemKey/"),
        ("j" * 2048, {}, "owner is too long"),
    ],
)
def test_what_makes_no_usable_key_is_not_written(aws, store, owner, members, says):
    with pytest.raises(InvalidApiKeyError, match=says):
        store.create(owner, **members)
    assert aws.items(TABLE) == []


@pytest.mark.parametrize("unknown", [NOBODYS, "", "x" * 3000])
def test_an_unknown_id_is_an_error_and_creates_no_item(aws, store, unknown):
    for change in (store.rotate, store.revoke):
        with pytest.raises(UnknownApiKeyError, match="has no API key"):
            change(unknown)
    assert aws.items(TABLE) == []


def test_a_key_given_for_its_id_is_neither_repeated_nor_sent_on(store):
    """A fixture reads botocore's debug log, and fails if the key was sent."""
    key = store.create("jane").key
    for change in (store.rotate, store.revoke):
        with pytest.raises(UnknownApiKeyError, match="pass the id") as error:
            change(key)
        assert key not in str(error.value)


def test_revoking_again_changes_nothing(aws, store):
    issued = store.create("jane")
    store.revoke(issued.view.id)
    before = aws.items(TABLE)
    assert store.revoke(issued.view.id).state is ApiKeyState.REVOKED
    assert aws.items(TABLE) == before


@pytest.mark.parametrize(
    ("fields", "how"),
    [
        ({"active": False}, "is revoked"),
        ({"active": True, "expirationDate": TODAY.isoformat()}, "has expired"),
        ({"active": True, "expirationDate": "next year"}, "has expired"),
    ],
)
def test_a_key_that_opens_nothing_is_not_rotated(aws, store, fields, how):
    aws.put(TABLE, {"api_owner_id": NOBODYS, "apiKey": "kept", "owner": "jane", **fields})
    with pytest.raises(UnusableApiKeyError, match=how):
        store.rotate(NOBODYS)
    assert aws.items(TABLE)[0]["apiKey"] == "kept"


def test_a_key_that_is_revoked_while_it_is_rotated_stays_shut(aws, store):
    """The store reads, then writes. An event hook of the client changes the item between the two."""
    issued = store.create("jane")
    other = at(aws)

    def revoke_in_between(**_: Any) -> None:
        dynamodb.meta.events.unregister("before-call.dynamodb.UpdateItem", revoke_in_between)
        other.revoke(issued.view.id)

    dynamodb = aws.client("dynamodb")
    dynamodb.meta.events.register("before-call.dynamodb.UpdateItem", revoke_in_between)
    with pytest.raises(UnusableApiKeyError, match="is revoked"):
        store.rotate(issued.view.id)
    assert aws.items(TABLE)[0]["apiKey"] == stored_form(issued.key)


# Lists


def test_the_list_is_by_owner_and_holds_what_is_shut_too(aws, store):
    jane, joe = store.create("jane"), store.create("joe", delegate="jane")
    later = store.create("jane", expiration=TOMORROW)
    store.revoke(jane.view.id)
    views = store.list()
    assert [view.id for view in views] == [jane.view.id, later.view.id, joe.view.id]
    assert [view.state for view in views] == [ApiKeyState.REVOKED, ApiKeyState.ACTIVE, ApiKeyState.ACTIVE]
    assert [view.id for view in store.list("joe")] == [joe.view.id]
    assert store.list("nobody") == ()
    assert at(aws, today=lambda: TOMORROW).list("jane")[1].state is ApiKeyState.EXPIRED


def test_a_list_of_several_pages(aws, store):
    for number in range(3):
        aws.put(TABLE, {"api_owner_id": f"jane/ownerKey/{number}", "owner": "jane", "purpose": "x" * 390_000})
    aws.put(TABLE, {"api_owner_id": "jane/ownerKey/3", "owner": "jane"})
    assert [view.id[-1] for view in store.list("jane")] == ["0", "1", "2", "3"]


def test_an_item_that_somebody_else_wrote_is_listed_as_the_lookup_takes_it(aws, store):
    aws.put(
        TABLE,
        {
            "api_owner_id": "odd",
            "active": "yes",
            "account": "acme",
            "accessTypes": {"chat"},
            "rateLimit": {"period": "Never"},
            "expirationDate": 3,
        },
    )
    (view,) = store.list()
    assert (view.user, view.owner, view.state) == (None, None, ApiKeyState.REVOKED)
    assert (view.account_id, view.access_types) == ("general_account", ("chat",))
    assert view.rate_limit == RateLimit("Daily", Decimal(0))


@pytest.mark.usefixtures("cold_start")
def test_the_state_in_the_list_is_what_the_lookup_says(aws, store):
    cases: dict[str, dict[str, Any]] = {
        "ok": {"active": True},
        "null": {"active": True, "expirationDate": None},
        "off": {"active": False},
        "text": {"active": "true"},
        "none": {},
        "today": {"active": True, "expirationDate": TODAY.isoformat()},
        "tomorrow": {"active": True, "expirationDate": TOMORROW.isoformat()},
        "moment": {"active": True, "expirationDate": f"{TOMORROW.isoformat()}T00:00:00Z"},
        "number": {"active": True, "expirationDate": 20300101},
    }
    for name, fields in cases.items():
        aws.put(
            TABLE,
            {
                "api_owner_id": f"jane/ownerKey/{name}",
                "apiKey": f"amp-{name}",
                "owner": "jane",
                "accessTypes": ["full_access"],
                **fields,
            },
        )
    listed = {view.id.rpartition("/")[2]: view.state is ApiKeyState.ACTIVE for view in store.list()}
    assert listed == {name: status(f"amp-{name}") == 200 for name in cases}


# Permissions of the store


def test_the_rights_that_the_store_names_are_enough(aws, store):
    from botocore.session import get_session

    region, table = aws.variables["AWS_REGION"], aws.variables[TABLE]
    actions = [f"dynamodb:{name}" for name in ("PutItem", "Scan", "GetItem", "UpdateItem")]
    variables = aws.role_variables(
        {"Effect": "Allow", "Action": actions, "Resource": f"arn:aws:dynamodb:{region}:000000000000:table/{table}"}
    )
    client = get_session().create_client(
        "dynamodb",
        region_name=region,
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=variables["AWS_SESSION_TOKEN"],
    )
    own = ApiKeyStore(table, client)
    issued = own.create("jane")
    assert own.rotate(issued.view.id).view.id == issued.view.id
    assert own.revoke(issued.view.id) == own.list("jane")[0]
