"""Whether a service finds every variable that it declares, told without running or deploying it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from pycommon.authz.authentication_settings import ALWAYS_NEEDED, LIBRARY_DECLARATION
from pycommon_cli.analysis.lambda_environment import set_by_lambda
from pycommon_cli.env.declared import Declarations, Place, Unclear, read_declarations
from pycommon_cli.env.modules import Modules
from pycommon_cli.env.package_patterns import functions, packaged_modules
from pycommon_cli.env.stage_lookups import (
    DeployedFunction,
    StageDeployment,
    StoredParameter,
    deployed_function,
    look_up,
)
from pycommon_cli.env.variable_origins import PROVIDER, FunctionSettings, Setting, function_settings
from pycommon_cli.local.serverless_file import ServerlessFile

_USAGE_TABLE = "USAGE_METRICS_DYNAMO_TABLE"
_RECORD_TABLE = "ENV_VARS_TRACKING_TABLE"


class Status(StrEnum):
    """How it stands with a variable, the best first."""

    FOUND = "found"
    NOT_SET = "not set"
    UNKNOWN = "unknown"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Need:
    """A variable that somebody needs.

    Attributes:
        by: the decorator that says so.
        places: where that stands.
        operations: the members declared with it.
        optional: whether functions run without it.
    """

    variable: str
    by: str
    places: tuple[Place, ...]
    operations: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of looking for one variable: where it is, or why not and what to do."""

    status: Status
    source: str
    help_text: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer for one variable, and the functions for which it holds; none where the service has none."""

    need: Need
    functions: tuple[str, ...]
    answer: Answer


@dataclass(frozen=True, slots=True)
class Function:
    """One function: as serverless.yml has it, and as it is deployed."""

    key: str
    handler: str
    settings: FunctionSettings
    deployed: DeployedFunction | None


@dataclass(slots=True)
class DoctorReport:
    """All that the doctor found.

    Attributes:
        folder: the service folder, as seen from the project's root.
        findings: by how it stands, what is missing last.
        unclear: declarations that the text of the modules does not tell.
    """

    service: str
    folder: str
    functions: list[Function]
    findings: list[Finding] = field(default_factory=list)
    unclear: list[Unclear] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether all that is needed is known, and found."""
        bad = {Status.UNKNOWN, Status.MISSING}
        return not self.unclear and all(finding.answer.status not in bad for finding in self.findings)


def examine(root: Path, folder: Path, file: ServerlessFile, stage: str, client: Callable[[str], Any]) -> DoctorReport:
    """Look for every variable that the service in `folder` needs at `stage`.

    Args:
        root: The project's root, from which places are told.
        folder: The service folder.
        file: Its serverless.yml at that stage.
        stage: The stage's name.
        client: `client(service)` is a boto3 client for the stage's AWS.
    """
    declared = read_declarations(Modules(folder, packaged_modules(folder, file)))
    service = file.service()
    known = list(_functions(file, service, stage, client))
    shown = folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.name
    search = _Search(shown, known or [_no_function(file)])
    needs = _needs(declared)
    search.parameters = look_up(client("ssm"), search.paths(needs))
    findings = _together(finding for need in needs for finding in search.findings(need))
    findings.sort(key=lambda finding: list(Status).index(finding.answer.status))
    return DoctorReport(service, shown, known, findings, declared.unclear)


def _functions(file: ServerlessFile, service: str, stage: str, client: Callable[[str], Any]) -> Iterator[Function]:
    for key, function in functions(file).items():
        named = file.resolved(function.get("name"))
        name = named if isinstance(named, str) and "${" not in named else f"{service}-{stage}-{key}"
        handler = file.resolved(function.get("handler"))
        deployed = deployed_function(client("lambda"), name)
        yield Function(
            key, handler if isinstance(handler, str) else "", function_settings(file, key, function), deployed
        )


def _no_function(file: ServerlessFile) -> Function:
    return Function("", "", function_settings(file, None, {}), None)


def _needs(declared: Declarations) -> list[Need]:
    """What the service declares, then what the library needs for it."""
    needs: dict[tuple[str, str], Need] = {}
    for each in declared.variables:
        # A handler's own environment holds for it alone, so its needs are looked for by themselves.
        key = (each.variable, f"{each.place.module}.{each.place.function}")
        before = needs.get(key)
        places = (*before.places, each.place) if before else (each.place,)
        operations = dict.fromkeys([*(before.operations if before else ()), *each.operations])
        needs[key] = Need(each.variable, "required_env_vars", places, tuple(operations))
    return [*needs.values(), *_library_needs(declared)]


def _library_needs(declared: Declarations) -> Iterator[Need]:
    if declared.validated:
        for variable, operations in LIBRARY_DECLARATION.variables.items():
            members, optional = tuple(map(str, operations)), variable not in ALWAYS_NEEDED
            yield Need(variable, "validated", tuple(declared.validated), members, optional)
        return  # it meters and records too
    if declared.track_execution:
        yield Need(_USAGE_TABLE, "track_execution", tuple(declared.track_execution))
    if declared.variables:
        yield Need(_RECORD_TABLE, "required_env_vars", (declared.variables[0].place,), optional=True)


