"""Read a service's serverless.yml, with every file that it includes, for one stage."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import ConfigurationFacts, Grant, LambdaFunction, Place, TemplateResource, Text
from pycommon_cli.analysis.serverless.cloudformation_functions import CloudFormationTemplate, is_function
from pycommon_cli.analysis.serverless.configuration_files import Files
from pycommon_cli.analysis.serverless.document_nodes import (
    MappingEntry,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    keyed,
    text_in,
)
from pycommon_cli.analysis.serverless.function_events import events_of
from pycommon_cli.analysis.serverless.function_roles import Roles
from pycommon_cli.analysis.serverless.merged_sections import merged
from pycommon_cli.analysis.serverless.osls_grants import event_grants, function_grants, log_grants, marked
from pycommon_cli.analysis.serverless.osls_names import log_group, made_by_osls
from pycommon_cli.analysis.serverless.plain_text_secrets import secrets_in
from pycommon_cli.analysis.serverless.policy_grants import evaluated
from pycommon_cli.analysis.serverless.reading_troubles import Troubles
from pycommon_cli.analysis.serverless.symbolic_text import joined, literal
from pycommon_cli.analysis.serverless.variables.variable_evaluation import VariableEvaluation, spelled

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["FILE_NAMES", "read_configuration"]

FILE_NAMES = ("serverless.yml", "serverless.yaml", "serverless.json")
"""The file names under which the Serverless Framework (osls) finds a configuration. osls uses the first that exists."""

_NO_OPTIONS: Mapping[str, str] = MappingProxyType({})


def read_configuration(
    folder: Path, root: Path, stage: str, options: Mapping[str, str] = _NO_OPTIONS
) -> ConfigurationFacts:
    """Read the serverless.yml of a service. The reader does not run code and does not call AWS.

    Args:
        folder: the service folder.
        root: the folder to which the paths in the result are relative.
        stage: the stage, for `${sls:stage}`.
        options: more command-line options of osls, e.g. {"region": "eu-west-1"}, for `${opt:...}`.

    Returns:
        The content of the configuration. `troubles` lists the parts that cannot be read. All other parts are complete.

    Example:
        >>> configuration = read_configuration(Path("amplify-lambda"), Path("."), "dev")
        >>> str(configuration.functions["upload"].environment["FILES_DYNAMO_TABLE"])
        'amplify-main-files-dev-files'
    """
    troubles = Troubles()
    files = Files(root, folder, troubles)
    name = next((name for name in FILE_NAMES if (folder / name).is_file()), FILE_NAMES[0])
    shown = files.shown(folder / name)
    document = files.content(name)
    if isinstance(document, MappingNode):
        return _Reading(document, files, stage, options).configuration()
    if document is None:
        troubles.note(Place(shown, 1), "There is no such file", "Name a folder with a serverless.yml.")
    elif isinstance(document, Node):
        troubles.note(document.place, "The file is not a mapping; expected `service`, `provider`, `functions`")
    return ConfigurationFacts(
        files.shown(folder), stage, literal(folder.name), troubles=troubles.all(), files=files.names
    )


@dataclass(frozen=True, slots=True)
class _Environment:
    """Environment variables: their values, their places, and which variables CloudFormation computes."""

    values: Mapping[str, Text]
    places: Mapping[str, Place]
    computed: frozenset[str]

    @classmethod
    def of(cls, entries: Mapping[str, MappingEntry], template: CloudFormationTemplate) -> _Environment:
        set_to = {name: entry for name, entry in entries.items() if not _is_nothing(entry.value)}
        return cls(
            {name: template.text(entry.value) for name, entry in set_to.items()},
            {name: entry.key_place for name, entry in set_to.items()},
            frozenset(name for name, entry in set_to.items() if is_function(entry.value)),
        )


class _Reading:
    """Reads one serverless.yml whose content is a mapping."""

    def __init__(self, raw: MappingNode, files: Files, stage: str, options: Mapping[str, str]) -> None:
        self._files, self._stage, self._troubles = files, stage, files.troubles
        self._resolver = VariableEvaluation(raw, files, stage, options)
        resolved = self._resolver.resolve(_of_stage(raw, stage))
        self._document = resolved if isinstance(resolved, MappingNode) else raw
        self._provider = _as_section(self._document.get("provider"), self._document)
        service = self._document.get("service", "name") or self._document.get("service")
        self._service = spelled(service) if isinstance(service, ScalarNode) else literal(files.folder.name)
        self._prefix = joined((self._service, "-", stage))
        self._functions = self._function_sections()
        self._names = {key: self._deployed_name(key) for key in self._functions}
        region = self._resolver.region()
        made = made_by_osls(self._names, self._service, stage, region)
        self._template = CloudFormationTemplate(self._resources(), region, made, self._stack())
        self._shared_environment = _Environment.of(keyed(self._provider.get("environment")), self._template)
        self._roles = Roles(self._document, self._functions, self._names, self._prefix, self._template)

    def configuration(self) -> ConfigurationFacts:
        functions = {key: self._function(key) for key in self._functions}
        entry = self._document.entries.get("provider")
        return ConfigurationFacts(
            folder=self._files.shown(self._files.folder),
            stage=self._stage,
            service=self._service,
            functions=functions,
            resources={logical_id: self._resource(logical_id, entry) for logical_id, entry in self._declared()},
            secrets=tuple(sorted(self._secrets())),
            troubles=self._troubles.all(),
            provider=evaluated(self._provider, self._template),
            package=evaluated(_as_section(self._document.get("package"), self._document), self._template),
            provider_place=entry.key_place if entry else None,
            files=self._files.names,
            exports=self._template.exports(),
            region=self._template.pseudo("AWS::Region"),
        )

    # Sections

    def _function_sections(self) -> dict[str, MappingNode]:
        found: dict[str, MappingNode] = {}
        for key, entry in merged(self._document.get("functions"), self._document).entries.items():
            if isinstance(entry.value, MappingNode):
                # The place of a function is the place of its key. The mapping begins a line later.
                found[key] = MappingNode(entry.value.entries, entry.key_place)
            elif not (isinstance(entry.value, ScalarNode) and entry.value.value is None):
                self._troubles.note(entry.value.place, f"The function {key} is not a mapping")
        return found

    def _resources(self) -> MappingNode:
        resources = merged(self._document.get("resources"), self._document)
        parameters = self._provider.get("stackParameters")
        given = {
            text_in(node.get("ParameterKey")): node.get("ParameterValue")
            for node in (parameters.items if isinstance(parameters, SequenceNode) else ())
            if isinstance(node, MappingNode)
        }
        declared = keyed(resources.get("Parameters"))
        for name, value in given.items():
            if name in declared and value is not None:
                default = MappingNode({"Default": MappingEntry(value.place, value)}, value.place)
                declared[name] = MappingEntry(declared[name].key_place, default)
        if not declared:
            return resources
        section = MappingEntry(resources.place, MappingNode(declared, resources.place))
        return MappingNode({**resources.entries, "Parameters": section}, resources.place)

    def _stack(self) -> Text:
        name = self._provider.get("stackName")
        return spelled(name) if isinstance(name, ScalarNode) else self._prefix

    def _deployed_name(self, key: str) -> Text:
        name = self._functions[key].get("name")
        return spelled(name) if isinstance(name, ScalarNode) else joined((self._prefix, "-", key))

    # Facts

    def _function(self, key: str) -> LambdaFunction:
        section = self._functions[key]
        environment = self._environment(section)
        role = self._roles.of(key)
        handler = section.get("handler")
        triggers = (
            *event_grants(section, self._template),
            *function_grants(section, self._provider, self._template),
        )
        return LambdaFunction(
            name=key,
            handler=str(self._template.text(handler)) if handler else "",
            place=section.place,
            environment=environment.values,
            environment_places=environment.places,
            events=tuple(events_of(section, self._template)),
            grants=tuple(marked(role.grants, self._always(key, triggers))) if role.own else role.grants,
            own_role=role.own,
            role=role.name,
            unread_policies=role.unread,
            boundary=role.boundary,
            deployed_name=self._names[key],
            properties=evaluated(section, self._template),
            handler_place=handler.place if handler else None,
            trigger_grants=triggers,
            computed=environment.computed,
        )

    def _environment(self, function: MappingNode) -> _Environment:
        """Return the environment variables of the provider and of the function.

        If a value is empty, the variable is not set.
        """
        own = keyed(function.get("environment"))
        if not own:
            return self._shared_environment  # all functions without variables of their own share it
        set_to = {**keyed(self._provider.get("environment")), **own}
        return _Environment.of(set_to, self._template)

    def _always(self, key: str, triggers: tuple[Grant, ...]) -> list[Grant]:
        """Return the grants that every role of a function needs."""
        return [*log_grants(log_group(self._names[key]), self._functions[key].place, self._template), *triggers]

    def _declared(self) -> list[tuple[str, MappingEntry]]:
        return [(key, entry) for key, entry in self._template.resources.items() if isinstance(entry.value, MappingNode)]

    def _resource(self, logical_id: str, entry: MappingEntry) -> TemplateResource:
        properties = evaluated(self._template.properties(logical_id), self._template)
        return TemplateResource(
            logical_id, self._template.kind(logical_id), self._template.name(logical_id), properties, entry.key_place
        )

    def _secrets(self) -> set[Place]:
        """Return the places of secrets in every file that was read, before variables are resolved.

        The search includes parts that this stage does not use.
        """
        return {place for document in self._files.documents() for place in secrets_in(document)}


def _of_stage(raw: MappingNode, stage: str) -> MappingNode:
    """Leave out the `params` of other stages, because osls does not resolve the variables in them."""
    params = raw.get("params")
    if not isinstance(params, MappingNode):
        return raw
    own = {key: entry for key, entry in params.entries.items() if key in (stage, "default")}
    kept = MappingEntry(raw.entries["params"].key_place, MappingNode(own, params.place))
    return MappingNode({**raw.entries, "params": kept}, raw.place)


def _as_section(node: Node | None, like: MappingNode) -> MappingNode:
    return node if isinstance(node, MappingNode) else MappingNode({}, like.place)


def _is_nothing(node: Node) -> bool:
    return isinstance(node, ScalarNode) and (node.value is None or node.value == Text(()))
