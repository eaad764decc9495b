"""The program's own log: the newest lines, and those alone that hold a word (product row 109)."""

from __future__ import annotations

from edge.web.bundle import TO_STICK
from edge.web.site import TECHNICIAN, Asking, Shown, View
from edge.web.sources import PageSources
from edge.web.sticks import SaveShown, save_shown

MOST_LINES = 200
"""What a phone scrolls through; the file has all."""
WORST = ("ERROR", "CRITICAL", "WARNING")


class Logs(Shown):
    """`lines` newest first. `word`: only those with it, in capitals or not; `worst`: only warnings and errors."""

    lines: tuple[str, ...]
    word: str
    worst: bool
    stick: SaveShown


def logs_view(sources: PageSources) -> View:
    def read(asking: Asking) -> Logs:
        word, worst = asking.query.get("word", "").strip()[:64], bool(asking.query.get("worst"))

        def fits(line: str) -> bool:
            is_bad = not worst or any(f" {level} " in line for level in WORST)
            return is_bad and word.lower() in line.lower()

        lines = tuple(sources.log_lines(fits, MOST_LINES))
        return Logs(lines=lines, word=word, worst=worst, stick=save_shown(sources.sticks, TO_STICK))

    return View("logs", "/logs", Logs, read, TECHNICIAN)
