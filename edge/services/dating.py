"""Dates of what lies on the shelf: noted by hand, listed before they are over (product row 88).

The card 保质期 prints what expires within a week and what is over, then goods and their dates may be scanned and keyed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.messages import Say, Tone
from edge.model.counter import Verb, Waiting
from edge.model.day_records import DayClosed, ShiftOpened
from edge.model.expiry_slip import DatedGoods, expiry_slip
from edge.model.money import Milli, quantity_text
from edge.model.records import LotNoted
from edge.model.stock import Act, Desk, lots_of
from edge.ports import Catalogue, Transaction
from edge.services.drawer_count import SlipWords
from edge.services.lots import Dates
from edge.services.shop_prices import stranger
from edge.services.slips import local_time, print_slip

SOON = timedelta(days=7)
LISTED_MAX = 200
"""Of the most urgent: more fits no shopping basket, and no wall either."""


@dataclass(frozen=True, slots=True)
class Soon:
    """What lies on the shelf and expires within a week, or is over."""

    today: date
    goods: tuple[DatedGoods, ...]

    @property
    def expiring_today(self) -> int:
        return len({one.sku for one in self.goods if one.until == self.today})


class Dating:
    """A trade of `StoreRoom`. Says in the morning what expires, and lists it with the day's report."""

    asks, desk, waiting, verb = False, Desk.EXPIRY, Waiting.EXPIRY, Verb.EXPIRY

    def __init__(self, bus: Bus, catalogue: Catalogue, words: SlipWords, zone: ZoneInfo) -> None:
        self._catalogue = catalogue
        self.words = words
        self._zone = zone
        self._dates = Dates(words, zone)
        bus.on(ShiftOpened, self._morning)
        bus.on(DayClosed, self._evening)

    def opened(self, tx: Transaction) -> None:
        soon = self._list(tx)
        if not soon.goods:
            tx.after_commit(Say("exp.none"))
        elif soon.expiring_today:
            tx.after_commit(_today(soon))
        else:
            kinds = len({one.sku for one in soon.goods})
            tx.after_commit(Say("exp.soon", Tone.ATTENTION, words=(("n", str(kinds)),)))

    def prepared(self, act: Act, tx: Transaction) -> Act:
        """All that lies here and has no date, where that is known and nobody keyed a number."""
        on_hand, is_one = tx.stock.on_hand(act.sku), act.qty == act.each == Milli(1000)
        if on_hand is None or not is_one:
            return act
        here = (one for one in tx.stock_acts.of(Desk.EXPIRY) if one.sku == act.sku and one.until is not None)
        undated = on_hand - tx.stock.dated(act.sku) - sum(one.qty or 0 for one in here)
        return replace(act, qty=Milli(undated)) if undated > 0 else act

    def total(self, sku: str, tx: Transaction) -> Milli:
        newest = tx.stock_acts.newest(Desk.EXPIRY)
        return newest.qty or Milli(0) if newest is not None and newest.sku == sku else Milli(0)

    def told(self, act: Act, total: Milli, tx: Transaction) -> Say:
        if act.until is not None:
            return self._dates.told(act.name, total, act.until, tx)
        return Say("exp.key", Tone.ATTENTION, words=(("item", act.name), ("n", quantity_text(total))))

    def by_number(self, text: str, tx: Transaction) -> bool:
        return self._dates.keyed(Desk.EXPIRY, text, tx, all_before=False)

    def by_card(self, verb: Verb, tx: Transaction) -> bool:
        return False

    def all_scanned(self, tx: Transaction) -> int | None:
        return len(lots_of(tx.stock_acts.of(Desk.EXPIRY)))

    def book(self, tx: Transaction) -> None:
        """What was scanned and got no date is as if it had not been."""
        lots = lots_of(tx.stock_acts.of(Desk.EXPIRY))
        for lot in lots:
            tx.append(LotNoted(lot.sku, lot.qty, lot.until, "noted"))
        tx.after_commit(Say("exp.done", words=(("n", str(len(lots))),)) if lots else Say("flow.stopped"))

    def dropped(self, tx: Transaction) -> None:
        """Nothing is remembered beside the acts."""

    # --- what expires ----------------------------------------------------------------------------------------------

    def _morning(self, opened: ShiftOpened, tx: Transaction) -> None:
        """Not in the middle of the first customer's goods, which open a shift by themselves."""
        soon = self._soon(tx)
        if soon.expiring_today and not opened.by_itself:
            tx.after_commit(_today(soon))

    def _evening(self, closed: DayClosed, tx: Transaction) -> None:
        if not closed.by_itself:
            self._list(tx)

    def _list(self, tx: Transaction) -> Soon:
        soon = self._soon(tx)
        if soon.goods:
            now, language = local_time(tx.stamp.at, self._zone), self.words.spoken(tx)
            print_slip(expiry_slip(soon.goods, soon.today, shop=self.words.shop, now=now, language=language), tx)
        return soon

    def _soon(self, tx: Transaction) -> Soon:
        today = self._dates.today(tx)
        lots = tx.stock.lots_until(today + SOON, limit=LISTED_MAX)
        named = ((lot, self._catalogue.by_sku(lot.sku) or stranger(lot.sku)) for lot in lots)
        return Soon(today, tuple(DatedGoods(lot.sku, item.name, lot.qty, lot.until) for lot, item in named))


def _today(soon: Soon) -> Say:
    return Say("exp.today", Tone.ATTENTION, words=(("n", str(soon.expiring_today)),))
