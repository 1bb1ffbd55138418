"""NIST: what SP 800-171 r2 requires of logs, APIs, functions and roles in the template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.check.findings import Severity
from pycommon_cli.check.rules.rule_registry import Problem, rule
from pycommon_cli.check.rules.template_properties import at, is_off, items, resources, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import Place, TemplateResource
    from pycommon_cli.analysis.service_facts import Service

_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::IAM::Group", "AWS::IAM::User")
_NARROWED = ("SourceArn", "SourceAccount", "PrincipalOrgID")
# For each kind of event: the setting of `provider` that names an API of another stack, and the key in `provider.logs`
# that turns the log on.
_APIS = {"http": (("apiGateway", "restApiId"), "restApi"), "httpApi": (("httpApi", "id"), "httpApi")}


@rule("NIST004", "logs-without-retention", Severity.WARNING, controls=("3.3.1",), relies_on=("configuration",))
def logs_without_retention(service: Service) -> Iterator[Problem]:
    """Logs have no retention time."""
    configuration = service.configuration
    if configuration is None:
        return
    endless = [each for each in service.functions if is_off(at(each.properties, "logRetentionInDays"))]
    decided = at(configuration.provider, "logRetentionInDays") is not None
    groups = list(resources(service, "AWS::Logs::LogGroup"))
    if endless and not decided and configuration.provider_place and len(groups) < len(endless):
        yield Problem(
            configuration.provider_place,
            f"the logs of {', '.join(each.name for each in endless)} are kept forever",
            "add logRetentionInDays to provider, e.g. 365",
        )
    for group in groups:
        if at(group.properties, "RetentionInDays") is None:
            yield Problem(
                group.place, f"the log group {group.logical_id} is kept forever", "add RetentionInDays, e.g. 365"
            )


@rule("NIST007", "function-not-private", Severity.WARNING, controls=("3.1.1", "3.1.2", "3.1.3", "3.1.14", "3.1.20"))
def function_not_private(service: Service) -> Iterator[Problem]:
    """Every AWS account, or everybody, may invoke a function."""
    for permission in resources(service, "AWS::Lambda::Permission"):
        narrowed = any(at(permission.properties, name) is not None for name in _NARROWED)
        signed = text(at(permission.properties, "FunctionUrlAuthType")) == "AWS_IAM"
        if text(at(permission.properties, "Principal")) == "*" and not narrowed and not signed:
            yield Problem(
                permission.place,
                f"{permission.logical_id} lets everybody invoke the function",
                "name the service that invokes it as Principal, and its resource as SourceArn",
            )
    for url in resources(service, "AWS::Lambda::Url"):
        if text(at(url.properties, "AuthType")) == "NONE":
            yield Problem(url.place, f"everybody may call the URL {url.logical_id}", "set AuthType: AWS_IAM")


@rule("NIST011", "api-without-log", Severity.WARNING, controls=("3.3.1", "3.1.12"), relies_on=("configuration",))
def api_without_log(service: Service) -> Iterator[Problem]:
    """An API that the service owns does not log its requests."""
    configuration = service.configuration
    if configuration is None:
        return
    used = {event.kind for function in service.functions for event in function.events}
    for kind, (shared, switch) in _APIS.items():
        if kind not in used or at(configuration.provider, *shared) is not None or configuration.provider_place is None:
            continue
        if is_off(at(configuration.provider, "logs", switch)):
            yield Problem(
                configuration.provider_place,
                f"requests to the API of the {kind} events are not logged",
                f"add logs: {{ {switch}: true }} to provider",
            )
    for stage in resources(service, "AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"):
        execution = [at(each, "LoggingLevel") for each in items(at(stage.properties, "MethodSettings"))]
        logged = any(level is not None and text(level) != "OFF" for level in execution)
        if not logged and at(stage.properties, "AccessLogSetting") is None:
            yield Problem(
                stage.place,
                f"requests to the stage {stage.logical_id} are not logged",
                "add AccessLogSetting, or MethodSettings with LoggingLevel: INFO",
            )


@rule("NIST012", "administrator", Severity.WARNING, controls=("3.1.5", "3.1.7"), relies_on=("configuration",))
def administrator(service: Service) -> Iterator[Problem]:
    """A policy of the template, outside the roles of functions, allows every action on everything."""
    places = [
        resource.place for resource in (service.configuration.resources.values() if service.configuration else ())
    ]
    already = [grant.place for function in service.functions for grant in function.grants]
    for resource in resources(service, *_POLICIES):
        if any(_within(place, resource.place, places) for place in already):
            continue  # IAM007 reports the statement
        if any(_allows_all(statement) for statement in _statements(resource)):
            yield Problem(
                resource.place,
                f"{resource.logical_id} allows every action on every resource",
                "name the actions and the resources that are needed",
            )


def _statements(resource: TemplateResource) -> list[object]:
    documents = [at(resource.properties, "PolicyDocument")]
    documents += [at(each, "PolicyDocument") for each in items(at(resource.properties, "Policies"))]
    return [statement for document in documents for statement in items(at(document, "Statement"))]


def _allows_all(statement: object) -> bool:
    actions = {text(each) for each in items(at(statement, "Action"))}
    everything = {text(each) for each in items(at(statement, "Resource"))}
    return text(at(statement, "Effect")) == "Allow" and bool(actions & {"*", "*:*"}) and "*" in everything


def _within(place: Place, resource: Place, all_resources: list[Place]) -> bool:
    """Return whether `place` is between the line of `resource` and the line of the next resource in the file."""
    if place.path != resource.path or place.line < resource.line:
        return False
    later = [each.line for each in all_resources if each.path == resource.path and each.line > resource.line]
    return place.line < min(later, default=place.line + 1)
