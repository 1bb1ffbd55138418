"""Resolve the variables of a declaration, and resolve them again when their values are due for a refresh."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pycommon.env.call_observation import Observer
    from pycommon.env.declaration import Declaration

__all__ = ["ResolvedVariables"]


class ResolvedVariables:
    """The state of one declaration in one execution environment.

    Attributes:
        until: the time of the monotonic clock until which the resolved values are valid.
        observer: the observer of AWS calls. None when observation is off, and before the first `renew`.
    """

    __slots__ = ("observer", "until")

    def __init__(self) -> None:
        self.until = float("-inf")
        self.observer: Observer | None = None

    def renew(self, declaration: Declaration, needed: Iterable[str] | None = None) -> None:
        """Resolve the variables, and record their use.

        Args:
            declaration: the declaration of the variables.
            needed: the variables that must have a value. By default, all variables must have a value. The record
                contains other variables if they are set.

        Raises:
            EnvVarError: at least one needed variable is not found.
        """
        from pycommon.env.call_observation import observer
        from pycommon.env.variable_record import RECORD_REFRESH_S, variable_use_record
        from pycommon.env.variable_resolver import resolver

        until = resolver().resolve(declaration.variables if needed is None else needed)
        resolver().note_present(declaration.variables)
        variable_use_record().note(declaration)
        self.observer = observer()
        self.until = min(until, time.monotonic() + RECORD_REFRESH_S)
