"""The catalogue's version held against the cloud's, at the cloud's wish (cat.sync).

ordered ──► hello again ──► welcome: the same version ──► done
                                └──► behind: `CatalogueNews` asks for it ──► it is here: done │ not in time: failed
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.bus import Bus
from edge.ports import Transaction
from edge.services.catalogue_news import CatalogueNews
from edge.services.commands import Answered, Ordered
from edge.services.link import GreetAgain, Welcomed

LOOK_S = 2.0
PATIENCE_S = 600.0
"""For all that is behind to come: three questions for the whole, and a large file over a slow line."""


@dataclass(frozen=True, slots=True)
class SyncLook:
    """A timer: is what was behind here now?"""

    cid: str
    until_mono: float


class CatalogueSync:
    """Built after `CatalogueNews`, which has compared when this hears the welcome."""

    def __init__(self, bus: Bus, news: CatalogueNews) -> None:
        self._bus = bus
        self._news = news
        self._cid = ""
        self._compared = False
        bus.on(Welcomed, self._welcomed)
        bus.on(SyncLook, self._look)

    def order(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of cat.sync."""
        if self._cid:
            return Answered(ordered.cid, "failed", "cmd.busy", "the catalogue is being compared already")
        self._cid, self._compared = ordered.cid, False
        tx.after_commit(GreetAgain())
        self._bus.after(LOOK_S, SyncLook(ordered.cid, tx.stamp.mono + PATIENCE_S))
        return Answered(ordered.cid, "accepted")

    def _welcomed(self, _: Welcomed, tx: Transaction) -> None:
        if self._cid:
            self._compared = True
            self._tell(tx)

    def _look(self, look: SyncLook, tx: Transaction) -> None:
        if look.cid != self._cid or self._tell(tx):
            return
        if tx.stamp.mono < look.until_mono:
            self._bus.after(LOOK_S, look)
            return
        self._cid = ""
        if self._compared:
            standing = self._news.standing(tx)
            told = f"version {standing.wanted} did not come; version {standing.known} is here"
            tx.after_commit(Answered(look.cid, "failed", "cat.base_missing", told))
        else:
            tx.after_commit(Answered(look.cid, "failed", "cmd.timeout", "no welcome came"))

    def _tell(self, tx: Transaction) -> bool:
        """Whether it is known how it stands, and told."""
        standing = self._news.standing(tx)
        if not self._compared or standing.known < standing.wanted:
            return False
        cid, self._cid = self._cid, ""
        out = {"ver": standing.known, "own": not standing.is_managed}
        tx.after_commit(Answered(cid, "done", out=out))
        return True
