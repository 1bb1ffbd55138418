"""Compares a service with the record of its use of AWS, for `pycommon iam observe`."""

from pathlib import Path

from pycommon_cli.cli_error import CliError
from pycommon_cli.env.recorded_variables import VARIABLE, RecordedVariable, read_record
from pycommon_cli.iam.iam_matrix import Matrix, matrix_of
from pycommon_cli.iam.selected_services import ReadService, open_repository
from pycommon_cli.stage import aws_errors_as_sentences, reach

__all__ = ["compare", "rendered"]


def compare(service: str, stage: str, project: Path | None, table: str | None) -> Matrix:
    """Return the matrix of a service at a stage.

    Args:
        service: the service folder.
        stage: the stage of the record. serverless.yml is read for this stage too.
        project: a folder of the project.
        table: the DynamoDB table with the record. By default, this is the table that the platform publishes.
    """
    repository = open_repository(project, service, stage)
    read = repository.chosen(service)[0]
    if not read.configuration.functions:
        raise CliError(f"{read.name} has no functions to compare.")
    return matrix_of(read, stage, _record(read, stage, repository.root, table))


def rendered(matrix: Matrix, report: str) -> str:
    """Return a matrix as "text", "json", "svg" or "html"."""
    if report in ("svg", "html"):
        from pycommon_cli.iam import matrix_picture  # the other formats do not need the picture

        return matrix_picture.svg(matrix) if report == "svg" else matrix_picture.html(matrix)
    from pycommon_cli.iam import difference_report

    return difference_report.matrix_json(matrix) if report == "json" else difference_report.matrix_text(matrix)


def _record(service: ReadService, stage: str, root: Path, table: str | None) -> list[RecordedVariable]:
    names = {str(function.environment.get("SERVICE_NAME", "")) for function in service.configuration.functions.values()}
    recorded_as = next((name for name in sorted(names) if name and "<" not in name), str(service.configuration.service))
    with aws_errors_as_sentences(stage) as where:
        found = reach(root, stage, needs_variables=table is None)
        name = table or found.published("lambda", VARIABLE)
        where.append(f"{found.where}, table {name}")
        return read_record(found.client("dynamodb"), name, recorded_as)
