"""The functions of Python's own library that matter here, and what is done about all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon.check.code.aws.atoms import SdkAtom
from pycommon.check.code.interpreter.call import Call
from pycommon.check.code.interpreter.registrations import LIBRARY
from pycommon.check.code.values import (
    NONE,
    NOTHING,
    TRUE_OR_FALSE,
    UNKNOWN,
    Atom,
    Bound,
    Class,
    Const,
    Env,
    External,
    FieldDefault,
    Function,
    Instance,
    Mapping,
    Mixed,
    ModuleValue,
    Partial,
    Sequence,
    Super,
    Value,
    const,
    join,
    one,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon.check.code.interpreter.calls import Calls

__all__ = ["EXTERNALS", "call_unknown"]


def call_unknown(machine: Calls, name: str, call: Call) -> Value:
    """A function from elsewhere. It may call the functions that it is given, with the arguments that follow them."""
    for index, value in enumerate(call.positional):
        if _callable(value):
            following = call.positional[index + 1 :]
            if name.rpartition(".")[2] in ("map", "imap", "imap_unordered", "starmap", "filter"):
                following = [machine.members_of(each) or UNKNOWN for each in following]
            machine.call_back(value, Call(call.node, call.place, following, _passed_on(call), call.rest, call.open))
    for keyword, value in call.keywords.items():
        if _callable(value):
            machine.call_back(value, _of_thread(machine, call) if keyword == "target" else Call(call.node, call.place))
    return UNKNOWN


def _callable(value: Value) -> bool:
    return any(isinstance(atom, Function | Partial) or (isinstance(atom, Bound) and _runs(atom)) for atom in value)


def _runs(bound: Bound) -> bool:
    return bound.function is not None or isinstance(bound.receiver, SdkAtom)


def _passed_on(call: Call) -> dict[str, Value]:
    return {name: value for name, value in call.keywords.items() if not _callable(value)}


def _of_thread(machine: Calls, call: Call) -> Call:
    """`Thread(target=f, args=(...), kwargs={...})`."""
    positional = machine.known_members(call.keywords.get("args", NOTHING)) or []
    passed = Call(call.node, call.place, positional)
    for atom in call.keywords.get("kwargs", NOTHING):
        if isinstance(atom, Mapping):
            passed.keywords |= {str(key.value): value for key, value in atom.entries.items() if isinstance(key, Const)}
    return passed


# The environment


def _getenv(machine: Calls, call: Call) -> Value:
    value = machine.read_variable(call.given(0, "key"), call.node, optional=True)
    return join(value, call.argument(1, "default") or NONE)


def _environ_item(machine: Calls, call: Call) -> Value:
    return machine.read_variable(call.given(0), call.node, optional=False)


def _whole_environment(_: Calls, __: Call) -> Value:
    return one(External("os.environ"))


def _same(_: Calls, call: Call) -> Value:
    """What gives back what it is given, for all that matters here: `str`, `cast`, `deepcopy`, decorators that keep."""
    return call.given(0) or UNKNOWN


def _bool(machine: Calls, call: Call) -> Value:
    truth = machine.truth(call.given(0))
    return TRUE_OR_FALSE if truth is None else const(truth)


def _second(_: Calls, call: Call) -> Value:
    return call.given(1, "val") or UNKNOWN


def _decoded(_: Calls, call: Call) -> Value:
    return frozenset(atom for atom in call.given(0) if isinstance(atom, Env)) or UNKNOWN


# Functions of functions


def _partial(_: Calls, call: Call) -> Value:
    return one(Partial(call.given(0), tuple(call.positional[1:]), tuple(call.keywords.items())))


def _keeping(_: Calls, call: Call) -> Value:
    """`lru_cache`, bare or with arguments; `wraps(f)`."""
    given = call.given(0)
    return (
        given if _callable(given) or any(isinstance(atom, Class) for atom in given) else one(External("builtins.same"))
    )


def _wraps(_: Calls, __: Call) -> Value:
    return one(External("builtins.same"))


def _map(machine: Calls, call: Call) -> Value:
    members = [machine.members_of(each) or UNKNOWN for each in call.positional[1:]]
    result = machine.call(call.given(0), Call(call.node, call.place, members))
    return one(machine.sequence(call.node, [], result or UNKNOWN))


def _filter(machine: Calls, call: Call) -> Value:
    members = machine.members_of(call.given(1))
    machine.call_back(call.given(0), Call(call.node, call.place, [members or UNKNOWN]))
    return one(machine.sequence(call.node, [], members or UNKNOWN))


def _reduce(machine: Calls, call: Call) -> Value:
    members = machine.members_of(call.given(1))
    return machine.call(call.given(0), Call(call.node, call.place, [join(call.given(2), members), members]))


# Containers


def _listed(machine: Calls, call: Call) -> Value:
    given = call.given(0)
    machine.call_back(call.given(-1, "key"), Call(call.node, call.place, [machine.members_of(given) or UNKNOWN]))
    known = machine.known_members(given)
    if known is not None:
        made = machine.sequence(call.node, known)
        made.places.extend(place for atom in given if isinstance(atom, Sequence) for place in atom.places)
        return one(made)
    if enums := [atom for atom in given if isinstance(atom, External)]:
        return frozenset(enums)  # list(DynamoDBOperation): told where it is declared
    return one(machine.sequence(call.node, [], machine.members_of(given) or (UNKNOWN if call.positional else NOTHING)))


def _mapped(machine: Calls, call: Call) -> Value:
    given = call.given(0)
    if any(atom == External("os.environ") for atom in given):
        return given
    made = machine.mapping(call.node, {Const(name): value for name, value in call.keywords.items()})
    machine.merge(made, given)
    for pair in machine.known_members(given) or () if not any(isinstance(atom, Mapping) for atom in given) else ():
        members = machine.known_members(pair)
        if members is not None and len(members) == 2:  # noqa: PLR2004 - key and value
            keys = [atom for atom in members[0] if isinstance(atom, Const | Env | Mixed)]
            machine.add_entries(made, dict.fromkeys(keys, members[1]), NOTHING if keys else members[1])
    if call.open:
        machine.add_entries(made, {}, UNKNOWN)
    return one(made)


def _defaultdict(machine: Calls, call: Call) -> Value:
    made = machine.mapping(call.node, {Const(name): value for name, value in call.keywords.items()})
    machine.merge(made, call.given(1))
    machine.add_entries(made, {}, machine.call(call.given(0), Call(call.node, call.place)))
    return one(made)


def _fromkeys(machine: Calls, call: Call) -> Value:
    known = machine.known_members(call.given(0))
    value = call.given(1) or NONE
    entries: dict[Atom, Value] = {
        atom: value for member in known or () for atom in member if isinstance(atom, Const | Env | Mixed)
    }
    made = machine.mapping(call.node, entries, NOTHING if known is not None else value)
    for atom in call.given(0):
        if isinstance(atom, Sequence):
            made.places |= {key: place for key, place in zip(entries, atom.places, strict=False) if place is not None}
    return one(made)


def _enumerate(machine: Calls, call: Call) -> Value:
    known = machine.known_members(call.given(0))
    members = [machine.members_of(call.given(0)) or UNKNOWN] if known is None else known
    pairs = [
        one(machine.sequence(call.node, [UNKNOWN, member], label=f"pair{index}"))
        for index, member in enumerate(members)
    ]
    return one(
        machine.sequence(call.node, pairs) if known is not None else machine.sequence(call.node, [], join(*pairs))
    )


def _zip(machine: Calls, call: Call) -> Value:
    known = [machine.known_members(each) for each in call.positional]
    if all(each is not None for each in known) and known:
        rows = [
            one(machine.sequence(call.node, list(row), label=f"row{index}"))
            for index, row in enumerate(zip(*[each or [] for each in known], strict=False))
        ]
        return one(machine.sequence(call.node, rows))
    row = one(
        machine.sequence(call.node, [machine.members_of(each) or UNKNOWN for each in call.positional], label="row")
    )
    return one(machine.sequence(call.node, [], row))


def _next(machine: Calls, call: Call) -> Value:
    return join(machine.members_of(call.given(0)), call.given(1)) or UNKNOWN


def _range(machine: Calls, call: Call) -> Value:
    return one(machine.sequence(call.node, [], UNKNOWN))


def _chain(machine: Calls, call: Call) -> Value:
    return one(machine.sequence(call.node, [], join(*[machine.members_of(each) for each in call.positional])))


# Reflection


def _getattr(machine: Calls, call: Call) -> Value:
    names = texts(call.given(1))
    found = [machine.attribute(atom, name, call.node) for atom in call.given(0) for name in names]
    return join(*found, call.given(2)) or UNKNOWN


def _setattr(machine: Calls, call: Call) -> Value:
    for atom in call.given(0):
        for name in texts(call.given(1)):
            machine.set_attribute(atom, name, call.given(2))
    return NONE


def _super(machine: Calls, _: Call) -> Value:
    function = machine.current.function
    while function is not None and function.owner is None:
        function = function.parent.function
    if function is None or function.owner is None:
        return UNKNOWN
    first = next(iter((*function.node.args.posonlyargs, *function.node.args.args)), None)
    receiver = machine.look_up(first.arg) if first is not None else NOTHING
    atoms = [atom for atom in receiver if isinstance(atom, Instance | Class)]
    return frozenset(Super(atom, function.owner) for atom in atoms) or UNKNOWN


def _type(_: Calls, call: Call) -> Value:
    return frozenset(atom.of for atom in call.given(0) if isinstance(atom, Instance)) or UNKNOWN


def _field(_: Calls, call: Call) -> Value:
    factory = call.given(-1, "default_factory", "factory")
    return one(FieldDefault(call.given(-1, "default"), factory))


def _record(_: Calls, call: Call) -> Value:
    """`@dataclass`, bare or called: it is told by its name where a class is defined."""
    return call.given(0) or one(External("dataclasses.dataclass"))


def _import_module(machine: Calls, call: Call) -> Value:
    found = []
    for name in texts(call.given(0, "name")):
        context = machine.module(name)
        if context is None:
            found.append(one(External(name)))
        else:
            machine.current.effects.calls[context, call.place] = None
            found.append(one(ModuleValue(context)))
    return join(*found) or UNKNOWN


def _path_join(_: Calls, call: Call) -> Value:
    return call.given(0) or UNKNOWN


def _namespace(machine: Calls, call: Call) -> Value:
    return one(machine.mapping(call.node, {Const(name): value for name, value in call.keywords.items()}))


def _run(_: Calls, call: Call) -> Value:
    """`asyncio.run(main())`: the coroutine was called already."""
    return call.given(0) or UNKNOWN


def _gather(machine: Calls, call: Call) -> Value:
    return one(machine.sequence(call.node, list(call.positional), call.rest))


def _decouple(machine: Calls, call: Call) -> Value:
    default = call.argument(-1, "default")
    value = machine.read_variable(call.given(0), call.node, optional=default is not None)
    return join(value, default or NOTHING)


EXTERNALS: dict[str, Callable[[Calls, Call], Value]] = {
    **LIBRARY,
    "asyncio.gather": _gather,
    "asyncio.run": _run,
    "builtins.bool": _bool,
    "builtins.dict": _mapped,
    "builtins.dict.fromkeys": _fromkeys,
    "builtins.enumerate": _enumerate,
    "builtins.filter": _filter,
    "builtins.frozenset": _listed,
    "builtins.getattr": _getattr,
    "builtins.iter": _same,
    "builtins.list": _listed,
    "builtins.map": _map,
    "builtins.next": _next,
    "builtins.range": _range,
    "builtins.reversed": _listed,
    "builtins.same": _same,
    "builtins.set": _listed,
    "builtins.setattr": _setattr,
    "builtins.sorted": _listed,
    "builtins.str": _same,
    "builtins.super": _super,
    "builtins.tuple": _listed,
    "builtins.type": _type,
    "builtins.zip": _zip,
    "collections.OrderedDict": _mapped,
    "collections.defaultdict": _defaultdict,
    "collections.deque": _listed,
    "contextlib.asynccontextmanager": _same,
    "contextlib.closing": _same,
    "contextlib.contextmanager": _same,
    "contextlib.nullcontext": _same,
    "copy.copy": _same,
    "copy.deepcopy": _same,
    "attr.define": _record,
    "attr.s": _record,
    "attrs.define": _record,
    "attrs.frozen": _record,
    "dataclasses.dataclass": _record,
    "dataclasses.field": _field,
    "decouple.config": _decouple,
    "functools.cache": _keeping,
    "functools.lru_cache": _keeping,
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "functools.reduce": _reduce,
    "functools.wraps": _wraps,
    "importlib.import_module": _import_module,
    "itertools.chain": _chain,
    "json.loads": _decoded,
    "orjson.loads": _decoded,
    "os.environ.__getitem__": _environ_item,
    "os.environ.copy": _whole_environment,
    "os.environ.get": _getenv,
    "os.environ.pop": _getenv,
    "os.environ.setdefault": _getenv,
    "os.getenv": _getenv,
    "os.path.join": _path_join,
    "pathlib.Path": _same,
    "pycommon.execution_environment.per_execution_environment": _keeping,
    "pydantic.Field": _field,
    "pydantic.dataclasses.dataclass": _record,
    "types.MappingProxyType": _same,
    "types.SimpleNamespace": _namespace,
    "typing.cast": _second,
}
