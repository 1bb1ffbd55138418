"""Define the speed targets, and check whether the results meet them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.benchmark_peers import LEANER, OURS, RIVAL
from benchmarks.measurements import BARE, REQUIRED
from benchmarks.ratio_spread import Spread, differences, ratios

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["RATIO_AT_MOST", "Target", "targets"]

RATIO_AT_MOST = {
    "cold_jwt_wall": 0.9,
    "warm_jwt_cpu": 0.5,
    "warm_jwt_wall": 0.5,
    "warm_api_key_cpu": 0.6,
    "warm_api_key_wall": 0.6,
}
"""The largest allowed ratios between the costs of PyCommon and of Powertools."""

TITLES = {
    "cold_jwt_wall": "Cold start to first answer, wall, ratio to Powertools",
    "warm_jwt_cpu": "Warm request with JWT, CPU, ratio to Powertools",
    "warm_jwt_wall": "Warm request with JWT, wall, ratio to Powertools",
    "warm_api_key_cpu": "Warm request with API key, CPU, ratio to Powertools",
    "warm_api_key_wall": "Warm request with API key, wall, ratio to Powertools",
}
IMPORT_MS_AT_MOST, PACKAGE_MB_AT_MOST = 40, 40
RULES_AT_MOST = {"import": 1.2, "request": 1.05}
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Target:
    """One target and its result.

    Attributes:
        title: the name of the measured figure.
        bound: the target value.
        measured: the measured value.
        holds: whether the measured value meets the target.
    """

    title: str
    bound: str
    measured: str
    holds: bool


def targets(results: Mapping[str, Any]) -> list[Target]:
    """Return every target whose figure was measured."""
    return [*_imports(results), *_ratios(results), *_calls(results), *_package(results), *_rules(results)]


def _imports(results: Mapping[str, Any]) -> Iterator[Target]:
    if "import_wall" not in results["figures"]:
        return
    for kind in ("wall", "CPU"):
        cases = results["figures"][f"import_{kind.lower()}"]
        over = Spread.of(differences(cases[REQUIRED], cases[BARE]))
        yield Target(
            f"Required Imports, {kind} over a bare interpreter",
            f"≤ {IMPORT_MS_AT_MOST} ms",
            f"{over.median:.1f} ms ({over.low:.1f} to {over.high:.1f})",
            over.median <= IMPORT_MS_AT_MOST,
        )
    heavy = results["heavy"]
    yield Target(
        "Required Imports load boto3, cryptography, schema engine", "none", ", ".join(heavy) or "none", not heavy
    )


def _ratios(results: Mapping[str, Any]) -> Iterator[Target]:
    for figure, bound in RATIO_AT_MOST.items():
        cases = results["figures"].get(figure)
        if cases:
            ratio = Spread.of(ratios(cases[OURS], cases[RIVAL]))
            measured = f"{ratio.median:.2f} x ({ratio.low:.2f} to {ratio.high:.2f})"
            if LEANER in cases:
                measured += f"; without an account {Spread.of(ratios(cases[OURS], cases[LEANER])).median:.2f} x"
            yield Target(TITLES[figure], f"≤ {bound} x", measured, ratio.median <= bound)


def _calls(results: Mapping[str, Any]) -> Iterator[Target]:
    ours = results["calls"].get(OURS)
    if ours:
        warm = ours["jwt"]["warm"]
        measured = ", ".join(f"{count:g} {operation}" for operation, count in warm.items())
        yield Target("AWS calls of a warm request with JWT", "1 PutItem", measured, warm == {"PutItem": 1.0})


def _package(results: Mapping[str, Any]) -> Iterator[Target]:
    size = sum(each["size"] for each in results["packages"][OURS]) / MB
    bound = f"≤ {PACKAGE_MB_AT_MOST} MB"
    yield Target("Package, unzipped, without boto3", bound, f"{size:.1f} MB", size <= PACKAGE_MB_AT_MOST)


def _rules(results: Mapping[str, Any]) -> Iterator[Target]:
    for axis, which in (("rules", "in a dict"), ("rules-on-demand", "loaded on demand")):
        measured = results.get("growth", {}).get(axis, {})
        for what, bound in RULES_AT_MOST.items():
            if what in measured:
                sizes = measured[what]["sizes"]
                title = (
                    f"{sizes[-1]['size']:,} operations in `rules`, {which}: {what}, CPU, ratio to {sizes[0]['size']}"
                )
                yield Target(title, f"≤ {bound} x", f"{sizes[-1]['cpu_ratio']:.2f} x", sizes[-1]["cpu_ratio"] <= bound)
