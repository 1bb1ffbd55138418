"""Define the errors that the command line prints as a sentence with help, without a traceback."""


class CliError(Exception):
    """A foreseeable error: the command could not run.

    Args:
        what: One sentence that says what failed, where, and what was expected.
        help_text: An instruction that says what the reader can do. It is empty when `what` already says what to do.
    """

    exit_code = 2

    def __init__(self, what: str, help_text: str = "") -> None:
        super().__init__(f"{what} {help_text}".strip())
        self.what = what
        self.help_text = help_text


class FindingError(CliError):
    """The error of a command that ran and found a problem."""

    exit_code = 1
