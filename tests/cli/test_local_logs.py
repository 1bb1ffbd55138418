import pytest

from pycommon_cli.cli_error import CliError, FindingError
from pycommon_cli.local.function_logs import full_name, seconds

FOLDERS = {"amplify-greeting": "amplify-cli-greeting-local"}
NAMES = ["amplify-cli-greeting-local-greet", "amplify-cli-greeting-local-leave"]


@pytest.mark.parametrize(("text", "length"), [("90s", 90), ("10m", 600), ("2h", 7200), ("1d", 86400)])
def test_durations(text, length):
    assert seconds(text) == length


@pytest.mark.parametrize("text", ["", "h", "1", "1w", "-1h", "1.5h"])
def test_invalid_durations(text):
    with pytest.raises(CliError, match="is not a duration"):
        seconds(text)


@pytest.mark.parametrize(
    "asked", ["amplify-cli-greeting-local-greet", "amplify-greeting:greet", "amplify-cli-greeting:greet"]
)
def test_a_function_by_each_of_its_names(asked):
    assert full_name(asked, NAMES, FOLDERS) == "amplify-cli-greeting-local-greet"


@pytest.mark.parametrize("asked", ["amplify-greeting:greed", "amplify-cli-greeting-local-gret"])
def test_a_misspelt_function_gets_near_names(asked):
    with pytest.raises(FindingError, match=r"did you mean amplify-.*greet"):
        full_name(asked, NAMES, FOLDERS)


def test_with_nothing_near_all_are_named():
    with pytest.raises(FindingError, match="Deployed functions: amplify-greeting:greet, amplify-greeting:leave"):
        full_name("zzz", NAMES, FOLDERS)
