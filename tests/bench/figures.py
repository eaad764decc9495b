"""What the benchmark's tables hold: figures with units, ratios, budgets, and whether they hold. No measuring here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

THOUSANDS_FROM = 1000
"""Figures from here on are whole numbers: their decimals are noise."""


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` None: not measured, and `unit` is then the reason in words."""

    value: float | None
    unit: str = ""

    def __str__(self) -> str:
        return self.unit if self.value is None else f"{number(self.value)} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Budget:
    """A bound on the ratio of product to limit, or on the product's own figure."""

    no: str
    sense: Literal["≤", "≥"]
    bound: float
    of: Literal["ratio", "product"] = "ratio"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `beside` is the limit, the rival or the earlier state that the product is held against."""

    what: str
    product: Figure
    beside: Figure | None = None
    budget: Budget | None = None
    remark: str = ""

    @property
    def ratio(self) -> float | None:
        if self.beside is None or self.product.value is None or not self.beside.value:
            return None
        return self.product.value / self.beside.value

    @property
    def held_against(self) -> float | None:
        """What the budget is about, or None when it was not measured."""
        return self.ratio if self.budget and self.budget.of == "ratio" else self.product.value

    @property
    def holds(self) -> bool | None:
        """None: there is no budget, or nothing to hold against it."""
        measured = self.held_against
        if self.budget is None or measured is None:
            return None
        return measured <= self.budget.bound if self.budget.sense == "≤" else measured >= self.budget.bound

    @property
    def verdict(self) -> str:
        """`holds`, or by how much it does not; `not measured` is never taken for either."""
        if self.budget is None:
            return ""
        measured = self.held_against
        if measured is None:
            return "not measured"
        if self.holds:
            return "holds"
        if not self.budget.bound:
            return f"missed by {number(measured)}"
        return f"missed by {abs(measured / self.budget.bound - 1) * 100:.0f} %"

    @property
    def bound_text(self) -> str:
        if self.budget is None:
            return ""
        unit = " ×" if self.budget.of == "ratio" else f" {self.product.unit}" if self.product.value is not None else ""
        return f"{self.budget.sense} {number(self.budget.bound)}{unit}"


def number(value: float) -> str:
    """At most three digits that mean something; thousands are set apart."""
    if abs(value) >= THOUSANDS_FROM:
        return f"{value:,.0f}"
    if value == int(value):
        return f"{value:.0f}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3g}"


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that so many percent do not exceed (nearest rank). Raises ValueError for no samples."""
    if not samples:
        raise ValueError("no samples, no percentile")
    ordered = sorted(samples)
    return ordered[max(0, ceil(percent / 100 * len(ordered)) - 1)]


def middle(samples: Sequence[float]) -> float:
    """The median as one of the samples."""
    return percentile(samples, 50)


def milliseconds(seconds: float) -> Figure:
    return Figure(seconds * 1000, "ms")


def megabytes(kilobytes: float) -> Figure:
    return Figure(kilobytes / 1024, "MB")


def not_measured(why: str) -> Figure:
    return Figure(None, why)
