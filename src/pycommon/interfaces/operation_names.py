"""Adapt names of operations to the limits of an interface."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycommon.interfaces.format_notes import InterfaceError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pycommon.api.api_operation import Operation

__all__ = ["NameLimit", "named"]

_DIGITS = 8


@dataclass(frozen=True, slots=True)
class NameLimit:
    """The names that an interface accepts.

    Attributes:
        letters: the allowed characters, as the content of a character class of a regular expression.
        length: the maximum number of characters.
    """

    letters: str
    length: int

    def applied_to(self, name: str) -> str:
        """Return `name` with "_" for each forbidden character.

        If `name` is too long, cut it and append a part of its SHA-256.

        Example:
            >>> NameLimit("A-Za-z0-9_-", 64).applied_to("workflow.create")
            'workflow_create'
        """
        allowed = re.sub(f"[^{self.letters}]", "_", name)
        if len(allowed) <= self.length:
            return allowed
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
        return f"{allowed[: self.length - _DIGITS - 1]}_{digest}"


def named(operations: Iterable[Operation], limit: NameLimit, format_name: str) -> dict[str, Operation]:
    """Return the operations by their names in the interface.

    Raises:
        InterfaceError: two operations would have the same name. The message names both operations.
    """
    by_name: dict[str, Operation] = {}
    for operation in operations:
        name = limit.applied_to(operation.name)
        other = by_name.setdefault(name, operation)
        if other is not operation:
            raise InterfaceError(
                f"two operations have the same name in {format_name}, {name}: {other.name!r} of {other.defined_at} "
                f"({other.place}) and {operation.name!r} of {operation.defined_at} ({operation.place}); rename one"
            )
    return by_name
