"""SEC: secrets in files that are committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.check.findings import Severity
from pycommon_cli.check.rules.rule_registry import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.service_facts import Service


@rule("SEC001", "secret-in-configuration", Severity.ERROR, controls=("3.5.10",))
def secret_in_configuration(service: Service) -> Iterator[Problem]:
    """serverless.yml has a secret in plain text. The repository, the template and the console show it."""
    for place in service.configuration.secrets if service.configuration else ():
        yield Problem(
            place,
            "this value looks like a secret in plain text",
            "store it in Secrets Manager, or in Parameter Store as a SecureString, and write only its path here; "
            "replace the secret, because everybody with the repository can read it",
        )
