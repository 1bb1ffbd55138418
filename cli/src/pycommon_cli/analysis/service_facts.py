"""Join the facts of one service: facts of its Python, of its serverless.yml, and the handler of each function."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import CodeFacts, ConfigurationFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import DeclaredVariable, HandlerFacts, LambdaFunction, Place, ReadingTrouble

__all__ = ["Deployed", "Service", "decorator"]


@dataclass(frozen=True, slots=True)
class Deployed:
    """A function of `serverless.yml`, its handler, and the operations to which the handler dispatches."""

    function: LambdaFunction
    handler: HandlerFacts
    operations: tuple[HandlerFacts, ...] = ()

    @property
    def handlers(self) -> tuple[HandlerFacts, ...]:
        """The handlers whose needs the role of the function must grant."""
        return (self.handler, *self.operations)

    @property
    def declared(self) -> tuple[DeclaredVariable, ...]:
        """The variables that the handler and its operations declare."""
        return tuple(declared for handler in self.handlers for declared in handler.declared or ())


@dataclass(frozen=True)
class Service:
    """The facts about one service folder.

    Attributes:
        published: the names of the parameters that the templates of the repository put into Parameter Store.
        expected_parameters: the variables that Parameter Store holds according to the settings.
        failures: the reports of exceptions in the readers. Such an exception is a bug of the reader.
    """

    code: CodeFacts = field(default_factory=CodeFacts)
    configuration: ConfigurationFacts | None = None
    published: frozenset[str] = frozenset()
    expected_parameters: frozenset[str] = frozenset()
    failures: tuple[ReadingTrouble, ...] = ()

    @cached_property
    def folder(self) -> str:
        """The service folder, relative to the root."""
        return self.configuration.folder if self.configuration else "."

    @cached_property
    def whole(self) -> frozenset[str]:
        """The parts of the service that were read without trouble: "code", "configuration", both or neither."""
        read = {"code": self.code.troubles, "configuration": self.configuration.troubles if self.configuration else ()}
        return frozenset(name for name, troubles in read.items() if not troubles)

    @cached_property
    def functions(self) -> tuple[LambdaFunction, ...]:
        """The functions of `serverless.yml`."""
        return tuple(self.configuration.functions.values()) if self.configuration else ()

    @cached_property
    def deployed(self) -> tuple[Deployed, ...]:
        """Each function whose handler was found in the code."""
        found = ((function, self.code.handlers.get(function.handler)) for function in self.functions)
        return tuple(
            Deployed(function, handler, tuple(self._dispatched(handler)))
            for function, handler in found
            if handler is not None
        )

    @cached_property
    def loose(self) -> tuple[HandlerFacts, ...]:
        """The handlers that no function of `serverless.yml` runs."""
        taken = {id(handler) for deployed in self.deployed for handler in deployed.handlers}
        return tuple(handler for handler in self.code.handlers.values() if id(handler) not in taken)

    def deployments(self, handler: HandlerFacts) -> tuple[Deployed, ...]:
        """Return the functions that run `handler`."""
        return tuple(deployed for deployed in self.deployed if any(each is handler for each in deployed.handlers))

    def _dispatched(self, handler: HandlerFacts) -> Iterator[HandlerFacts]:
        seen, waiting = {handler.reference}, list(handler.dispatches)
        while waiting:
            reference = waiting.pop(0)
            found = None if reference in seen else self.code.handlers.get(reference)
            seen.add(reference)
            if found is not None:
                waiting.extend(found.dispatches)
                yield found


def decorator(handler: HandlerFacts, name: str) -> Place | None:
    """Return the place of the decorator `name` on `handler`, or None if the handler does not have the decorator."""
    return next((place for each, place in handler.decorators if each == name), None)
