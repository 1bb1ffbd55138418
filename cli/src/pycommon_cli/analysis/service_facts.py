"""One service as the rules see it: what its Python and its serverless.yml say, and which belongs to which."""

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
    """A function of `serverless.yml`, the handler that it names, and the operations that this one dispatches to."""

    function: LambdaFunction
    handler: HandlerFacts
    operations: tuple[HandlerFacts, ...] = ()

    @property
    def handlers(self) -> tuple[HandlerFacts, ...]:
        """All whose needs the function's role has to meet."""
        return (self.handler, *self.operations)

    @property
    def declared(self) -> tuple[DeclaredVariable, ...]:
        """What its handler and its operations declare together."""
        return tuple(declared for handler in self.handlers for declared in handler.declared or ())


@dataclass(frozen=True)
class Service:
    """The facts about one service folder.

    Attributes:
        published: names of the parameters that templates of the whole repository put into Parameter Store.
        expected_parameters: variables that the settings say to be in Parameter Store.
        failures: what the readers stumbled over, where they did.
    """

    code: CodeFacts = field(default_factory=CodeFacts)
    configuration: ConfigurationFacts | None = None
    published: frozenset[str] = frozenset()
    expected_parameters: frozenset[str] = frozenset()
    failures: tuple[ReadingTrouble, ...] = ()

    @cached_property
    def folder(self) -> str:
        """The service folder, from the root."""
        return self.configuration.folder if self.configuration else "."

    @cached_property
    def whole(self) -> frozenset[str]:
        """Which of the two were read without trouble: "code", "configuration"."""
        read = {"code": self.code.troubles, "configuration": self.configuration.troubles if self.configuration else ()}
        return frozenset(name for name, troubles in read.items() if not troubles)

    @cached_property
    def functions(self) -> tuple[LambdaFunction, ...]:
        """The functions of serverless.yml."""
        return tuple(self.configuration.functions.values()) if self.configuration else ()

    @cached_property
    def deployed(self) -> tuple[Deployed, ...]:
        """Each function whose handler the code has."""
        found = ((function, self.code.handlers.get(function.handler)) for function in self.functions)
        return tuple(
            Deployed(function, handler, tuple(self._dispatched(handler)))
            for function, handler in found
            if handler is not None
        )

    @cached_property
    def loose(self) -> tuple[HandlerFacts, ...]:
        """Decorated functions that no function of serverless.yml comes to."""
        taken = {id(handler) for deployed in self.deployed for handler in deployed.handlers}
        return tuple(handler for handler in self.code.handlers.values() if id(handler) not in taken)

    def deployments(self, handler: HandlerFacts) -> tuple[Deployed, ...]:
        """The functions that `handler` runs in."""
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
    """Where the decorator `name` of this library stands on `handler`; None where it does not."""
    return next((place for each, place in handler.decorators if each == name), None)
