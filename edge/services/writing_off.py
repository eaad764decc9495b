"""What nobody will buy any more leaves the books (product row 88).

The question at the end is answered by Enter where it is expired, else by the number of the reason and Enter.
"""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from edge.messages import Say
from edge.model.counter import Verb, Waiting
from edge.model.money import Fen, Milli, line_amount, quantity_text
from edge.model.records import StockMoved
from edge.model.stock import Act, Arrived, Desk, arrivals, portions
from edge.model.stock_records import LINES_MAX
from edge.model.write_off_slip import REASONS, write_off_slip
from edge.ports import Transaction
from edge.services.drawer_count import SlipWords
from edge.services.slips import local_time, print_slip
from edge.services.store_room import close

_WHY = "write_off.why"
"""In `meta`: the reason, once it was keyed."""


class WritingOff:
    """A trade of `StoreRoom`."""

    asks, desk, waiting, verb = True, Desk.WRITE_OFF, Waiting.WRITE_OFF, Verb.WRITE_OFF

    def __init__(self, words: SlipWords, zone: ZoneInfo) -> None:
        self.words = words
        self._zone = zone

    def opened(self, tx: Transaction) -> None:
        """The question is enough."""

    def prepared(self, act: Act, tx: Transaction) -> Act:
        return replace(act, until=None)

    def total(self, sku: str, tx: Transaction) -> Milli:
        return tx.stock_acts.total(Desk.WRITE_OFF, sku)

    def told(self, act: Act, total: Milli, tx: Transaction) -> Say:
        return Say("loss.item", words=(("item", act.name), ("n", quantity_text(total))))

    def by_number(self, text: str, tx: Transaction) -> bool:
        """Once it is asked whether that is all, a number is the reason."""
        if tx.counter.verb is not Verb.ALL_SCANNED or not text.isdecimal() or not 1 <= int(text) <= len(REASONS):
            return False
        tx.put(_WHY, REASONS[int(text) - 1])
        close(self, tx)
        return True

    def by_card(self, verb: Verb, tx: Transaction) -> bool:
        return False

    def all_scanned(self, tx: Transaction) -> int | None:
        return sum(one.whole // 1000 for one in self._gone(tx))

    def book(self, tx: Transaction) -> None:
        gone, of, why = self._gone(tx), tx.new_id(), tx.get(_WHY) or REASONS[0]
        for some in portions((one for one in gone if one.whole), LINES_MAX):
            tx.append(StockMoved(of, why, tuple((one.sku, Milli(-one.whole)) for one in some)))
        now, language = local_time(tx.stamp.at, self._zone), self.words.spoken(tx)
        slip = write_off_slip(gone, why, _worth(gone, tx), shop=self.words.shop, now=now, language=language)
        print_slip(slip, tx, of=of)
        tx.after_commit(Say("loss.done", words=(("n", str(len(gone))),)))

    def dropped(self, tx: Transaction) -> None:
        tx.put(_WHY, "")

    def _gone(self, tx: Transaction) -> tuple[Arrived, ...]:
        return arrivals(tx.stock_acts.of(Desk.WRITE_OFF), None)


def _worth(gone: tuple[Arrived, ...], tx: Transaction) -> Fen | None:
    """What it cost; None: of some of it nobody knows."""
    costs = [(tx.stock.last_cost(one.sku), one.whole) for one in gone]
    known = [line_amount(cost, qty) for cost, qty in costs if cost is not None]
    return Fen(sum(known)) if len(known) == len(costs) else None
