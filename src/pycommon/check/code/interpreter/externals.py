"""Every function of other modules that is known here, by its dotted name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon.check.code.interpreter.external.collecting import COLLECTING
from pycommon.check.code.interpreter.external.conversions import CONVERSIONS
from pycommon.check.code.interpreter.external.environment import ENVIRONMENT
from pycommon.check.code.interpreter.external.functions import FUNCTIONS
from pycommon.check.code.interpreter.external.reflection import REFLECTION
from pycommon.check.code.interpreter.registrations import LIBRARY

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon.check.code.interpreter.call import Call
    from pycommon.check.code.interpreter.calls import Calls
    from pycommon.check.code.values import (
        Value,
    )

__all__ = ["EXTERNALS"]

EXTERNALS: dict[str, Callable[[Calls, Call], Value]] = {
    **COLLECTING,
    **CONVERSIONS,
    **ENVIRONMENT,
    **FUNCTIONS,
    **REFLECTION,
    **LIBRARY,
}
