"""Read parameters from AWS Systems Manager Parameter Store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.clients import ACCESS_DENIED, client, error_code

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Fetched", "fetch"]

_NAMES_PER_CALL = 10  # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html


class Fetched:
    """The result of a read: the values by path, the paths of secrets, and the reason for each missing value."""

    __slots__ = ("reasons", "secrets", "values")

    def __init__(self, values: dict[str, str] | None = None, reasons: dict[str, str] | None = None) -> None:
        self.values = {} if values is None else values
        self.reasons = {} if reasons is None else reasons
        self.secrets: set[str] = set()

    def add(self, parameters: list[dict[str, Any]]) -> None:
        """Add the parameters of a response."""
        for parameter in parameters:
            self.values[parameter["Name"]] = parameter["Value"]
            if parameter.get("Type") == "SecureString":
                self.secrets.add(parameter["Name"])


def fetch(paths: Iterable[str]) -> Fetched:
    """Read and decrypt the parameters at `paths`, ten with each GetParameters call.

    If AWS denies GetParameters, read each parameter with GetParameter, because a policy may grant only GetParameter. Do
    not raise errors of AWS: each error becomes the reason for a missing value.
    """
    fetched = Fetched()
    names = list(paths)
    for start in range(0, len(names), _NAMES_PER_CALL):
        _fetch_batch(names[start : start + _NAMES_PER_CALL], fetched)
    return fetched


def _fetch_batch(names: list[str], fetched: Fetched) -> None:
    try:
        response = client("ssm").get_parameters(Names=names, WithDecryption=True)
    except Exception as error:  # noqa: BLE001 - every error of the SDK becomes a reason
        if error_code(error) in ACCESS_DENIED:
            for name in names:
                _fetch_one(name, fetched)
        else:
            fetched.reasons.update(dict.fromkeys(names, f"Parameter Store did not answer ({error_code(error)})"))
        return
    fetched.add(response["Parameters"])
    for name in names:
        if name not in fetched.values:
            fetched.reasons[name] = f"no parameter {name}"


def _fetch_one(name: str, fetched: Fetched) -> None:
    try:
        response = client("ssm").get_parameter(Name=name, WithDecryption=True)
    except Exception as error:  # noqa: BLE001 - as above
        match error_code(error):
            case "ParameterNotFound":
                fetched.reasons[name] = f"no parameter {name}"
            case code if code in ACCESS_DENIED:
                fetched.reasons[name] = f"the role lacks ssm:GetParameters or ssm:GetParameter on parameter{name}"
            case code:
                fetched.reasons[name] = f"Parameter Store did not answer ({code})"
        return
    fetched.add([response["Parameter"]])
