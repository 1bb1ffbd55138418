"""Show the results as a page in Markdown, and as a table on the terminal."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.benchmark_peers import LEANER, OURS, PEERS, RIVAL
from benchmarks.growth_report import growth_markdown
from benchmarks.measurements import BARE, LOCAL_AWS, REQUIRED
from benchmarks.ratio_spread import Spread, differences, ratios
from benchmarks.speed_targets import targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["FIGURES", "Figure", "cases_of", "markdown", "print_table"]

MB = 1_000_000
KB_A_MB = 1024
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """The form in which the report shows a figure of the results.

    Attributes:
        title: the name of the figure.
        unit: the unit of the figure's values.
        digits: the number of decimal places.
        more_is_better: whether a larger value is better.
    """

    title: str
    unit: str
    digits: int = 0
    more_is_better: bool = False


FIGURES = {
    "import_wall": Figure("Import of the handler, wall", "ms"),
    "import_cpu": Figure("Import of the handler, CPU", "ms"),
    "cold_jwt_wall": Figure("Cold start to first answer, JWT, wall", "ms"),
    "cold_jwt_cpu": Figure("Cold start to first answer, JWT, CPU", "ms"),
    "cold_api_key_wall": Figure("Cold start to first answer, API key, wall", "ms"),
    "cold_api_key_cpu": Figure("Cold start to first answer, API key, CPU", "ms"),
    "slim_jwt_wall": Figure("Cold start without byte code, JWT, wall", "ms"),
    "slim_jwt_cpu": Figure("Cold start without byte code, JWT, CPU", "ms"),
    "warm_jwt_cpu": Figure("Warm request, JWT, CPU", "ms", 2),
    "warm_jwt_wall": Figure("Warm request, JWT, wall", "ms", 2),
    "warm_jwt_beyond": Figure("Warm request, JWT, wall beyond the local AWS", "ms", 2),
    "warm_new_jwt_cpu": Figure("Warm request, JWT not seen before, CPU", "ms", 2),
    "warm_new_jwt_wall": Figure("Warm request, JWT not seen before, wall", "ms", 2),
    "warm_api_key_cpu": Figure("Warm request, API key, CPU", "ms", 2),
    "warm_api_key_wall": Figure("Warm request, API key, wall", "ms", 2),
    "threads_jwt_cpu": Figure("Warm request, JWT, 8 threads, CPU", "ms", 2),
    "threads_jwt_per_second": Figure("Requests a second, JWT, 8 threads", "1/s", more_is_better=True),
    "peak_memory": Figure("Most memory, after the warm requests", "MiB"),
    "package": Figure("Package, unzipped, without boto3", "MB", 1),
}
"""The figures in the order of the tables."""


def cases_of(results: Mapping[str, Any], figure: str) -> dict[str, list[float]]:
    """Return the values of a figure by case. Return an empty dict if the figure was not measured."""
    if figure == "peak_memory":
        return {name: [kb / KB_A_MB] for name, kb in results["peak_kb"].items()}
    if figure == "package":
        sizes = {name: sum(each["size"] for each in parts) / MB for name, parts in results["packages"].items()}
        return {name: [size] for name, size in sizes.items()}
    if figure == "warm_jwt_beyond":
        wall = cases_of(results, "warm_jwt_wall")
        return {name: differences(wall[name], wall[LOCAL_AWS]) for name in wall if name != LOCAL_AWS}
    cases: dict[str, list[float]] = results["figures"].get(figure, {})
    return cases


# --- the page ---------------------------------------------------------------------------------------------------------

PAGE = """\
# Benchmarks

`make bench` writes this page, and measures all of it again. Each row comes from one run on one machine, in which the
peers took turns. A ratio is the median of the ratios of corresponding turns.
{quick}
| | |
|---|---|
{facts}

## Targets

{targets}

## The peers

Each peer implements the same endpoint: `POST` with a JSON body, a schema, an access token of Cognito (RS256) or an API
key, a JSON response, and one usage record in DynamoDB. The sources are in `benchmarks/peers`.

| | payer | rate limit | permission | variables recorded | token, schema, usage record |
|---|---|---|---|---|---|
| PyCommon | looked up, cached for 10 s | looked up, cached for 10 s | checked | yes | yes |
| Powertools | looked up for each request | no | no | no | by hand: PyJWT, fastjsonschema, boto3; created once |
| Powertools, no account | the same account for everyone | no | no | no | the same |
| Chalice | looked up for each request | no | no | no | the same module as with Powertools |
| boto3 alone, the floor | no | no | no | no | the record only: no identification, no checks |

The targets compare PyCommon with Powertools, because both records have a payer. The variant without an account needs
one AWS call less, as if it cached the account forever. It is the hardest comparison. The table of targets shows it too.

## Results

Median (lower to upper quartile). The last columns show PyCommon divided by the other peer. Below 1 PyCommon is better;
for requests a second, above 1.

{figures}

{imports}
{ahead}
### AWS calls

{calls}

{plots}
### Sizes of the packages

{weights}

