"""Define the errors that the command line prints as a sentence with help, without a traceback."""


class CliError(Exception):
    """A foreseeable error: the command could not run.

    Args:
        what: What failed, where, and what was expected; one sentence.
        help_text: What the reader can do, as an imperative. Empty when `what` already says so.
    """

    exit_code = 2

    def __init__(self, what: str, help_text: str = "") -> None:
        super().__init__(f"{what} {help_text}".strip())
        self.what = what
        self.help_text = help_text


class FindingError(CliError):
    """The command ran and found something wrong."""

    exit_code = 1
