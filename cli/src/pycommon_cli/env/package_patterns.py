"""Decide which Python modules of a service folder go into its package, by the patterns of `serverless.yml`."""

import re
from collections.abc import Iterable, Iterator, Mapping

from pycommon_cli.analysis.facts import ConfigurationFacts

_GLOB = re.compile(r"\*\*/|\*\*|\*|\?|\{|\}|,|\[[^\]]+\]|[^*?{},\[]+|\[")
_MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


class PackagedFiles:
    """The files that the Serverless Framework (osls) packages for a service.

    A file counts if it is in the common package, or in the package of a single function.
    """

    def __init__(self, configuration: ConfigurationFacts) -> None:
        self._folder = configuration.folder
        self._pattern_lists = list(_pattern_lists(configuration))

    def __contains__(self, path: str) -> bool:
        """Return whether a file is packaged. `path` is relative to the project's root."""
        path = path.removeprefix(f"{self._folder}/")
        return any(_is_packaged(path, patterns) for patterns in self._pattern_lists)


def _pattern_lists(configuration: ConfigurationFacts) -> Iterator[list[str]]:
    """Yield the patterns of the service, and the patterns of each function that has its own package."""
    common = _patterns(configuration.package)
    yield common
    for function in configuration.functions.values():
        section = function.properties.get("package") if isinstance(function.properties, Mapping) else None
        if own := _patterns(section):
            yield common + own


def _patterns(package: object) -> list[str]:
    patterns = package.get("patterns") if isinstance(package, Mapping) else None
    return [str(pattern) for pattern in patterns] if isinstance(patterns, list | tuple) else []


def _is_packaged(path: str, patterns: Iterable[str]) -> bool:
    """Decide as osls does: the last pattern that matches decides. A file without a match is packaged."""
    packaged = True
    for pattern in patterns:
        if _regex(pattern.removeprefix("!").removeprefix("./")).fullmatch(path):
            packaged = not pattern.startswith("!")
    return packaged


def _regex(glob: str) -> re.Pattern[str]:
    depth, text = 0, ""
    for part in _GLOB.findall(glob):
        if part == "{":
            depth, text = depth + 1, text + "(?:"
        elif part == "}" and depth:
            depth, text = depth - 1, text + ")"
        elif part == "," and depth:
            text += "|"
        elif part.startswith("[") and part.endswith("]"):
            text += part.replace("[!", "[^")
        else:
            text += _MEANING.get(part, re.escape(part))
    return re.compile(text + ")" * depth, re.DOTALL)
