"""The pictures of a run, as PNG files. Each is left out when the run did not measure it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # no screen

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from bench.counter import SCAN_PLOT, TENDER_PLOT
from bench.figures import middle, number, percentile
from bench.page import Plot

Series = Mapping[str, Sequence[float]]
Samples = Mapping[str, Series]

SIZE = (9.0, 5.0)
DPI = 110
PRODUCT, LIMIT, RIVAL = "#1b6ca8", "#8a8a8a", "#c8553d"
SCAN_BUDGET_MS, TENDER_BUDGET_MS, MEMORY_BUDGET_MB = 15.0, 30.0, 80.0


def draw(samples: Samples, folder: Path) -> list[Plot]:
    """Write what there is; the files' names and what they show, in the order of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures: tuple[tuple[str, str, Callable[[Axes, Series], None], str], ...] = (
        (SCAN_PLOT, "scan.png", _scans, "Scan → last byte of the first display command: share within a time."),
        (TENDER_PLOT, "tender.png", _tenders, "Tender → the drawer's pulse: share within a time."),
        ("drain", "drain.png", _rates, "Draining a backlog of 10,000 events, events a second, logarithmic."),
        (
            "commits",
            "commits.png",
            _commits,
            "Commits a second: disk, SQLite, the product on an empty and an old ledger.",
        ),
        (
            "rss over time",
            "memory-over-time.png",
            _curve,
            "Memory with a backlog of 100,000: at rest, then while it leaves.",
        ),
        ("memory", "memory.png", _memory, "Resident memory."),
    )
    drawn = []
    for name, file, picture, caption in pictures:
        if name not in samples:
            continue
        figure, axes = plt.subplots(figsize=SIZE, dpi=DPI, layout="constrained")
        picture(axes, samples[name])
        axes.set_title(caption, loc="left", fontsize=11)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        figure.savefig(folder / file)
        plt.close(figure)
        drawn.append(Plot(file, caption))
    return drawn


def _scans(axes: Axes, series: Series) -> None:
    _shares(axes, series, SCAN_BUDGET_MS, "scan → display, ms")


def _tenders(axes: Axes, series: Series) -> None:
    _shares(axes, series, TENDER_BUDGET_MS, "tender → drawer pulse, ms")


def _shares(axes: Axes, series: Series, budget_ms: float, label: str) -> None:
    for name, seconds in series.items():
        found = sorted(second * 1000 for second in seconds)
        share = [(index + 1) / len(found) * 100 for index in range(len(found))]
        told = f"{name}: p50 {number(middle(found))}, p99 {number(percentile(found, 99))} ms"
        axes.step(found, share, where="post", label=told, linewidth=1.8)
    axes.axvline(budget_ms, color=RIVAL, linestyle="--", linewidth=1, label=f"p99 budget, {budget_ms:.0f} ms")
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel(f"{label} (logarithmic)")
    axes.set_ylabel("share within, %")
    axes.set_ylim(0, 101)
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.16), ncols=2, frameon=False, fontsize=9)


def _rates(axes: Axes, series: Series) -> None:
    _bars(axes, series, "events/s")
    axes.set_xscale("log")
    axes.set_xlim(left=100)
    axes.xaxis.set_major_formatter(lambda value, _: number(value))


def _commits(axes: Axes, series: Series) -> None:
    _bars(axes, series, "commits/s")


def _memory(axes: Axes, series: Series) -> None:
    _bars(axes, series, "MB")
    axes.axvline(MEMORY_BUDGET_MB, color="black", linestyle="--", linewidth=1)
    axes.annotate(" budget at rest, 80 MB", (MEMORY_BUDGET_MB, -0.5), fontsize=9, va="center")


def _bars(axes: Axes, series: Series, unit: str) -> None:
    """One horizontal bar a series, in the order in which they were measured, its figure beside it."""
    names, values = list(series), [middle(found) for found in series.values()]
    bars = axes.barh(range(len(names)), values, color=[_colour(name) for name in names])
    axes.bar_label(bars, labels=[f" {number(value)}" for value in values], padding=2, fontsize=9)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel(unit)
    axes.margins(x=0.15, y=0.08)


def _colour(name: str) -> str:
    if name.startswith("rival"):
        return RIVAL
    return LIMIT if name.startswith(("paho", "fdatasync", "SQLite")) else PRODUCT


def _curve(axes: Axes, series: Series) -> None:
    seconds, resident = series["seconds"], series["MB"]
    axes.plot(seconds, resident, color=PRODUCT, linewidth=1.8)
    for came in series.get("cloud is there", ()):
        axes.axvline(came, color="black", linestyle="--", linewidth=1)
        axes.annotate(" the cloud is there", (came, max(resident) * 0.1), fontsize=9)
    axes.set_xlabel("seconds since the start")
    axes.set_ylabel("resident memory, MB")
    axes.set_ylim(0, max(resident) * 1.2)
    axes.set_xlim(left=0)
    axes.grid(visible=True, alpha=0.3)
