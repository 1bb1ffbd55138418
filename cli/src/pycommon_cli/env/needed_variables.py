"""List the variables that a service needs, and the functions that need them."""

from collections.abc import Iterator
from dataclasses import dataclass

from pycommon_cli.analysis.facts import CodeFacts, LambdaFunction, ReadingTrouble
from pycommon_cli.analysis.handler_needs import Need, declared_needs, library_needs, needs_of_declaration
from pycommon_cli.analysis.service_facts import Service
from pycommon_cli.env.package_patterns import PackagedFiles


@dataclass(frozen=True, slots=True)
class NeededVariable:
    """One variable that one handler needs for one reason, and the functions that run the handler."""

    needs: tuple[Need, ...]
    functions: tuple[LambdaFunction, ...]

    @property
    def variable(self) -> str:
        """The variable's name."""
        return self.needs[0].variable


def needed_variables(
    service: Service, packaged: PackagedFiles, functions: tuple[LambdaFunction, ...]
) -> list[NeededVariable]:
    """Return the variables that the packaged modules declare, and then the variables that the library needs.

    Args:
        service: the service.
        packaged: the files of the service's package.
        functions: all functions of the service. If a declaration belongs to no function, all functions need it.
    """
    handlers = [each for each in service.code.handlers.values() if each.place.path in packaged]
    handlers.sort(key=lambda each: each.place)
    concerned = [tuple(each.function for each in service.deployments(handler)) or functions for handler in handlers]
    found = [
        each
        for handler, running in zip(handlers, concerned, strict=True)
        for each in _by_variable(declared_needs(handler), running)
    ]
    others = (each for each in service.code.other_declarations if each.place.path in packaged)
    found += [NeededVariable(tuple(needs_of_declaration(each)), functions) for each in others]
    for handler, running in zip(handlers, concerned, strict=True):
        found += _by_variable(iter(library_needs(handler)), running)
    return found


def unclear_declarations(code: CodeFacts) -> list[ReadingTrouble]:
    """Return the declarations whose content cannot be known without running the code, one for each place."""
    found = {each.place: each for each in code.unclear_declarations}
    declared = [each for handler in code.handlers.values() for each in handler.declared or ()]
    for variable in (*declared, *code.other_declarations):
        for name in variable.unknown_operations:
            enum, _, member = name.rpartition(".")
            what = f"{enum or 'resource_perms'} has no member {member}: the module cannot be imported"
            found.setdefault(variable.place, ReadingTrouble(variable.place, what))
    return sorted(found.values(), key=lambda each: each.place)


def _by_variable(needs: Iterator[Need], functions: tuple[LambdaFunction, ...]) -> Iterator[NeededVariable]:
    grouped: dict[str, list[Need]] = {}
    for need in needs:
        grouped.setdefault(need.variable, []).append(need)
    for found in grouped.values():
        yield NeededVariable(tuple(found), functions)
