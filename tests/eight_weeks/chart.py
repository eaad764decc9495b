"""The eight weeks as a picture: what was wanted and not there, what lay on the shelves, and both against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # no screen

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from eight_weeks.customers import DAYS, FEAST, WEEKS
from eight_weeks.shop import Story

SUGGESTED, SMALL, SAME, TOPPED = "#1b6ca8", "#6fb7dd", "#c8553d", "#8a8a8a"
SIZE, DPI = (12.0, 6.6), 110
ROOM_RIGHT, ROOM_ABOVE = 1.12, 1.35
"""For names beside the points and the legend above them."""


def draw(
    same: Mapping[float, Story], topped: Story, suggested: Story, small: Story, others: Sequence[tuple[Story, Story]],
    file: Path,
) -> None:  # fmt: skip
    """`same` by generosity, 1.0 among them; `small`: the suggestions without large packs.

    `others`: the same list and the suggestions of other seeds.
    """
    figure = plt.figure(figsize=SIZE, dpi=DPI, layout="constrained")
    grid = figure.add_gridspec(2, 2, width_ratios=(1.35, 1.0))
    lost, stock, both = (figure.add_subplot(place) for place in (grid[0, 0], grid[1, 0], grid[:, 1]))
    ways = (
        (same[1.0], SAME, "same list each week"), (topped, TOPPED, "topped up to a fortnight, by eye"),
        (suggested, SUGGESTED, "as suggested"), (small, SMALL, "as suggested, without large packs"),
    )  # fmt: skip
    for story, colour, name in ways:
        lost.plot(range(1, DAYS + 1), list(accumulate(story.lost)), color=colour, linewidth=2, label=name)
        stock.plot(range(1, DAYS + 1), [fen / 100 for fen in story.stock], color=colour, linewidth=2)
    lost.set_title("Wanted and not there, pieces since the first day", loc="left", fontsize=11)
    lost.legend(loc="upper left", frameon=False, fontsize=9)
    stock.set_title("Stock in the evening at cost, ¥", loc="left", fontsize=11)
    stock.set_xlabel("week, its Monday (grey: the holiday week)")
    for axes in (lost, stock):
        _weeks(axes)
    _against(both, same, topped, suggested, small, others)
    for axes in (lost, stock, both):
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.grid(visible=True, alpha=0.3)
    figure.savefig(file)
    plt.close(figure)


def _weeks(axes: Axes) -> None:
    axes.axvspan(FEAST.start + 0.5, FEAST.stop + 0.5, color="0.93")
    axes.set_xlim(0, DAYS + 1)
    axes.set_ylim(bottom=0)
    axes.set_xticks([7 * week + 1 for week in range(WEEKS)], [str(week + 1) for week in range(WEEKS)])


def _against(
    axes: Axes, same: Mapping[float, Story], topped: Story, suggested: Story, small: Story,
    others: Sequence[tuple[Story, Story]],
) -> None:  # fmt: skip
    """Nearer to the corner is better."""
    generous = sorted(same)
    points = [_point(same[times]) for times in generous]
    axes.plot(
        *zip(*points, strict=True), color=SAME, linewidth=1.5, marker="o", label="same list each week, × how much"
    )
    for times, at in zip(generous, points, strict=True):
        axes.annotate(f"  ×{times:g}", at, fontsize=9, color=SAME, va="bottom")
    axes.plot(*_point(topped), color=TOPPED, marker="s", linestyle="", markersize=8, label="topped up by eye")
    axes.plot(*_point(suggested), color=SUGGESTED, marker="D", linestyle="", markersize=9, label="as suggested")
    name = "as suggested, without large packs"
    axes.plot(*_point(small), color=SMALL, marker="D", linestyle="", markersize=8, label=name)
    for which, colour, marker in ((0, SAME, "o"), (1, SUGGESTED, "D")):
        found = [_point(pair[which]) for pair in others]
        axes.plot(*zip(*found, strict=True), color=colour, marker=marker, linestyle="", alpha=0.35, markersize=6)
    axes.plot([], [], color="0.5", marker="o", linestyle="", alpha=0.5, markersize=6, label="pale: other customers")
    axes.set_xlim(0, max(at[0] for at in points) * ROOM_RIGHT)
    axes.set_ylim(0, max(at[1] for at in points) * ROOM_ABOVE)
    axes.set_xlabel("mean stock at cost, ¥")
    axes.set_title("The same pieces in all, against the stock: lower left is better", loc="left", fontsize=11)
    axes.legend(loc="upper right", frameon=False, fontsize=9)


def _point(story: Story) -> tuple[float, float]:
    return story.mean_stock / 100, float(sum(story.lost))