Two compiled libraries are nearly the whole package. `slim` leaves out type stubs, tests and byte code. PyJWT is not
needed (0.2 MB). `strip` would save 2.9 MB of `cryptography` for x86_64 and nothing of `jsonschema-rs`. The services do
not use `strip`, because a machine can strip only binaries of its own processor. A service whose schemas are all `{{}}`
never loads `jsonschema-rs`, and may leave it out (`noDeploy`).

## Method

- **Environment**: each peer runs in separate processes, with its deployment package on the path, the environment of a
  deployed function, the credentials of a role, and the boto3 of the Lambda runtime. AWS is the local AWS of this
  repository, with IAM enforced.
- **CPU** is the time of the peer's process with all its threads. The local AWS is another process and does not count.
- **Wall** includes the local AWS, which shares the machine's processors with the peer. A usage record alone, signed
  beforehand and sent over an open connection, takes {alone}. "Beyond the local AWS" is the wall time without this time,
  subtracted in each round.
- **Import**: from the start of an interpreter until the handler's module is imported. All peers load the modules for
  their first request at this time: the others because they create their client, PyCommon because it detects Lambda's
  init phase.
- **Cold start**: from the start of the interpreter to the first response, with byte code. `slim` in `serverless.yml`
  leaves byte code out of a package. "Without byte code" measures that package.
- **Warm**: four users take turns, after a first request of each. PyCommon caches a valid token until it expires. "Not
  seen before" uses a new token for each request. No peer caches API keys, so that a revoked key stops working at once:
  each request looks its key up.
- **Eight threads** in one process wait for the local AWS, which is a single Python process.
- **Checks**: every response is 200, and the tables have exactly one usage record for each response. Otherwise the
  benchmark has no results.
- **Package**: installed with pip, without boto3, and reduced by the settings of the services' `serverless.yml`. Chalice
  has only the two files that `chalice package` includes.

Repeat with `make bench`, or with `.venv/bin/python -m benchmarks --only warm,cold --quick`; see `--help`.
[results.json](results.json) has all values of all rounds.

<details><summary>Minimum values</summary>

{least}

