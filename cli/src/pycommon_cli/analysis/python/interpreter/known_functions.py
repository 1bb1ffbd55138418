"""Every function of other modules that is known here, by its dotted name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.interpreter.external.collection_functions import COLLECTING
from pycommon_cli.analysis.python.interpreter.external.conversion_functions import CONVERSIONS
from pycommon_cli.analysis.python.interpreter.external.environment_functions import ENVIRONMENT
from pycommon_cli.analysis.python.interpreter.external.higher_order_functions import FUNCTIONS
from pycommon_cli.analysis.python.interpreter.external.reflection_functions import REFLECTION
from pycommon_cli.analysis.python.interpreter.library_functions import LIBRARY

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon_cli.analysis.python.abstract_values import (
        Value,
    )
    from pycommon_cli.analysis.python.interpreter.call_arguments import Call
    from pycommon_cli.analysis.python.interpreter.calls import Calls

__all__ = ["EXTERNALS"]

EXTERNALS: dict[str, Callable[[Calls, Call], Value]] = {
    **COLLECTING,
    **CONVERSIONS,
    **ENVIRONMENT,
    **FUNCTIONS,
    **REFLECTION,
    **LIBRARY,
}
