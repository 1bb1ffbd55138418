"""The operation enums by their names, as they stand in a declaration."""

from collections.abc import Mapping

from pycommon.dal.providers.aws import resource_perms
from pycommon.dal.providers.aws.resource_perms import AWSOperation


def enums() -> Mapping[str, type[AWSOperation]]:
    """Every public enum by its name."""
    public = {name: getattr(resource_perms, name) for name in resource_perms.__all__}
    return {name: each for name, each in public.items() if isinstance(each, type) and issubclass(each, AWSOperation)}
