"""Create loggers for Lambda functions. The loggers have the level `LOG_LEVEL` and remove credentials from log lines.

In Lambda the runtime adds a handler to the root logger. On the local AWS a function may have no such handler. The
library then adds a handler that writes to stderr. Outside Lambda, the library does not change the logging configuration
of the program.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import time

from pycommon.env import process_environment

__all__ = ["RedactionFilter", "getLogger", "keep_out_of_logs"]

# A JWT has three base64url parts (RFC 7515 section 3.1). The first two begin with `eyJ`, the encoding of `{"`.
_CREDENTIALS = re.compile(r"eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){1,4}|\bamp-[A-Za-z0-9_-]{8,}")
_FORMAT = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(name)s\t%(message)s"
_LEVELS = {"TRACE": "DEBUG", "WARN": "WARNING", "FATAL": "CRITICAL"}  # Lambda's level names that Python does not have


class RedactionFilter(logging.Filter):
    """The filter that removes tokens, API keys and the values of `keep_out_of_logs` from messages and tracebacks."""

    def filter(self, record: logging.LogRecord) -> bool:
        """If the message or the traceback of `record` contains a credential, rewrite `record` in place.

        Always return True.
        """
        message = record.getMessage()
        redacted = _redact(message)
        if redacted != message:
            record.msg, record.args = redacted, None
        if record.exc_info and not record.exc_text:
            trace = _PLAIN.formatException(record.exc_info)
            redacted_trace = _redact(trace)
            if redacted_trace != trace:
                record.exc_text = redacted_trace  # formatters print this text instead of the traceback
        return True


class _UTCFormatter(logging.Formatter):
    converter = staticmethod(time.gmtime)


_REDACTED = "[redacted]"
_SHORTEST_SECRET = 6
_kept_out: set[str] = set()
_PLAIN = logging.Formatter()
_REDACTION = RedactionFilter()
_setup = threading.Lock()


def getLogger(name: str) -> logging.Logger:  # noqa: N802 - the name in the specification and in `logging`
    """Return a logger called `name` with the level that `LOG_LEVEL` names. The default level is INFO.

    Example:
        >>> logger = getLogger("file_upload")
        >>> logger.info("uploaded %d files", 3)
    """
    logger = logging.getLogger(name)
    if logger.level == logging.NOTSET:
        logger.setLevel(_level())
    if _REDACTION not in logger.filters:
        logger.addFilter(_REDACTION)
    _ensure_handler()
    return logger


def keep_out_of_logs(value: str) -> None:
    """From now on, redact `value` (e.g. of a SecureString) in every log line of the loggers that `getLogger` returns.

    Ignore a value with fewer than six characters, because such a value occurs in ordinary words.
    """
    if len(value) >= _SHORTEST_SECRET:
        _kept_out.add(value)


def _redact(text: str) -> str:
    for value in tuple(_kept_out):
        text = text.replace(value, _REDACTED)
    return _CREDENTIALS.sub(_REDACTED, text)


def _level() -> int:
    name = (process_environment.get("LOG_LEVEL") or process_environment.get("AWS_LAMBDA_LOG_LEVEL") or "INFO").upper()
    level = logging.getLevelNamesMapping().get(_LEVELS.get(name, name))
    return logging.INFO if level is None else level


def _ensure_handler() -> None:
    """In Lambda, add a handler if there is no handler yet.

    Without a handler, Python prints only warnings and errors.
    """
    if not process_environment.get("AWS_LAMBDA_FUNCTION_NAME"):
        return
    with _setup:
        root = logging.getLogger()
        if root.handlers:
            return
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_UTCFormatter(_FORMAT, datefmt="%Y-%m-%dT%H:%M:%S"))
        root.addHandler(handler)
