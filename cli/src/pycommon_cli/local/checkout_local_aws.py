"""Open the local AWS of a checkout, for a command."""

from pathlib import Path
from typing import TYPE_CHECKING

from pycommon_cli.local.project_folders import find_project_root
from pycommon_cli.required_extras import need

if TYPE_CHECKING:
    from pycommon_cli.local.local_aws import LocalAws


def open_local_aws(folder: Path | None) -> "LocalAws":
    """Return the local AWS of the checkout around `folder`, by default around the current folder.

    Raises:
        CliError: There is no checkout, or the extra `local` is not installed.
    """
    root = find_project_root(folder or Path.cwd())
    need("local", "psutil")
    from pycommon_cli.local.local_aws import LocalAws  # slow to import, and imports psutil

    return LocalAws(root)
