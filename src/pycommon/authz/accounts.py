"""Who pays for a user: the default account in `ACCOUNTS_DYNAMO_TABLE`, and its limit."""

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
    """How much may be spent in one period: Hourly, Daily or Monthly; `rate` is in USD."""

    period: str
    rate: Decimal


ALWAYS_REACHED = RateLimit("Daily", Decimal(0))


class Account(NamedTuple):
    """Who pays."""

    id: str
    rate_limit: RateLimit | None = None


class Accounts:
    """The default accounts of users, each kept for `kept_for_s` after it was read."""

    def __init__(self, variables: VariableResolver, kept_for_s: float) -> None:
        self._variables = variables
        self._kept_for_s = kept_for_s
        self._kept: ExpiringCache[Account] = ExpiringCache()

    def default_of(self, user: str) -> Account:
        """The default account of `user`; `general_account`, without a limit, for a user that has none.

        Raises:
            EnvVarError: ACCOUNTS_DYNAMO_TABLE is nowhere to be found.
            HTTPServiceUnavailable: the table or the item cannot be read: whether there is a limit cannot be known.
        """
        account = self._kept.get(user)
        if account is None:
            account = self._read(user)
            self._kept.keep(user, account, for_s=self._kept_for_s)
        return account

    def _read(self, user: str) -> Account:
        table = self._variables.require("ACCOUNTS_DYNAMO_TABLE")
        try:
            answer = client("dynamodb").get_item(
                TableName=table,
                Key=to_item({"user": user}),
                ProjectionExpression="#accounts",
                ExpressionAttributeNames={"#accounts": "accounts"},
            )
        except Exception as error:
            _logger.error("The accounts table %s cannot be read: %s", table, describe_error(error))
            raise HTTPServiceUnavailable(_UNREADABLE) from error
        accounts = from_item(answer.get("Item", {})).get("accounts")
        if accounts is not None and not isinstance(accounts, list):
            _logger.error("An item of the accounts table %s has `accounts` that is no list", table)
            raise HTTPServiceUnavailable(_UNREADABLE)
        return _default(accounts or [])


def _default(accounts: list[Any]) -> Account:
    for account in accounts:
        if isinstance(account, dict) and account.get("isDefault") is True:
            account_id = account.get("id")
            # A default that names nobody has no payer of its own, but its limit holds.
            payer = account_id if isinstance(account_id, str) and account_id else GENERAL_ACCOUNT
            return Account(payer, parse_rate_limit(account.get("rateLimit")))
    return Account(GENERAL_ACCOUNT)


def parse_rate_limit(value: Any) -> RateLimit | None:
    """The limit in an item, `{period, rate}`; None where there is none.

    A limit that is there and cannot be read becomes one that is always reached: it must not open what it was to close.
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
