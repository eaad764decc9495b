"""The counter as it is this moment: what the live page begins with, and what each happening draws on it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from edge.model.money import quantity_text
from edge.web.album import PAPER, PaperShown
from edge.web.feed import Feed
from edge.web.live import Drawn, Read
from edge.web.overview import now, overview
from edge.web.setup import LastHeard, heard, pulled
from edge.web.site import Asking, Shown, View
from edge.web.sources import PageSources
from edge.web.watch import BASKET, DISPLAY, PRESSED, ROWS, SCAN, SPEECH, STATE, DisplayShown, ScanShown, SpeechShown

PULLED, LINE, KEYPAD = "pulled", "line", "keypad"
SENTENCES, SCANS, ROWS_SHOWN = 20, 50, 50


class LineShown(Shown):
    name: str
    quantity: str
    amount_fen: int


class Basket(Shown):
    lines: tuple[LineShown, ...]
    total_fen: int


class RowShown(Shown):
    """The head of a journal row; what stands in it is for the cloud."""

    n: int
    stream: str
    seq: int
    type: str
    at: str


class KeypadShown(Shown):
    device: str
    heard: LastHeard | None


class Counter(Shown):
    """All newest first."""

    display: DisplayShown
    basket: Basket
    speech: tuple[SpeechShown, ...]
    scans: tuple[ScanShown, ...]
    keypads: tuple[KeypadShown, ...]
    """Each with its last keys; those that were pressed while somebody was served are covered."""
    rows: tuple[RowShown, ...]
    papers: tuple[PaperShown, ...]
    """Receipts that went to the printer since the start."""


def counter_view(sources: PageSources, feed: Feed) -> View:
    def read(_: Asking) -> Counter:
        sources.ports.raw.look()
        newest = list(reversed(feed.since(0)))
        display = next((one.what for one in newest if isinstance(one.what, DisplayShown)), None)
        return Counter(
            display=display or DisplayShown(upper="", lower=""),
            basket=_basket(sources),
            speech=tuple(one.what for one in newest if isinstance(one.what, SpeechShown))[:SENTENCES],
            scans=tuple(one.what for one in newest if isinstance(one.what, ScanShown))[:SCANS],
            keypads=tuple(
                KeypadShown(device=one.name, heard=heard(sources, one.name))
                for one in sources.devices if one.driver == KEYPAD
            ),
            rows=tuple(reversed(_rows(sources, max(1, now(sources).journal_n - ROWS_SHOWN + 1)))),
            papers=sources.box.album.newest(),
        )  # fmt: skip

    return View("live", "/live", Counter, read)


def live_parts(sources: PageSources) -> Mapping[str, Read]:
    """What is drawn anew by each kind of happening."""
    return {
        DISPLAY: partial(_one, DISPLAY), SPEECH: partial(_one, SPEECH), SCAN: lambda what: _scan(sources, what),
        PAPER: partial(_one, PAPER), PRESSED: lambda device: _heard(sources, device),
        BASKET: lambda _: _one(BASKET, _basket(sources)),
        STATE: lambda _: _state(sources),
        ROWS: lambda span: _new_rows(sources, *span),
    }  # fmt: skip


def _scan(sources: PageSources, what: Any) -> Drawn:
    """Drawn for somebody who looks still."""
    sources.ports.raw.look()
    return [*_one(SCAN, what), *_heard(sources, what.device)]


def _heard(sources: PageSources, device: str) -> Drawn:
    """Where a scanner or keypad is tried: the newest of it, whichever happening it is drawn for."""
    return [(f"heard-{device}", "live/heard.html", {"what": heard(sources, device)})]


def _one(kind: str, what: Any) -> Drawn:
    return [(kind, f"live/{kind}.html", {"what": what})]


def _state(sources: PageSources) -> Drawn:
    page = overview(sources)
    return [
        (STATE, "live/state.html", {"page": page}),
        ("change", "inner/change_live.html", {"page": page.change}),
        (PULLED, "live/pulled.html", {"page": pulled(sources)}),
        (LINE, "live/line.html", {"link": page.link}),
        ("problems", "live/problems.html", {"page": page}),
    ]


def _new_rows(sources: PageSources, first: int, last: int) -> Drawn:
    for row in _rows(sources, max(first, last - ROWS_SHOWN + 1)):
        if row.n <= last:
            yield "row", "live/row.html", {"what": row}


def _rows(sources: PageSources, since: int) -> list[RowShown]:
    return [
        RowShown(n=row["n"], stream=row["stream"], seq=row["seq"], type=row["type"], at=row["at"])
        for row in sources.rows(since)
    ]


def _basket(sources: PageSources) -> Basket:
    sale = sources.counter().sale
    if sale is None:
        return Basket(lines=(), total_fen=0)
    lines = tuple(
        LineShown(name=line.name or line.sku, quantity=quantity_text(line.qty), amount_fen=line.amount)
        for line in sale.standing
    )
    return Basket(lines=lines, total_fen=sale.total)
