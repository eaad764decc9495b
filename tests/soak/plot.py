"""The samples of a soak as a picture: one panel a quantity, over the hours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib

from soak.growth import SECONDS_AN_HOUR, WARM_UP, Sample, Verdict

HEADROOM = 1.15
"""Of each scale, which begins at 0: a flat line is seen to be flat."""
_PANELS: tuple[tuple[str, Callable[[Sample], float]], ...] = (
    ("memory (RSS), MB", lambda sample: sample.rss_kb / 1024),
    ("file handles", lambda sample: sample.handles),
    ("threads", lambda sample: sample.threads),
    ("ledger, MB", lambda sample: sample.ledger_kb / 1024),
    ("write-ahead log, MB", lambda sample: sample.wal_kb / 1024),
    ("sales", lambda sample: sample.sales),
)


def draw(samples: Sequence[Sample], found: Sequence[Verdict], file: Path) -> None:
    """Write a PNG; what grows is named above it."""
    matplotlib.use("agg")
    from matplotlib import pyplot

    hours = [each.at_s / SECONDS_AN_HOUR for each in samples]
    figure, panels = pyplot.subplots(3, 2, figsize=(10, 9), sharex=True)
    for panel, (name, value) in zip(panels.flat, _PANELS, strict=True):
        values = [value(each) for each in samples]
        panel.plot(hours, values, linewidth=1)
        panel.axvspan(0, WARM_UP * hours[-1], color="0.93")
        panel.set_ylim(0, max(1, *values) * HEADROOM)
        panel.set_title(name, fontsize=10)
        panel.grid(alpha=0.3)
    for panel in panels[-1]:
        panel.set_xlabel("hours (grey: warm-up)")
    growing = [each.name for each in found if each.grows]
    figure.suptitle(f"grows: {', '.join(growing)}" if growing else f"{samples[-1].sales} sales: nothing grows")
    figure.tight_layout()
    figure.savefig(file, dpi=100)
    pyplot.close(figure)
