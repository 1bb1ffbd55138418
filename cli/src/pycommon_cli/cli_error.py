"""What the command line says when it cannot go on: one sentence, its mend, and the exit code."""


class CliError(Exception):
    """Foreseeable trouble: printed as a sentence on stderr, never as a traceback.

    Args:
        what: What failed, where, and what was expected instead; one sentence.
        mend: What the reader does next, an imperative; empty when `what` already says it.
    """

    exit_code = 2

    def __init__(self, what: str, help_text: str = "") -> None:
        super().__init__(f"{what} {help_text}".strip())
        self.what = what
        self.help_text = help_text


class FindingError(CliError):
    """The command ran and found something wrong, as against could not run."""

    exit_code = 1
