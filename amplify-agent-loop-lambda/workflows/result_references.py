"""Insert results of earlier steps into arguments of later steps: `{"$result": {"step": "count", "path": "/words"}}`.

An object whose only member is `$result` is a reference. Its value is the result of the step with this id, or the part
of the result at `path`, a JSON pointer (RFC 6901). A reference replaces a whole value, never a part of a text. There
are no expressions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workflows.json_nesting import MAX_DEPTH, is_nested_too_deeply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["ReferenceFault", "ResultReference", "find_references", "resolve"]

_KEY = "$result"
_POINTER = re.compile(r"(/([^~/]|~[01])*)*")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")


class ReferenceFault(Exception):  # noqa: N818 - a fault of the arguments, like the faults that a schema finds
    """A reference is malformed, or has no value. `pointer` is the place of the reference in the arguments."""

    def __init__(self, pointer: str, message: str) -> None:
        super().__init__(message)
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class ResultReference:
    """One reference to the result of an earlier step.

    Attributes:
        pointer: the place of the reference in the arguments.
        step: the id of the earlier step.
        path: the JSON pointer to a part of the earlier step's result; "" for the whole result.
    """

    pointer: str
    step: str
    path: str

    def of(self, result: Any) -> Any:
        """Return the part of `result` at `path`.

        Raises:
            ReferenceFault: the result has no such part.
        """
        value = result
        for token in self.path.split("/")[1:]:
            name = token.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and name in value:
                value = value[name]
            elif isinstance(value, list) and _INDEX.fullmatch(name) and int(name) < len(value):
                value = value[int(name)]
            else:
                raise ReferenceFault(self.pointer, f'the result of step "{self.step}" has no {self.path}')
        return value


def find_references(arguments: Any) -> Iterator[ResultReference]:
    """Return every reference in the arguments of a step.

    Raises:
        ReferenceFault: a reference is malformed, or the arguments are nested too deeply.
    """
    if is_nested_too_deeply(arguments):
        raise ReferenceFault("", f"is nested more than {MAX_DEPTH} levels deep")
    yield from _find(arguments, "")


def resolve(arguments: Any, result_of: Callable[[ResultReference], Any]) -> Any:
    """Return the arguments with each reference replaced by its value.

    Example:
        >>> resolve({"count": {"$result": {"step": "a", "path": "/n"}}}, lambda reference: {"n": 3})
        {'count': 3}

    Raises:
        ReferenceFault: a reference has no value.
    """
    return _resolve(arguments, "", result_of)


def _find(value: Any, pointer: str) -> Iterator[ResultReference]:
    reference = _reference(value, pointer)
    if reference is not None:
        yield reference
        return
    for name, inner in _members(value):
        yield from _find(inner, f"{pointer}/{name}")


def _resolve(value: Any, pointer: str, result_of: Callable[[ResultReference], Any]) -> Any:
    reference = _reference(value, pointer)
    if reference is not None:
        return reference.of(result_of(reference))
    resolved = [(name, _resolve(inner, f"{pointer}/{name}", result_of)) for name, inner in _members(value)]
    if isinstance(value, dict):
        return dict(zip(value, (inner for _, inner in resolved), strict=True))
    return [inner for _, inner in resolved] if isinstance(value, list) else value


def _members(value: Any) -> list[tuple[str, Any]]:
    """Return the members of an object or a list, each with its name in a JSON pointer."""
    if isinstance(value, dict):
        return [(name.replace("~", "~0").replace("/", "~1"), inner) for name, inner in value.items()]
    return [(str(index), inner) for index, inner in enumerate(value)] if isinstance(value, list) else []


def _reference(value: Any, pointer: str) -> ResultReference | None:
    if not isinstance(value, dict) or value.keys() != {_KEY}:
        return None
    described = value[_KEY]
    step = described.get("step") if isinstance(described, dict) else None
    path = described.get("path", "") if isinstance(described, dict) else None
    if not isinstance(step, str) or not isinstance(path, str) or not described.keys() <= {"step", "path"}:
        raise ReferenceFault(pointer, f'{_KEY} must be {{"step": "<id of an earlier step>", "path": "/json/pointer"}}')
    if not _POINTER.fullmatch(path):
        raise ReferenceFault(pointer, f"the path of {_KEY} must be a JSON pointer (RFC 6901), such as /words/0")
    return ResultReference(pointer, step, path)