def _together(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for a variable that several declare, where the answer is the same."""
    found: dict[tuple[str, tuple[str, ...], Answer], Finding] = {}
    for each in findings:
        key = (each.need.variable, each.functions, each.answer)
        first = found.setdefault(key, each)
        if first is not each:
            places = dict.fromkeys([*first.need.places, *each.need.places])
            operations = dict.fromkeys([*first.need.operations, *each.need.operations])
            need = replace(first.need, places=tuple(places), operations=tuple(operations))
            found[key] = replace(first, need=need)
    return list(found.values())


class _Search:
    """Looks each variable up where a function would, in the same order."""

    def __init__(self, folder: str, known: list[Function]) -> None:
        self._folder = folder
        self._functions = known
        self.parameters: Mapping[str, StoredParameter] = {}

    def paths(self, needs: Iterable[Need]) -> Iterator[str]:
        """Every path of Parameter Store that an answer may rest on."""
        for need in needs:
            for function in self._concerned(need):
                setting = function.settings.settings.get(need.variable)
                yield from setting.parameters if setting else ()
                if (path := _fallback(function, need.variable)) is not None:
                    yield path

    def findings(self, need: Need) -> Iterator[Finding]:
        """One finding for all functions with the same answer."""
        by_answer: dict[Answer, list[str]] = {}
        for function in self._concerned(need):
            by_answer.setdefault(self._answer(need, function), []).append(function.key)
        for answer, keys in by_answer.items():
            yield Finding(need, tuple(filter(None, keys)), answer)

    def _concerned(self, need: Need) -> list[Function]:
        """The functions whose handler it is; for a helper, all: the text does not tell which of them come to it."""
        handlers = {f"{place.path.removesuffix('.py')}.{place.function}" for place in need.places}
        return [function for function in self._functions if function.handler in handlers] or self._functions

    def _answer(self, need: Need, function: Function) -> Answer:
        if set_by_lambda(need.variable):
            return Answer(Status.FOUND, "set by Lambda")
        setting = function.settings.settings.get(need.variable)
        if setting is not None and not setting.empty:
            answer = self._set(need, setting, function)
        else:
            answer = self._not_set(need, setting, function)
        if need.optional and answer.status is Status.MISSING and (setting is None or setting.empty):
            return Answer(Status.NOT_SET, f"{answer.source}; functions run without it")
        return answer

    def _set(self, need: Need, setting: Setting, function: Function) -> Answer:
        if setting.unanswered:
            names = ", ".join(setting.unanswered)
            return Answer(
                Status.MISSING,
                f"{setting.where} refers to {names}, which no file answers",
                f"write it into the file that {names} names; osls refuses to deploy without it",
            )
        missing = [path for path in setting.parameters if self.parameters[path] is StoredParameter.MISSING]
        if missing:
            return Answer(
                Status.MISSING,
                f"{setting.where} reads the parameter {', '.join(missing)}, which does not exist",
                "deploy the service that publishes it; osls refuses to deploy without it",
            )
        denied = [path for path in setting.parameters if self.parameters[path] is StoredParameter.DENIED]
        if denied:
            return _denied(f"{setting.where} reads", denied)
        return Answer(Status.FOUND, "; ".join([_described(setting, self.parameters), *_deployed(need, function)]))

    def _not_set(self, need: Need, setting: Setting | None, function: Function) -> Answer:
        path = _fallback(function, need.variable)
        at_path = self.parameters[path] if path else StoredParameter.MISSING
        deployed = _has(function, need.variable)
        if path and at_path in (StoredParameter.EXISTS, StoredParameter.SECURE_STRING):
            kind = " (SecureString)" if at_path is StoredParameter.SECURE_STRING else ""
            notes = ["the deployed function has a value of its own, which comes first"] if deployed else []
            return Answer(Status.FOUND, "; ".join([f"Parameter Store, {path}{kind}", *notes]))
        if deployed:
            return Answer(
                Status.FOUND, "only in the deployed function, not in serverless.yml: its next deployment drops it"
            )
        if path and at_path is StoredParameter.DENIED:
            return _denied("it is not in serverless.yml, and in Parameter Store at", [path])
        where = f"set to nothing in {setting.where}" if setting else f"not in serverless.yml ({PROVIDER})"
        if path:
            return Answer(
                Status.MISSING,
                f"{where}, and there is no parameter {path}",
                f"add {need.variable} to {PROVIDER} in {self._folder}/serverless.yml, or put the parameter there",
            )
        return Answer(
            Status.MISSING,
            f"{where}; Parameter Store is not asked, as SERVICE_NAME and STAGE are not both plainly set",
            f"add {need.variable} to {PROVIDER} in {self._folder}/serverless.yml",
        )


def _fallback(function: Function, variable: str) -> str | None:
    """Return the path that `pycommon.env.variable_resolver.parameter_path` reads in Parameter Store."""
    stage, service = function.settings.stage, function.settings.service_name
    return f"/amplify/{stage}/{service}/{variable}" if stage and service else None


def _described(setting: Setting, parameters: Mapping[str, StoredParameter]) -> str:
    parts = [setting.where]
    for path in setting.parameters:
        secure = parameters[path] is StoredParameter.SECURE_STRING
        parts.append(
            f"parameter {path}" + (" (SecureString: osls writes its plain text into the stack)" if secure else "")
        )
    parts += [f"{each}, not looked at" for each in setting.elsewhere]
    if setting.by_cloudformation:
        parts.append("made by CloudFormation")
    return ", ".join(parts)


def _deployed(need: Need, function: Function) -> list[str]:
    if function.deployed is None or function.deployed.state is not StageDeployment.DEPLOYED:
        return []
    return ["deployed" if _has(function, need.variable) else "not in the deployed function yet: deploy it again"]


def _has(function: Function, variable: str) -> bool:
    return function.deployed is not None and variable in function.deployed.variables


def _denied(what: str, paths: list[str]) -> Answer:
    return Answer(
        Status.UNKNOWN,
        f"{what} {', '.join(paths)}, which your credentials may not read",
        "take credentials with ssm:GetParameter on it",
    )
