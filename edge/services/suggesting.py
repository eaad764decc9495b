"""Card 补货建议: what runs out is proposed on paper, a slip for each supplier, each line with a barcode (row 83).

Nothing is ordered by it. A proposal that nobody touched gives way to the next one; one that somebody is at is printed
again as it stands. After a day each of them is over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.codec.command_card import OwnSlip, SlipKind, slip_code
from edge.messages import Asked, EveningPrinted, Say, Started, Tone
from edge.model.counter import Verb
from edge.model.money import Fen
from edge.model.platform import Supplier
from edge.model.purchase import (
    MAX_SUGGESTED,
    PROPOSAL_LASTS,
    PROPOSALS,
    PurchaseEvent,
    PurchaseLine,
    PurchaseOrder,
    PurchaseState,
    number_of,
    slip_number,
)
from edge.model.purchase_records import PurchaseConfirmed, PurchaseExpired, PurchaseSuggested
from edge.model.purchase_slip import SlipHead, suggestion_slip
from edge.ports import Transaction
from edge.services.drawer_count import SlipWords
from edge.services.goods_walk import GoodsWalks, Walk
from edge.services.shortages import Found, Search, Shortages, line_for
from edge.services.slips import local_time, print_slip

NEWER = "newer"
"""Why a proposal expired before its time."""


@dataclass(frozen=True, slots=True)
class ProposalsDue:
    """A timer: is a proposal over?"""


class PurchasePapers:
    """What the slips of the shop's orders look like: `suppliers` by their names, `words` of the shop."""

    def __init__(self, suppliers: Sequence[Supplier], words: SlipWords, zone: ZoneInfo) -> None:
        self._suppliers = {supplier.id: supplier for supplier in suppliers}
        self._words = words
        self._zone = zone

    def head(self, tx: Transaction) -> SlipHead:
        language = self._words.spoken(tx)
        return SlipHead(
            self._words.shop, local_time(tx.stamp.at, self._zone), language,
            lambda supplier_id: self._name(supplier_id, language),
            lambda supplier_id: self._notes(supplier_id, language),
        )  # fmt: skip

    def print_proposal(self, order: PurchaseOrder, tx: Transaction, *, more: int = 0, uncounted: int = 0) -> None:
        slip = suggestion_slip(
            order, self.head(tx), lambda line: code_of(order, line), more=more, uncounted=uncounted
        )  # fmt: skip
        print_slip(slip, tx)

    def _notes(self, supplier_id: str, language: str) -> Sequence[str]:
        found = self._suppliers.get(supplier_id)
        return found.slip.lines(language) if found is not None else ()

    def _name(self, supplier_id: str, language: str) -> str:
        found = self._suppliers.get(supplier_id)
        return found.spoken(language) if found is not None else supplier_id


def code_of(order: PurchaseOrder, line: int = 0) -> str:
    """The text of the barcode of a line, or of the whole slip."""
    return slip_code(OwnSlip(SlipKind.PURCHASE, slip_number(order.number, line)))


def expire_old(tx: Transaction) -> None:
    """Proposals of more than a day ago are over."""
    for order in tx.purchases.in_states(PROPOSALS):
        if order.is_over(tx.stamp.at):
            tx.append(PurchaseExpired(order.moved(PurchaseEvent.EXPIRE, tx.stamp.at)))


def _standing(tx: Transaction) -> list[PurchaseOrder]:
    """Proposals that somebody is at."""
    return [order for order in tx.purchases.in_states(PROPOSALS) if order.state is PurchaseState.EDITED]


