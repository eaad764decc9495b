"""Counting what is on the shelves while the shop sells on (product row 87).

What was sold after goods were counted comes off their count, so that nobody has to close the shop. A count that is far
from the books is counted again, once: a slip says what, and not how much should lie there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from edge.messages import Say, Tone
from edge.model.count_slip import count_slip, recount_slip
from edge.model.counter import Verb, Waiting
from edge.model.money import Milli, quantity_text
from edge.model.records import StockCounted
from edge.model.stock import Act, Counted, Desk, doubtful, portions, tally
from edge.model.stock_records import LINES_MAX
from edge.ports import Transaction
from edge.services.drawer_count import SlipWords
from edge.services.slips import local_time, print_slip

_ROUND = "count.round"
"""In `meta`: 2 while goods are counted again."""


class Counting:
    """A trade of `StoreRoom`."""

    asks, desk, waiting, verb = True, Desk.COUNT, Waiting.COUNT, Verb.COUNT

    def __init__(self, words: SlipWords, zone: ZoneInfo) -> None:
        self.words = words
        self._zone = zone

    def opened(self, tx: Transaction) -> None:
        """The question is enough."""

    def prepared(self, act: Act, tx: Transaction) -> Act:
        was, net = tx.stock.on_hand(act.sku), tx.stock.net(act.sku)
        return replace(act, was=was, net=net, round=_round(tx), until=None, damaged=False)

    def total(self, sku: str, tx: Transaction) -> Milli:
        """As it would be booked now."""
        return Milli(sum(one.qty for one in tally(tx.stock_acts.about(Desk.COUNT, sku))))

    def told(self, act: Act, total: Milli, tx: Transaction) -> Say:
        return Say("count.item", words=(("item", act.name), ("n", quantity_text(total))))

    def by_number(self, text: str, tx: Transaction) -> bool:
        return False

    def by_card(self, verb: Verb, tx: Transaction) -> bool:
        return False

    def all_scanned(self, tx: Transaction) -> int | None:
        acts = tx.stock_acts.of(Desk.COUNT)
        far = doubtful(acts) if _round(tx) == 1 else ()
        if not far:
            return len(tally(acts))
        tx.put(_ROUND, "2")
        language = self.words.spoken(tx)
        print_slip(recount_slip(far, shop=self.words.shop, now=self._now(tx), language=language), tx)
        tx.after_commit(Say("count.again", Tone.ATTENTION, words=(("n", str(len(far))),)))
        return None

    def book(self, tx: Transaction) -> None:
        acts, count = tx.stock_acts.of(Desk.COUNT), tx.new_id()
        counted, doubted = tally(acts), frozenset(far.sku for far in doubtful(acts))
        lines = [one.line(tx.stock.net(one.sku)) for one in counted]
        for some in portions(lines, LINES_MAX):
            tx.append(StockCounted(count, some))
        slip = count_slip(
            counted, doubted, shop=self.words.shop, now=self._now(tx), language=self.words.spoken(tx)
        )  # fmt: skip
        print_slip(slip, tx, of=count)
        tx.after_commit(_outcome(counted))

    def dropped(self, tx: Transaction) -> None:
        tx.put(_ROUND, "")

    def _now(self, tx: Transaction) -> str:
        return local_time(tx.stamp.at, self._zone)


def _outcome(counted: Sequence[Counted]) -> Say:
    """What nobody had counted before is not said to be as in the books."""
    differ = sum(1 for one in counted if one.difference)
    if differ:
        return Say("count.done", words=(("n", str(differ)),))
    is_first = all(one.was is None for one in counted)
    return Say("count.first", words=(("n", str(len(counted))),)) if is_first else Say("count.right")


def _round(tx: Transaction) -> int:
    return 2 if tx.get(_ROUND) == "2" else 1
