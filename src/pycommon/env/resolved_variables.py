"""Providing the variables of a declaration, and doing so again when that is due."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pycommon.env.call_observation import Observer
    from pycommon.env.declaration import Declaration

__all__ = ["Provision"]


class Provision:
    """Until when the variables of one declaration are there, in one execution environment; who observes its calls.

    Attributes:
        until: by the monotonic clock.
        observer: None where calls are not observed, and before the first renewal.
    """

    __slots__ = ("observer", "until")

    def __init__(self) -> None:
        self.until = float("-inf")
        self.observer: Observer | None = None

    def renew(self, declaration: Declaration, needed: Iterable[str] | None = None) -> None:
        """Find the variables, and have their use recorded.

        Args:
            declaration: whose variables.
            needed: those of them that must be there, by default all. The others are recorded where they are set.

        Raises:
            EnvVarError: at least one is nowhere.
        """
        from pycommon.env.call_observation import observer
        from pycommon.env.variable_record import RECORD_REFRESH_S, variable_use_record
        from pycommon.env.variable_resolver import resolver

        until = resolver().resolve(declaration.variables if needed is None else needed)
        resolver().note_present(declaration.variables)
        variable_use_record().note(declaration)
        self.observer = observer()
        self.until = min(until, time.monotonic() + RECORD_REFRESH_S)
