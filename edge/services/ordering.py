"""A purchase order in hand: scans of its slip take lines, a number and * changes them, minus drops them (row 83).

    scan of a line ──► its packs, the total, what is missing to free delivery ──► the next line, or
        n *  changes it     -  drops it     card 凑满免运费  fills it     owner's card, Enter  orders it

The slip's own barcode takes all of it. What a hand does is in the ledger at each beep: a customer who comes meanwhile
is served, and the next scan of the slip goes on. Nothing leaves the shop before the owner's Enter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from edge.bus import Bus
from edge.errors import ModelError
from edge.messages import AskedAtDesk, DeliveryScanned, PurchaseSlipScanned, Say, Show, Tone, View
from edge.model.counter import Counter, Verb, Waiting, at_rest
from edge.model.money import Milli
from edge.model.purchase import PROPOSALS, PurchaseEvent, PurchaseLine, PurchaseOrder, PurchaseState
from edge.model.purchase_records import PurchaseCancelled, PurchaseConfirmed
from edge.model.purchase_slip import order_slip
from edge.ports import Transaction
from edge.services.basket import question, refunding
from edge.services.drawer_count import has_basket
from edge.services.owner_gate import armed, spend
from edge.services.slips import print_slip
from edge.services.suggesting import PurchasePapers, code_of, expire_old
from edge.services.training import practising

HAND_S = 180.0
"""Of nothing done the order is put aside: whoever read the slip has gone."""

_TOLD = {
    PurchaseState.CONFIRMED: "buy.waiting", PurchaseState.PLACED: "buy.placed",
    PurchaseState.CANCELLING: "buy.cancelling", PurchaseState.ACCEPTED: "buy.accepted",
    PurchaseState.REJECTED: "buy.rejected", PurchaseState.IN_TRANSIT: "buy.transit",
    PurchaseState.RECEIVING: "buy.receiving", PurchaseState.RECEIVED: "buy.received",
    PurchaseState.RECEIVED_WITH_DIFF: "buy.received", PurchaseState.CANCELLED: "buy.cancelled",
    PurchaseState.EXPIRED: "buy.expired",
}  # fmt: skip
"""What a slip is told that cannot be changed any more."""
_COMES = frozenset({PurchaseState.ACCEPTED, PurchaseState.IN_TRANSIT, PurchaseState.RECEIVING})
"""Whoever scans the slip then has the goods before them."""
_FREE_HANDS = frozenset({Waiting.NOTHING, Waiting.PURCHASE})
OWNER = "owner"
"""Why an order was cancelled."""


@dataclass(frozen=True, slots=True)
class OrderDue:
    """A timer of the `serial`th touch: is anybody still at the slip?"""

    serial: int


@dataclass(frozen=True, slots=True)
class PurchaseToTell:
    """An effect: the cloud is to be told of this order."""

    order: str


@dataclass(frozen=True, slots=True)
class FillWanted:
    """An effect: the order in hand is to be filled to free delivery."""

    order: str


@dataclass(frozen=True, slots=True)
class OrderFilled:
    """An effect: this order was filled, and is in hand from now on where the counter is free."""

    order: str


class Ordering:
    """`online` tells whether the cloud is there: an order that is confirmed without it waits, and that is said. `full`:
    no room for orders (P11).
    """

    def __init__(
        self, bus: Bus, papers: PurchasePapers, *, online: Callable[[], bool], full: Callable[[], bool]
    ) -> None:  # fmt: skip
        self._full = full
        self._bus = bus
        self._papers = papers
        self._online = online
        self._serial = 0
        bus.on(PurchaseSlipScanned, self._scanned)
        bus.on(AskedAtDesk, self._by_hand)
        bus.on(OrderDue, self._due)
        bus.on(OrderFilled, self._filled)

    # --- the slip --------------------------------------------------------------------------------------------------

    def _scanned(self, scan: PurchaseSlipScanned, tx: Transaction) -> None:
        if practising(tx):
            tx.after_commit(Say("train.not_now", Tone.ATTENTION))
        elif has_basket(tx) or refunding(tx.counter):
            tx.after_commit(Say("sale.finish_first", Tone.ATTENTION))
        elif tx.counter.waiting in _FREE_HANDS:
            self._take(scan, tx)
        elif tx.counter.waiting is Waiting.RECEIVE and tx.purchases.by_number(scan.number) is not None:
            tx.after_commit(DeliveryScanned(scan.number, scan.asked_mono))
        else:
            tx.after_commit(question(tx.counter) or Say("sale.finish_first", Tone.ATTENTION))

    def _take(self, scan: PurchaseSlipScanned, tx: Transaction) -> None:
        expire_old(tx)
        line, order = scan.line, tx.purchases.by_number(scan.number)
        if order is None or (line and order.line(line) is None):
            tx.after_commit(Say("buy.unknown", Tone.ERROR))
        elif order.state is PurchaseState.CHANGED:
            self._hold(order, 0, tx)
            tx.after_commit(Say("buy.change_q", Tone.ATTENTION, amounts=(("a", order.offered_total),)))
        elif order.state in _COMES:
            tx.keep(at_rest(tx.counter.sale))
            tx.after_commit(DeliveryScanned(order.number, scan.asked_mono))
        elif order.state not in PROPOSALS:
            self._tell_state(order, tx)
        elif line:
            self._take_line(order, line, tx)
        elif order.taken:
            self._hold(order, 0, tx)
            self._tell_sum("buy.total", order, tx)
        else:
            self._take_all(order, tx)

    def _take_all(self, order: PurchaseOrder, tx: Transaction) -> None:
        """Where each line is too much, nothing is: those are scanned one by one."""
        whole = order.with_all(tx.stamp.at)
        if not whole.taken:
            self._hold(order, 0, tx)
            tx.after_commit(Say("buy.empty", Tone.ATTENTION))
            return
        tx.purchases.keep(whole)
        self._hold(whole, 0, tx)
        self._tell_sum("buy.all", whole, tx)

    def _tell_state(self, order: PurchaseOrder, tx: Transaction) -> None:
        """It is in hand where it can still be cancelled."""
        if order.may(PurchaseEvent.WITHDRAW):
            self._hold(order, 0, tx)
        is_over = order.state is PurchaseState.EXPIRED
        tx.after_commit(Say(_TOLD[order.state], Tone.ERROR if is_over else Tone.ATTENTION))

    def _take_line(self, order: PurchaseOrder, n: int, tx: Transaction) -> None:
        """A line that was taken before keeps its packs: a slip may be scanned twice. `n *` before it sets them."""
        line, keyed = order.line(n), tx.counter.pieces
        if line is not None:
            packs = keyed // 1000 if keyed is not None else line.packs or line.suggested
            self._change(order, line, packs, tx)

    def _change(self, order: PurchaseOrder, line: PurchaseLine, packs: int, tx: Transaction) -> None:
        try:
            changed = order.with_packs(line.n, packs, tx.stamp.at)
        except ModelError:
            tx.after_commit(Say("err.amount", Tone.ERROR))
            return
        tx.purchases.keep(changed)
        self._hold(changed, line.n, tx)
        words = (("item", line.name), ("n", str(packs)))
        tx.after_commit(Say("buy.line", words=words) if packs else Say("buy.dropped", words=words[:1]))
        tell_delivery(changed, tx)

    def _hold(self, order: PurchaseOrder, line: int, tx: Transaction) -> None:
        tx.keep(Counter(tx.counter.sale, Waiting.PURCHASE, order.number, value=line))
        self._serial += 1
        self._bus.after(HAND_S, OrderDue(self._serial))
        tx.after_commit(Show(View.TOTAL, amount=order.total))

    def _tell_sum(self, prompt: str, order: PurchaseOrder, tx: Transaction) -> None:
        tx.after_commit(Say(prompt, amounts=(("a", order.total),)))
        tell_delivery(order, tx)

    # --- by hand ---------------------------------------------------------------------------------------------------

    def _by_hand(self, asked: AskedAtDesk, tx: Transaction) -> None:
        counter = tx.counter
        if counter.waiting is not Waiting.PURCHASE:
            return
        order = tx.purchases.by_number(counter.barcode or "")
        if order is None or order.is_over(tx.stamp.at):
            expire_old(tx)
            self._aside("buy.expired", Tone.ERROR, tx)
            return
        line = order.line(counter.value) if counter.value and order.state in PROPOSALS else None
        match asked.verb:
            case Verb.ENTER:
                self._enter(order, tx)
            case Verb.CANCEL_SERVICE:
                self._cancel(order, tx)
            case Verb.FILL_ORDER:
                tx.after_commit(FillWanted(order.id))
            case Verb.REMOVE_LAST | Verb.UNDO if line is not None:
                self._change(order, line, 0, tx)
            case Verb.REMOVE_LAST | Verb.UNDO if order.state is PurchaseState.CHANGED:
                self._cancel(order, tx)
            case Verb.REMOVE_LAST | Verb.UNDO:
                self._aside("buy.aside", Tone.OK, tx)
            case Verb.PIECES | Verb.PIECES_CARD if line is not None:
                self._change(order, line, asked.value, tx)
            case Verb.PIECES | Verb.PIECES_CARD if order.state in PROPOSALS:
                tx.keep(replace(counter, pieces=Milli(asked.value * 1000)))
                tx.after_commit(Say("qty.wait", words=(("n", str(asked.value)),)))
            case Verb.REPEAT_LAST if line is not None:
                self._change(order, line, line.packs + 1, tx)
            case _:
                tx.after_commit(replace(question(counter) or Say("buy.next"), tone=Tone.ERROR))

    def _enter(self, order: PurchaseOrder, tx: Transaction) -> None:
        """The owner's card before it; without it what is to be paid is said, and that it is missing."""
        is_changed = order.state is PurchaseState.CHANGED
        if is_changed and not any(line.packs for line in order.offered):
            self._cancel(order, tx)  # nothing would come
        elif not is_changed and order.state not in PROPOSALS:
            self._tell_state(order, tx)
        elif not is_changed and not order.taken:
            tx.after_commit(Say("buy.empty", Tone.ATTENTION))
        elif armed(tx) is None:
            prompt, total = ("buy.change_q", order.offered_total) if is_changed else ("buy.owner", order.total)
            tx.after_commit(Say(prompt, Tone.ATTENTION, amounts=(("a", total),)))
        elif self._full():
            tx.after_commit(Say("store.full", Tone.ERROR))
        else:
            self._confirm(order, tx)

    def _confirm(self, order: PurchaseOrder, tx: Transaction) -> None:
        confirmed = confirm(order, spend(tx) or "", tx)
        tx.keep(at_rest(tx.counter.sale))
        self._print_ordered(confirmed, tx)
        tx.after_commit(Show(View.IDLE))
        tx.after_commit(Say("buy.confirmed" if self._online() else "buy.offline"))

    def _print_ordered(self, order: PurchaseOrder, tx: Transaction) -> None:
        print_slip(order_slip(order, self._papers.head(tx), code_of(order)), tx)

    def _cancel(self, order: PurchaseOrder, tx: Transaction) -> None:
        """A proposal by anybody; what was confirmed by the owner."""
        if order.state not in PROPOSALS and not order.may(PurchaseEvent.WITHDRAW):
            self._aside("buy.too_late", Tone.ERROR, tx)
        elif order.state not in PROPOSALS and spend(tx) is None:
            tx.after_commit(Say("buy.cancel_owner", Tone.ATTENTION))
        else:
            after = withdraw(order, tx)
            cancelled = after.state is PurchaseState.CANCELLED
            self._aside("buy.cancelled" if cancelled else "buy.cancelling", Tone.OK, tx)

    def _filled(self, filled: OrderFilled, tx: Transaction) -> None:
        order = tx.purchases.find(filled.order)
        if order is not None and order.state in PROPOSALS and tx.counter.waiting in _FREE_HANDS and not has_basket(tx):
            self._hold(order, 0, tx)

    # --- out of hand -----------------------------------------------------------------------------------------------

    def _due(self, due: OrderDue, tx: Transaction) -> None:
        if due.serial == self._serial and tx.counter.waiting is Waiting.PURCHASE:
            self._aside("buy.aside", Tone.ATTENTION, tx)

    def _aside(self, prompt: str, tone: Tone, tx: Transaction) -> None:
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(Show(View.IDLE))
        tx.after_commit(Say(prompt, tone))