</details>
{growth}"""


def markdown(results: Mapping[str, Any], plots: Sequence[Path]) -> str:
    """Return the page with the results."""
    quick = (
        "\n**A quick run as a test of the benchmark: the numbers mean nothing.**\n" if results["facts"]["quick"] else ""
    )
    shown = "\n".join(f"![{_alt(path)}]({path.name})\n" for path in plots if path.suffix == ".svg")
    return PAGE.format(
        quick=quick,
        facts="\n".join(f"| {name} | {value} |" for name, value in results["facts"].items() if name != "quick"),
        targets=_table(_target_rows(results)),
        figures=_table(list(_figure_rows(results))),
        imports=_imports(results),
        ahead=_ahead(results),
        calls=_table(list(_call_rows(results))),
        plots=shown,
        weights=_table(list(_weight_rows(results))),
        alone=_alone(results),
        least=_table(list(_least_rows(results))),
        growth=f"\n{growth_markdown(results['growth'])}" if results.get("growth") else "",
    )


def _alt(path: Path) -> str:
    return path.stem.replace("-", " ").capitalize()


def _table(rows: Sequence[Row]) -> str:
    """Return rows as a Markdown table. The first row is the head. All columns except the first are right-aligned."""
    head, *others = rows
    ruler = ("---", *("---:",) * (len(head) - 1))
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ruler, *others))


def _target_rows(results: Mapping[str, Any]) -> list[Row]:
    found = [(t.title, t.bound, t.measured, "yes" if t.holds else "**no**") for t in targets(results)]
    return [("", "target", "measured", "met"), *found]


def _figure_rows(results: Mapping[str, Any]) -> Iterator[Row]:
    others = [name for name in PEERS if name != OURS]
    yield ("", *(peer.title for peer in PEERS.values()), *(f"by {PEERS[name].title}" for name in others))
    for name, figure in FIGURES.items():
        cases = cases_of(results, name)
        if not cases:
            continue
        cells = [_cell(cases.get(peer), figure) for peer in PEERS]
        by = [f"{_by(cases, other):.2f}" if other in cases else "" for other in others]
        if name == "package":  # the floor has no package: there is no ratio
            by[-1] = ""
        yield (f"{figure.title} ({figure.unit})", *cells, *by)


def _imports(results: Mapping[str, Any]) -> str:
    wall, cpu = (results["figures"].get(f"import_{kind}", {}) for kind in ("wall", "cpu"))
    titles = {BARE: "A bare interpreter", REQUIRED: "The Required Imports of PyCommon alone"}
    shown = Figure("", "ms", 1)
    rows = [
        (title, _cell(wall[case], shown), _cell(cpu[case], shown)) for case, title in titles.items() if case in wall
    ]
    return _table([("import", "wall (ms)", "CPU (ms)"), *rows]) + "\n" if rows else ""


def _cell(values: Sequence[float] | None, figure: Figure) -> str:
    if not values:
        return ""
    spread, digits = Spread.of(values), figure.digits
    if spread.count == 1:
        return f"{spread.median:.{digits}f}"
    return f"{spread.median:.{digits}f} ({spread.low:.{digits}f}–{spread.high:.{digits}f})"  # noqa: RUF001 - a range


def _by(cases: Mapping[str, Sequence[float]], other: str) -> float:
    """Return the median ratio of PyCommon to another peer."""
    if not any(cases[other]):
        return float("inf")
    return Spread.of(ratios(cases[OURS], cases[other])).median


def _ahead(results: Mapping[str, Any]) -> str:
    """Return two lists: where PyCommon is better than all other peers, and where it is worse than one of them."""
    ahead: list[str] = []
    behind: list[str] = []
    for name, figure in FIGURES.items():
        cases = cases_of(results, name)
        if RIVAL not in cases:
            continue
        by = {PEERS[each].title: _by(cases, each) for each in (RIVAL, LEANER, "chalice")}
        text = f"- {figure.title}: " + ", ".join(f"{ratio:.2f} x {title}" for title, ratio in by.items())
        worse = any((ratio < 1) if figure.more_is_better else (ratio > 1) for ratio in by.values())
        (behind if worse else ahead).append(text)
    for variant, title in (("jwt", "JWT"), ("api_key", "API key")):
        if results["calls"]:
            count = {name: sum(results["calls"][name][variant]["cold"].values()) for name in (OURS, RIVAL)}
            text = f"- AWS calls of the first request, {title}: {count[OURS]:g}, and {count[RIVAL]:g} with Powertools"
            (behind if count[OURS] > count[RIVAL] else ahead).append(text)
    titles = (("PyCommon is better", ahead), ("PyCommon is worse", behind))
    return "\n".join(f"**{title}**\n\n" + ("\n".join(lines) or "- nowhere") + "\n" for title, lines in titles)


def _call_rows(results: Mapping[str, Any]) -> Iterator[Row]:
    yield ("", "first request, JWT", "warm, JWT", "first request, API key", "warm, API key")
    for name, variants in results["calls"].items():
        cells = [
            _calls(variants.get(variant, {}).get(when)) for variant in ("jwt", "api_key") for when in ("cold", "warm")
        ]
        yield (PEERS[name].title, *cells)


def _calls(counted: Mapping[str, float] | None) -> str:
    if counted is None:
        return ""
    return f"**{sum(counted.values()):g}**: " + ", ".join(f"{count:g} {name}" for name, count in counted.items())


def _weight_rows(results: Mapping[str, Any]) -> Iterator[Row]:
    yield ("", *(peer.title for peer in PEERS.values()))
    by_peer = {
        peer: {each["name"]: each for each in results["packages"][peer]}
        for peer in PEERS
        if peer in results["packages"]
    }
    heaviest: dict[str, int] = {}
    for parts in by_peer.values():
        for name, part in parts.items():
            heaviest[name] = max(heaviest.get(name, 0), part["size"])
    for name in sorted(heaviest, key=lambda each: -heaviest[each]):
        cells = [_weight(parts.get(name)) for parts in by_peer.values()]
        yield (name, *cells)
    yield ("**all, MB**", *(f"{sum(p['size'] for p in parts.values()) / MB:.1f}" for parts in by_peer.values()))


def _weight(part: Mapping[str, Any] | None) -> str:
    return f"{part['size'] / MB:.2f} ({part['version']})" if part else ""


def _least_rows(results: Mapping[str, Any]) -> Iterator[Row]:
    yield ("", *(peer.title for peer in PEERS.values()), "rounds")
    for name, figure in FIGURES.items():
        cases = results["figures"].get(name)
        if cases:
            least = [f"{min(cases[peer]):.{figure.digits}f}" if peer in cases else "" for peer in PEERS]
            yield (f"{figure.title} ({figure.unit})", *least, str(len(cases[OURS])))


def _alone(results: Mapping[str, Any]) -> str:
    values = results["figures"].get("warm_jwt_wall", {}).get(LOCAL_AWS)
    return f"{Spread.of(values).median:.2f} ms" if values else "some of it"


# --- the terminal -----------------------------------------------------------------------------------------------------


PLAIN_WIDTH = 120


def print_table(results: Mapping[str, Any]) -> None:
    """Print targets and figures to stdout."""
    from rich.console import Console
    from rich.table import Table

    out = Console(file=sys.stdout, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    for title, rows in (("Targets", _target_rows(results)), ("Medians", list(_median_rows(results)))):
        head, *others = rows
        table = Table(title=title, title_justify="left")
        for number, name in enumerate(head):
            table.add_column(name, justify="right" if number else "left")
        for row in others:
            table.add_row(*(cell.replace("**", "") for cell in row))
        out.print(table)


def _median_rows(results: Mapping[str, Any]) -> Iterator[Row]:
    yield ("", *PEERS, f"by {RIVAL}")
    for name, figure in FIGURES.items():
        cases = cases_of(results, name)
        if cases:
            medians = (f"{Spread.of(cases[peer]).median:.{figure.digits}f}" if peer in cases else "" for peer in PEERS)
            yield (f"{figure.title} ({figure.unit})", *medians, f"{_by(cases, RIVAL):.2f}")
