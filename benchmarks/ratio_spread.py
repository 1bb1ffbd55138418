"""Compute medians, quartiles, and ratios of corresponding rounds."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Spread", "differences", "ratios"]


@dataclass(frozen=True, slots=True)
class Spread:
    """The minimum and the quartiles of some values."""

    least: float
    low: float
    median: float
    high: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the minimum, the quartiles and the count of one or more values.

        Example:
            >>> Spread.of([4.0, 1.0, 3.0, 2.0])
            Spread(least=1.0, low=1.75, median=2.5, high=3.25, count=4)
        """
        if len(values) == 1:
            return cls(*(values[0],) * 4, count=1)
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(min(values), low, median, high, len(values))


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Return the ratio of each round. A slow machine slows both values of a round."""
    return [our / their for our, their in zip(ours, theirs, strict=True)]


def differences(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Return the difference of each round."""
    return [our - their for our, their in zip(ours, theirs, strict=True)]
