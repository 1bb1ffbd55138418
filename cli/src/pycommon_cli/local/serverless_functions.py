"""List the functions of a `serverless.yml` for the commands of the local AWS."""

from typing import Any

from pycommon_cli.local.serverless_file import ServerlessFile


def functions(file: ServerlessFile) -> dict[str, dict[str, Any]]:
    """Return the functions by their keys. Merge a list of sections, which the Serverless Framework also accepts."""
    found = file.at("functions")
    parts = found if isinstance(found, list) else [found]
    merged: dict[str, Any] = {}
    for part in map(file.resolved, parts):
        merged |= part if isinstance(part, dict) else {}
    resolved = {str(key): file.resolved(value) for key, value in merged.items()}
    return {key: value for key, value in resolved.items() if isinstance(value, dict)}
