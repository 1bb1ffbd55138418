"""Look up every variable that a service needs, where its functions would look. This neither runs nor deploys code."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pycommon_cli.analysis.facts import ConfigurationFacts, LambdaFunction, ReadingTrouble
from pycommon_cli.analysis.lambda_environment import set_by_lambda
from pycommon_cli.analysis.python import read_code
from pycommon_cli.analysis.service_facts import Service
from pycommon_cli.cli_error import CliError
from pycommon_cli.env.doctor_report import DoctorReport, LookupResult, LookupStatus, VariableReport
from pycommon_cli.env.needed_variables import NeededVariable, needed_variables, unclear_declarations
from pycommon_cli.env.package_patterns import PackagedFiles
from pycommon_cli.env.stage_lookups import (
    DeployedFunction,
    StageDeployment,
    StoredParameter,
    deployed_function,
    look_up,
)
from pycommon_cli.env.variable_origins import PROVIDER, Setting, plain_value, setting_of, without_function


def examine(root: Path, configuration: ConfigurationFacts, client: Callable[[str], Any]) -> DoctorReport:
    """Look up every variable that a service needs at a stage.

    Args:
        root: the project's root. All places in the report are relative to the root.
        configuration: the facts of the service's serverless.yml at the stage.
        client: `client(service)` is a boto3 client for the stage's AWS.

    Raises:
        CliError: a file of the service cannot be read.
    """
    name = _service_name(configuration)
    service = read_packaged_service(root, configuration)
    functions = service.functions or (without_function(configuration),)
    deployed = {each.name: _deployed(each, name, configuration, client) for each in service.functions}
    needed = needed_variables(service, PackagedFiles(configuration), functions)
    search = _Search(configuration, deployed)
    search.parameters = look_up(client("ssm"), search.paths(needed))
    variables = _merged(each for one in needed for each in search.reports(one))
    variables.sort(key=lambda each: list(LookupStatus).index(each.result.status))
    return DoctorReport(name, configuration.folder, deployed, variables, unclear_declarations(service.code))


def read_packaged_service(root: Path, configuration: ConfigurationFacts) -> Service:
    """Read the Python files of a service. Leave out the modules that its package does not contain.

    Raises:
        CliError: a packaged module cannot be read.
    """
    references = {function.handler for function in configuration.functions.values()}
    code = read_code(root / configuration.folder, root, references, all_declarations=True)
    packaged = PackagedFiles(configuration)
    for trouble in code.troubles:
        if not trouble.unclear and trouble.place.path in packaged:
            raise _unreadable(trouble)
    unclear = tuple(each for each in code.unclear_declarations if each.place.path in packaged)
    handlers = {name: each for name, each in code.handlers.items() if each.place.path in packaged}
    return Service(replace(code, handlers=handlers, unclear_declarations=unclear), configuration)


def _service_name(configuration: ConfigurationFacts) -> str:
    for trouble in configuration.troubles:
        # If an osls variable has no value, the report names it for each environment variable that uses it.
        if not trouble.message.startswith("${") or not configuration.service.known:
            raise _unreadable(trouble)
    if not configuration.service.known:
        raise CliError(
            f"The name of the service in {configuration.folder} could not be resolved: {configuration.service}.",
            "Build it of text and of ${self:...}, ${sls:stage} and ${file(...)} variables.",
        )
    return str(configuration.service)


def _unreadable(trouble: ReadingTrouble) -> CliError:
    place, help_text = trouble.place, trouble.help_text
    return CliError(
        f"{place.path}:{place.line}: {trouble.message.rstrip('.')}.",
        f"{help_text[:1].upper()}{help_text[1:].rstrip('.')}." if help_text else "",
    )


def _deployed(
    function: LambdaFunction, service: str, configuration: ConfigurationFacts, client: Callable[[str], Any]
) -> DeployedFunction:
    named = function.deployed_name
    name = str(named) if named is not None and named.known else f"{service}-{configuration.stage}-{function.name}"
    return deployed_function(client("lambda"), name)


def _merged(reports: Iterable[VariableReport]) -> list[VariableReport]:
    """Return the reports. Combine the reports of several handlers into one if variable and result are the same."""
    found: dict[tuple[str, tuple[str, ...], LookupResult], VariableReport] = {}
    for each in reports:
        key = (each.variable, each.functions, each.result)
        first = found.setdefault(key, each)
        if first is not each:
            found[key] = replace(first, needs=(*first.needs, *each.needs))
    return list(found.values())


class _Search:
    """A search that looks up each variable in the same order as a function."""

    def __init__(self, configuration: ConfigurationFacts, deployed: Mapping[str, DeployedFunction]) -> None:
        self._configuration = configuration
        self._deployed = deployed
        self.parameters: Mapping[str, StoredParameter] = {}

    def paths(self, needed: Iterable[NeededVariable]) -> Iterator[str]:
        """Yield every path of Parameter Store that a result may depend on."""
        for each in needed:
            for function in each.functions:
                setting = setting_of(function, each.variable, self._configuration)
                yield from setting.parameters if setting else ()
                if (path := _fallback_path(function, each.variable)) is not None:
                    yield path

    def reports(self, needed: NeededVariable) -> Iterator[VariableReport]:
        """Yield the reports for a variable: one report for all functions that have the same result."""
        by_result: dict[LookupResult, list[str]] = {}
        for function in needed.functions:
            by_result.setdefault(self._result(needed, function), []).append(function.name)
        for result, names in by_result.items():
            yield VariableReport(needed.needs, tuple(filter(None, names)), result)

    def _result(self, needed: NeededVariable, function: LambdaFunction) -> LookupResult:
        if set_by_lambda(needed.variable):
            return LookupResult(LookupStatus.FOUND, "set by Lambda")
        setting = setting_of(function, needed.variable, self._configuration)
        if setting is not None and not setting.empty:
            return self._set(needed.variable, setting, function)
        result = self._not_set(needed.variable, setting, function)
        if result.status is LookupStatus.MISSING and not needed.needs[0].required:
            return LookupResult(LookupStatus.NOT_SET, f"{result.source}; functions run without it")
        return result

    def _set(self, variable: str, setting: Setting, function: LambdaFunction) -> LookupResult:
        if setting.unanswered:
            names = ", ".join(setting.unanswered)
            return LookupResult(
                LookupStatus.MISSING,
                f"{setting.where} refers to {names}, for which no file has a value",
                f"add the value to the file that {names} names; osls refuses to deploy without it",
            )
        missing = self._parameters_with(setting, StoredParameter.MISSING)
        if missing:
            return LookupResult(
                LookupStatus.MISSING,
                f"{setting.where} reads the parameter {', '.join(missing)}, which does not exist",
                "deploy the service that publishes it; osls refuses to deploy without it",
            )
        denied = self._parameters_with(setting, StoredParameter.DENIED)
        if denied:
            return _denied(f"{setting.where} reads", denied)
        notes = [_described(setting, self.parameters), *self._deployment(variable, function)]
        return LookupResult(LookupStatus.FOUND, "; ".join(notes))

    def _parameters_with(self, setting: Setting, state: StoredParameter) -> list[str]:
        return [path for path in setting.parameters if self.parameters[path] is state]

    def _not_set(self, variable: str, setting: Setting | None, function: LambdaFunction) -> LookupResult:
        path = _fallback_path(function, variable)
        at_path = self.parameters[path] if path else StoredParameter.MISSING
        is_deployed = self._is_deployed(variable, function)
        if path and at_path in (StoredParameter.EXISTS, StoredParameter.SECURE_STRING):
            kind = " (SecureString)" if at_path is StoredParameter.SECURE_STRING else ""
            notes = ["the deployed function has a value of its own, which takes precedence"] if is_deployed else []
            return LookupResult(LookupStatus.FOUND, "; ".join([f"Parameter Store, {path}{kind}", *notes]))
        if is_deployed:
            return LookupResult(
                LookupStatus.FOUND, "only in the deployed function, not in serverless.yml: its next deployment drops it"
            )
        if path and at_path is StoredParameter.DENIED:
            return _denied("not in serverless.yml, and the parameter is", [path])
        where = f"empty in {setting.where}" if setting else f"not in serverless.yml ({PROVIDER})"
        file = f"{self._configuration.folder}/serverless.yml"
        if path:
            return LookupResult(
                LookupStatus.MISSING,
                f"{where}, and there is no parameter {path}",
                f"add {variable} to {PROVIDER} in {file}, or create the parameter",
            )
        return LookupResult(
            LookupStatus.MISSING,
            f"{where}; Parameter Store is not searched, because SERVICE_NAME and STAGE are not both plain texts",
            f"add {variable} to {PROVIDER} in {file}",
        )

    def _deployment(self, variable: str, function: LambdaFunction) -> list[str]:
        deployed = self._deployed.get(function.name)
        if deployed is None or deployed.state is not StageDeployment.DEPLOYED:
            return []
        if self._is_deployed(variable, function):
            return ["deployed"]
        return ["not in the deployed function yet: deploy it again"]

    def _is_deployed(self, variable: str, function: LambdaFunction) -> bool:
        deployed = self._deployed.get(function.name)
        return deployed is not None and variable in deployed.variables


def _fallback_path(function: LambdaFunction, variable: str) -> str | None:
    """Return the path in Parameter Store, as `pycommon.env.variable_resolver.parameter_path` builds it."""
    stage, service = plain_value(function, "STAGE"), plain_value(function, "SERVICE_NAME")
    return f"/amplify/{stage}/{service}/{variable}" if stage and service else None


def _described(setting: Setting, parameters: Mapping[str, StoredParameter]) -> str:
    parts = [setting.where]
    for path in setting.parameters:
        secure = parameters[path] is StoredParameter.SECURE_STRING
        parts.append(
            f"parameter {path}" + (" (SecureString: osls writes its plain text into the stack)" if secure else "")
        )
    parts += [f"{each}, not looked up" for each in setting.elsewhere]
    if setting.by_cloudformation:
        parts.append("made by CloudFormation")
    return ", ".join(parts)


def _denied(what: str, paths: list[str]) -> LookupResult:
    return LookupResult(
        LookupStatus.UNKNOWN,
        f"{what} {', '.join(paths)}, which your credentials may not read",
        "use credentials that have ssm:GetParameter on it",
    )
