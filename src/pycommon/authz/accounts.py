"""Read the account that pays for a user, and the rate limit of this account, from `ACCOUNTS_DYNAMO_TABLE`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from pycommon.const import GENERAL_ACCOUNT
from pycommon.dal.providers.aws.attribute_values import from_item, to_item
from pycommon.dal.providers.aws.clients import client, describe_error
from pycommon.exceptions import HTTPServiceUnavailable
from pycommon.expiring_cache import ExpiringCache
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from pycommon.env.variable_resolver import VariableResolver

__all__ = ["Account", "Accounts", "RateLimit", "parse_rate_limit"]

UNLIMITED = "Unlimited"
PERIODS = frozenset({"Hourly", "Daily", "Monthly"})

_UNREADABLE = "The account cannot be looked up at the moment"

_logger = getLogger(__name__)


class RateLimit(NamedTuple):
    """A rate limit: the USD (`rate`) that a user may spend in one period (Hourly, Daily or Monthly)."""

    period: str
    rate: Decimal


ALWAYS_REACHED = RateLimit("Daily", Decimal(0))


class Account(NamedTuple):
    """The account that pays for a user, and the rate limit of the account."""

    id: str
    rate_limit: RateLimit | None = None


class Accounts:
    """The reader of users' default accounts. The reader caches each account for `cache_for_s` seconds."""

    def __init__(self, variables: VariableResolver, cache_for_s: float) -> None:
        self._variables = variables
        self._cache_for_s = cache_for_s
        self._cache: ExpiringCache[Account] = ExpiringCache()

    def default_of(self, user: str) -> Account:
        """Return the default account of `user`. Without a default account, return `general_account` without a limit.

        Raises:
            EnvVarError: ACCOUNTS_DYNAMO_TABLE is not set.
            HTTPServiceUnavailable: the table or the item cannot be read, so the limit is unknown.
        """
        account = self._cache.get(user)
        if account is None:
            account = self._read(user)
            self._cache.keep(user, account, for_s=self._cache_for_s)
        return account

    def _read(self, user: str) -> Account:
        table = self._variables.require("ACCOUNTS_DYNAMO_TABLE")
        try:
            response = client("dynamodb").get_item(
                TableName=table,
                Key=to_item({"user": user}),
                ProjectionExpression="#accounts",
                ExpressionAttributeNames={"#accounts": "accounts"},
            )
        except Exception as error:
            _logger.error("The accounts table %s cannot be read: %s", table, describe_error(error))
            raise HTTPServiceUnavailable(_UNREADABLE) from error
        accounts = from_item(response.get("Item", {})).get("accounts")
        if accounts is not None and not isinstance(accounts, list):
            _logger.error("An item of the accounts table %s has `accounts` that is not a list", table)
            raise HTTPServiceUnavailable(_UNREADABLE)
        return _default(accounts or [])


def _default(accounts: list[Any]) -> Account:
    for account in accounts:
        if isinstance(account, dict) and account.get("isDefault") is True:
            account_id = account.get("id")
            # A default account without an id cannot pay, but its limit applies.
            payer = account_id if isinstance(account_id, str) and account_id else GENERAL_ACCOUNT
            return Account(payer, parse_rate_limit(account.get("rateLimit")))
    return Account(GENERAL_ACCOUNT)


def parse_rate_limit(value: Any) -> RateLimit | None:
    """Return the rate limit that an item stores as `{period, rate}`, or None when there is no limit.

    A limit that cannot be read becomes a limit that is always reached. A mistake in the item must not remove the limit.
    """
    if value is None:
        return None
    period = value.get("period") if isinstance(value, dict) else None
    if period == UNLIMITED:
        return None
    if not isinstance(period, str) or period not in PERIODS:
        return ALWAYS_REACHED
    try:
        rate = Decimal(str(value["rate"]))
    except (ArithmeticError, KeyError):
        return ALWAYS_REACHED
    return RateLimit(period, rate) if rate.is_finite() else ALWAYS_REACHED