def tell_delivery(order: PurchaseOrder, tx: Transaction) -> None:
    """What is missing until the delivery is free (row 84)."""
    if order.taken and order.gap:
        tx.after_commit(Say("stock.gap288", amounts=(("a", order.gap),)))


def confirm(order: PurchaseOrder, by: str, tx: Transaction) -> PurchaseOrder:
    """The owner's yes, booked; the cloud is told once that is safe. Raises IllegalMove."""
    if order.state is PurchaseState.CHANGED:
        confirmed = replace(order, by=by).agreed(tx.stamp.at)
    else:
        confirmed = replace(order, by=by).moved(PurchaseEvent.CONFIRM, tx.stamp.at)
    tx.append(PurchaseConfirmed(confirmed))
    tx.after_commit(PurchaseToTell(order.id))
    return confirmed


def withdraw(order: PurchaseOrder, tx: Transaction) -> PurchaseOrder:
    """Nobody wants it any more. What the cloud cannot have heard of is cancelled at once. Raises IllegalMove."""
    order = replace(order, why=OWNER)
    if order.sent:
        after = order.moved(PurchaseEvent.WITHDRAW, tx.stamp.at)
        tx.purchases.keep(after)
        tx.after_commit(PurchaseToTell(order.id))
    else:
        after = order.moved(PurchaseEvent.CANCEL, tx.stamp.at)
        tx.append(PurchaseCancelled(after))
    return after
