"""What a service's `serverless.yml` says, read without running anything or asking AWS."""

from pycommon_cli.analysis.serverless.serverless_reader import FILE_NAMES, read_configuration

__all__ = ["FILE_NAMES", "read_configuration"]
