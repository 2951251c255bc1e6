"""Figures that say how certain they are: what is noise is not judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured in several rounds, or once."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the middle one."""
        return median(self.values)

    @property
    def noise(self) -> float | None:
        """Return how far off half of the rounds are; None where there were too few to tell."""
        if len(self.values) < 3:
            return None
        lower, _, upper = quantiles(self.values, n=4, method="inclusive")
        return (upper - lower) / 2

    def verdict(self, goal: float, *, is_least: bool = False) -> str:
        """Return whether a goal was met: the most, or the least, that it may be."""
        if self.median < 0:
            return "not measured: it came out negative"
        noise = self.noise
        if noise is not None and noise > abs(self.median - goal):
            return "not measured: the noise is larger than the distance from the goal"
        verdict = "met" if (self.median >= goal if is_least else self.median <= goal) else "missed"
        return f"{verdict}, measured once" if noise is None else verdict

    def __str__(self) -> str:
        """Return the figure and its noise."""
        noise = f"± {self.noise:.2f}" if self.noise is not None else ""
        return f"{self.median:9.2f} {noise:<8}"


def figure(values: Sequence[float] | float) -> Figure:
    """Return what was measured as a figure."""
    return Figure(tuple(values) if isinstance(values, Sequence) else (values,))


def ratio(these: Sequence[float], those: Sequence[float]) -> Figure:
    """Return the ratios of what was measured in the same rounds; -1 where one of them came out negative."""
    pairs = zip(these, those, strict=True)
    return Figure(tuple(this / that if min(this, that) > 0 else -1.0 for this, that in pairs))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; `goal` is the most that it may be, or with `is_least` the least."""

    what: str
    figure: Figure
    unit: str
    goal: float | None = None
    is_least: bool = False

    def __str__(self) -> str:
        """Return the line."""
        line = f"{self.what:<72} {self.figure} {self.unit:<12}"
        if self.goal is None:
            return line
        sign = "at least " if self.is_least else ""
        return f"{line} (goal {sign}{self.goal:g}: {self.figure.verdict(self.goal, is_least=self.is_least)})"
