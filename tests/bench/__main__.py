"""`make bench`: every section, or those named by ONLY; the page and its plots only after a whole run."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from shop_bench import ROOT

from bench import (
    catalogue,
    counter,
    drain,
    evening,
    ledger,
    limits,
    lockers,
    looking_on,
    loss,
    machine,
    plots,
    reconnect,
    rest,
    rival,
    voice,
    wear,
    worn,
)
from bench.figures import Row
from bench.page import Measured, line, page
from bench.site import Site

PAGE = ROOT / "docs" / "benchmarks.md"
PICTURES = ROOT / "docs" / "benchmarks"


@dataclass(frozen=True, slots=True)
class Section:
    """`name` is what ONLY takes."""

    name: str
    title: str
    about: str
    measure: Callable[[Site], Iterator[Row]]


SECTIONS = (
    Section("limits", "Limits of this machine", "What the rest is a share of.", limits.run),
    Section(
        "ledger",
        "The ledger",
        "In one process, without devices; raw SQLite on the same disk takes turns with it.",
        ledger.run,
    ),
    Section(
        "counter",
        "The counter",
        "`edge run` as a process, scanner and display on ptys, the printer on TCP.",
        counter.run,
    ),
    Section(
        "evening",
        "The owner's evening",
        "The same, after a day of 500 sales in the ledger: the card 今日报告, again and again.",
        evening.run,
    ),
    Section(
        "drain",
        "Draining a backlog",
        "Through a real mosquitto; the stub is a cloud that acknowledges, and stores nothing.",
        drain.run,
    ),
    Section(
        "voice",
        "The voice",
        "The same with a loudspeaker on TCP, held here by hand: espeak-ng speaks. The real player is timed alone.",
        voice.run,
    ),
    Section(
        "lockers",
        "Lockers",
        "A wall of 96 doors on four boards of the 8A family, one pty at 9600 baud, each byte in its time.",
        lockers.run,
    ),
    Section(
        "page",
        "The terminal's own page",
        "The counter again, and twenty streams of its live page; then each view, as JSON and as a page.",
        looking_on.run,
    ),
    Section("rest", "Start and rest", "Two scanners, keypad, display and printer are plugged in.", rest.run),
    Section(
        "catalogue",
        "A new catalogue",
        "`edge catalogue import` of 50,000 goods beside a counter that sells.",
        catalogue.run,
    ),
    Section(
        "loss",
        "What is lost",
        "The journal's rows against the reference cloud's; `make chaos` is the long proof.",
        loss.run,
    ),
    Section(
        "wear", "Wear of the flash", "What the kernel wrote to the disk for the terminal, by its own count.", wear.run
    ),
    Section("worn", "A worn card", "Each fsync of the terminal waits 200 ms, by a preloaded shim.", worn.run),
    Section(
        "reconnect", "Reconnecting", "The network was cut until the terminal waits between attempts.", reconnect.run
    ),
    Section(
        "rival",
        "The rival",
        "ThingsBoard's gateway, whole, SQLite as its store, with a local broker as its server.",
        rival.run,
    ),
)


def main() -> int:
    """0 when everything was measured, whatever the verdicts; 2 for a section that there is not."""
    only = [name for name in os.environ.get("ONLY", "").replace(",", " ").split() if name]
    names = [section.name for section in SECTIONS]
    if unknown := [name for name in only if name not in names]:
        print(f"bench: there is no section {', '.join(unknown)}; there are {', '.join(names)}", file=sys.stderr)
        return 2
    site = Site()
    facts, begun = machine.facts(site.file_system), monotonic()
    measured = [measure(section, site) for section in SECTIONS if section.name in only or not only]
    minutes = (monotonic() - begun) / 60
    if only:
        plots.draw(site.samples, ROOT / "build" / "bench-pictures")
    else:
        write(facts, measured, site, minutes)
    site.close()
    return 0


def measure(section: Section, site: Site) -> Measured:
    """Each row is printed when it is known: a run takes long."""
    begun, rows = monotonic(), []
    print(f"--- {section.name}: {section.about}", flush=True)
    for row in section.measure(site):
        print(line(row), flush=True)
        rows.append(row)
    print(f"    {monotonic() - begun:.0f} s", flush=True)
    return Measured(section.title, section.about, rows)


def write(facts: dict[str, str], measured: Sequence[Measured], site: Site, minutes: float) -> None:
    pictures = plots.draw(site.samples, PICTURES)
    PAGE.write_text(page(facts, measured, pictures, minutes=minutes), encoding="utf-8")
    print(f"bench: {PAGE.relative_to(ROOT)} and {len(pictures)} pictures written after {minutes:.0f} minutes")


if __name__ == "__main__":
    sys.exit(main())