class Suggesting:
    """`full`: no room for orders (P11)."""

    def __init__(
        self, bus: Bus, walks: GoodsWalks, shortages: Shortages, papers: PurchasePapers, *, full: Callable[[], bool]
    ) -> None:  # fmt: skip
        self._full = full
        self._bus = bus
        self._walks = walks
        self._shortages = shortages
        self._papers = papers
        bus.on(Asked, self._asked)
        bus.on(EveningPrinted, self._evening)
        bus.on(Started, self._begun)
        bus.on(ProposalsDue, self._due)
        bus.on(PurchaseConfirmed, self._ordered)

    def _begun(self, _: Started, tx: Transaction) -> None:
        self._watch(tx)

    def _due(self, _: ProposalsDue, tx: Transaction) -> None:
        self._watch(tx)

    def _ordered(self, confirmed: PurchaseConfirmed, tx: Transaction) -> None:
        for line in confirmed.order.taken:
            tx.plans.fulfil(line.sku)

    def _watch(self, tx: Transaction) -> None:
        """Expire what is over; look again when the next one will be."""
        expire_old(tx)
        ends = [order.made_at + PROPOSAL_LASTS for order in tx.purchases.in_states(PROPOSALS)]
        if ends:
            self._bus.after(max(1.0, (min(ends) - tx.stamp.at).total_seconds()), ProposalsDue())

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is not Verb.SUGGEST_ORDER:
            return
        if self._full():
            tx.after_commit(Say("store.full", Tone.ERROR))
            return
        self._search(tx, self._tell)

    def _evening(self, _: EveningPrinted, tx: Transaction) -> None:
        """Tomorrow's order behind the owner's report, without a word: the summary is being spoken (row 93)."""
        if not self._full():
            self._search(tx)

    def _search(self, tx: Transaction, tell: Callable[[Found, Transaction], None] | None = None) -> None:
        """Among all goods, in turns; then it is printed, and told."""
        if not tx.supplier_offers.version():
            self._end(Found((), 0, offered=False), tell, tx)
            return
        standing = _standing(tx)
        search = Search(self._shortages, {line.sku for order in standing for line in order.taken}, tx)
        self._walks.begin(Walk(search.look, lambda tx: self._end(search.found(), tell, tx)), tx)

    def _end(self, found: Found, tell: Callable[[Found, Transaction], None] | None, tx: Transaction) -> None:
        """What somebody is at as it stands, and new proposals for what else is short."""
        expire_old(tx)
        standing = _standing(tx)
        for order in standing:
            self._papers.print_proposal(order, tx)
        self._renew(found, {order.supplier for order in standing}, tx)
        self._watch(tx)
        if tell is not None:
            tell(found, tx)

    def _renew(self, found: Found, busy: set[str], tx: Transaction) -> None:
        """New proposals in the place of those that nobody touched; a supplier whose slip somebody is at gets none."""
        for order in tx.purchases.in_states({PurchaseState.PROPOSED}):
            tx.append(PurchaseExpired(replace(order, why=NEWER).moved(PurchaseEvent.EXPIRE, tx.stamp.at)))
        wanted = [short for short in found.shortages if short.best.wanted.offer.supplier not in busy]
        shown, more = wanted[:MAX_SUGGESTED], len(wanted) - MAX_SUGGESTED
        by_supplier: dict[str, list[PurchaseLine]] = {}
        for short in shown:
            lines = by_supplier.setdefault(short.best.wanted.offer.supplier, [])
            lines.append(line_for(short, len(lines) + 1))
        for place, (supplier_id, lines) in enumerate(by_supplier.items()):
            supplier = self._shortages.supplier(supplier_id)
            assert supplier is not None  # shortages are of those that it has
            is_last = place == len(by_supplier) - 1
            order = self._propose(supplier, lines, tx)
            self._papers.print_proposal(
                order, tx, more=max(0, more) if is_last else 0, uncounted=found.uncounted if is_last else 0
            )

    def _propose(self, supplier: Supplier, lines: Sequence[PurchaseLine], tx: Transaction) -> PurchaseOrder:
        order_id = tx.new_id()
        while tx.purchases.by_number(number_of(order_id)) is not None:
            order_id = tx.new_id()
        now = tx.stamp.at
        order = PurchaseOrder(
            order_id, number_of(order_id), supplier.id, PurchaseState.SUGGESTED, tuple(lines), Fen(0), now, now,
            supplier.free_delivery, supplier.delivery_fee,
        ).moved(PurchaseEvent.PRINT, now)  # fmt: skip
        tx.append(PurchaseSuggested(order))
        return order

    def _tell(self, found: Found, tx: Transaction) -> None:
        kinds = sum(len(order.lines) for order in tx.purchases.in_states(PROPOSALS))
        if kinds:
            tx.after_commit(Say("buy.printed", words=(("n", str(kinds)),)))
        elif found.offered or tx.supplier_offers.version():
            tx.after_commit(Say("buy.nothing", Tone.ATTENTION))
        else:
            tx.after_commit(Say("buy.no_offers", Tone.ATTENTION))
