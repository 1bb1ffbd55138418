"""Check and register declarations: the variables of a function, and the AWS operations that use each variable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from pycommon.dal.providers.aws.resource_perms import AWSOperation
from pycommon.exceptions import DeclarationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Declaration", "declarations", "declare", "declare_for_library"]


class Declaration:
    """The declaration of one function. A declaration is equal only to itself.

    Attributes:
        function: the name of the declaring function, as `module.qualname`.
        variables: the AWS operations of each variable. A variable that names no AWS resource has no operations.
        by_library: whether the library itself declares the variables. Services do not declare such variables.
    """

    __slots__ = ("by_library", "function", "variables")

    def __init__(
        self, function: str, variables: Mapping[str, tuple[AWSOperation, ...]], *, by_library: bool = False
    ) -> None:
        self.function: Final = function
        self.variables: Final = variables
        self.by_library: Final = by_library

    def __repr__(self) -> str:
        """Show the declaration."""
        return f"Declaration({self.function!r}, {self.variables!r}, by_library={self.by_library})"

    @property
    def actions(self) -> dict[str, tuple[str, ...]]:
        """Return the sorted IAM actions that the operations of each variable need."""
        return {
            name: tuple(sorted({action for operation in operations for action in operation.actions}))
            for name, operations in self.variables.items()
        }


class _Declarations:
    """The declarations of this process, in the order of the imports."""

    def __init__(self) -> None:
        self.declared: list[Declaration] = []


_all = _Declarations()


def declarations() -> Iterator[Declaration]:
    """Yield the declarations of all modules that have been imported.

    Example:
        >>> sorted({name for declaration in declarations() for name in declaration.variables})
    """
    yield from _all.declared


def declare(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Declaration:
    """Check the arguments of `@required_env_vars` on `function` and register the declaration.

    Raises:
        DeclarationError: a name cannot be the name of a variable, or a value is not an operation.
    """
    where = f"{function.__module__}.{getattr(function, '__qualname__', repr(function))}"
    declaration = Declaration(where, _variables(arguments, where))
    _all.declared.append(declaration)
    return declaration


def declare_for_library(module: str, variables: Mapping[str, tuple[AWSOperation, ...]]) -> Declaration:
    """Register the variables and operations that a module of the library itself uses."""
    declaration = Declaration(module, variables, by_library=True)
    _all.declared.append(declaration)
    return declaration


def _variables(arguments: tuple[Any, ...], where: str) -> dict[str, tuple[AWSOperation, ...]]:
    if len(arguments) == 1 and isinstance(arguments[0], Mapping):
        declared: Mapping[Any, Any] = arguments[0]
    elif arguments and all(isinstance(name, str) for name in arguments):
        declared = dict.fromkeys(arguments, ())
    else:
        raise DeclarationError(
            f'@required_env_vars on {where}: expected one dict {{"VARIABLE": [operations]}} or names, '
            f"found {_kinds(arguments)}"
        )
    return {_name(name, where): _operations(name, operations, where) for name, operations in declared.items()}


def _name(name: Any, where: str) -> str:
    if isinstance(name, str) and name.isascii() and name.isidentifier() and not name.startswith("_"):
        return name
    raise DeclarationError(
        f"@required_env_vars on {where}: {name!r} cannot be the name of a Lambda environment variable; "
        "it must begin with a letter, and contain only letters, digits and underscores"
    )


def _operations(name: str, operations: Any, where: str) -> tuple[AWSOperation, ...]:
    if isinstance(operations, str) or not isinstance(operations, Sequence | set | frozenset):
        raise DeclarationError(
            f"@required_env_vars on {where}: the operations of {name} must be a list, "
            f"found {type(operations).__name__}; write [] if the variable is plain configuration"
        )
    for operation in operations:
        if not isinstance(operation, AWSOperation):
            raise DeclarationError(
                f"@required_env_vars on {where}: {operation!r} under {name} is not an operation; use a member of an "
                "enum of pycommon.dal.providers.aws.resource_perms, e.g. DynamoDBOperation.GET_ITEM"
            )
    return tuple(dict.fromkeys(operations))


def _kinds(arguments: tuple[Any, ...]) -> str:
    return ", ".join(type(argument).__name__ for argument in arguments) or "nothing"
