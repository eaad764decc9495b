"""An order from an app is picked by scan, and its bag goes to who shows its code, once (product row 76).

pick slip ──► each of its goods is scanned: wrong ones are said, Enter ends ──► bag label, packed
                                             └── some are missing: Enter once more, and their money goes back
card 到店自提 ──► code, scanned or keyed ──► the bag's label is scanned ──► handed over, out of stock
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from edge.bus import Bus
from edge.codec.wire_order import is_order_code, order_code_hash
from edge.messages import (
    AppCodeScanned,
    AskedAtDesk,
    BagShown,
    NumberKeyed,
    OrderScanned,
    Say,
    Show,
    Started,
    Tone,
    View,
)
from edge.model.app_order import AppOrder, AppOrderEvent, AppOrderState
from edge.model.app_order_records import OrderCancelled, OrderHandedOver, OrderPacked
from edge.model.badge import FREE_TRIES
from edge.model.counter import Counter, Verb, Waiting, at_rest
from edge.ports import Transaction
from edge.services.app_orders import OrderPapers
from edge.services.basket import basket_view, question
from edge.services.refusal import refuse
from edge.services.scanning import short_gtin
from edge.services.till_day import TillRules, day_of
from edge.services.wrong_tries import WrongTries

LASTS_S = 600.0
"""Of nothing scanned: whoever picked was called away. What is in the bag is known, and its slip goes on."""
BAG_S = 120.0
"""From a right code to the bag's label."""
WRONG = "order.wrong"
"""In `meta`: wrong codes by device (`WrongTries`)."""
_S = AppOrderState


@dataclass(frozen=True, slots=True)
class PickDue:
    """A timer of the wait `serial`: is anybody still there?"""

    serial: int


class OrderPicking:
    def __init__(self, bus: Bus, papers: OrderPapers, rules: TillRules, key: bytes) -> None:
        self._key = key
        self._bus = bus
        self._papers = papers
        self._rules = rules
        self._wrong = WrongTries(WRONG)
        self._serial = 0
        bus.on(Started, lambda _, tx: self._wrong.resume(tx))
        bus.on(BagShown, self._shown)
        bus.on(OrderScanned, self._scanned)
        bus.on(AskedAtDesk, self._by_hand)
        bus.on(NumberKeyed, self._keyed)
        bus.on(AppCodeScanned, self._coded)
        bus.on(PickDue, self._due)

    # --- its paper is scanned --------------------------------------------------------------------------------------

    def _shown(self, shown: BagShown, tx: Transaction) -> None:
        order, counter = tx.app_orders.find(shown.order), tx.counter
        if order is None:
            refuse(Say("svc.not_ours", Tone.ERROR), tx)
        elif _fetches(counter) and counter.barcode is not None:
            self._hand_over(order, tx)
        elif order.state in (_S.PLACED, _S.PICKING):
            self._step(Verb.PICK_ORDER, order, tx, lasts_s=LASTS_S)
            self._tell(order, tx)
        elif order.state is _S.PACKED:
            tx.after_commit(Say("app.code_first", Tone.ATTENTION))
        else:
            why = "ord.gone" if order.state is _S.HANDED_OVER else "ord.called_off"
            refuse(Say(why, Tone.ATTENTION), tx, order=order.id)

    def _step(self, verb: Verb, order: AppOrder, tx: Transaction, *, lasts_s: float, value: int = 0) -> None:
        self._serial += 1
        tx.keep(Counter(tx.counter.sale, Waiting.ORDER, order.id, verb, value))
        self._bus.after(lasts_s, PickDue(self._serial))

    def _due(self, due: PickDue, tx: Transaction) -> None:
        is_ours = _picks(tx.counter) or (_fetches(tx.counter) and tx.counter.barcode is not None)
        if due.serial == self._serial and is_ours:
            self._rest(tx)

    def _rest(self, tx: Transaction) -> None:
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))

    # --- into the bag ----------------------------------------------------------------------------------------------

    def _scanned(self, scanned: OrderScanned, tx: Transaction) -> None:
        if not _picks(tx.counter) or (order := self._in_hand(tx)) is None:
            return
        sku = scanned.item.sku if scanned.item is not None else short_gtin(scanned.gtin)
        picked = order.with_one_more(sku)
        if picked is None:
            tx.after_commit(Say("app.enough" if order.has(sku) else "app.wrong", Tone.ALARM))
            return
        picked = picked.moved(AppOrderEvent.PICK, tx.stamp.at)
        tx.app_orders.keep(picked)
        self._step(Verb.PICK_ORDER, picked, tx, lasts_s=LASTS_S)
        line = next(line for line in picked.lines if line.sku == sku)
        tx.after_commit(Show(View.TEXT, name=f"{line.name} {line.picked}/{line.asked}"))
        if picked.missing:
            tx.after_commit(Say("app.left", words=(("n", str(picked.missing)),)))
        else:
            tx.after_commit(Say("app.all", Tone.OK))

    def _tell(self, order: AppOrder, tx: Transaction) -> None:
        tx.after_commit(Show(View.TEXT, name=order.no))
        prompt = "app.pick" if order.missing else "app.all"
        tx.after_commit(Say(prompt, Tone.ATTENTION, words=(("n", str(order.missing)),)))

    def _by_hand(self, asked: AskedAtDesk, tx: Transaction) -> None:
        counter = tx.counter
        if not _picks(counter):
            return
        order = self._in_hand(tx)
        if asked.verb is not Verb.ENTER or order is None:
            self._rest(tx)
            tx.after_commit(Say("app.hold", Tone.ATTENTION))
        elif order.missing and not counter.value:
            self._step(Verb.PICK_ORDER, order, tx, lasts_s=LASTS_S, value=1)
            tx.after_commit(Say("app.short_q", Tone.ATTENTION, words=(("n", str(order.missing)),)))
        else:
            self._pack(order, tx)

    def _pack(self, order: AppOrder, tx: Transaction) -> None:
        """With what is here; the cloud gives the money of the rest back. With nothing it comes to its end."""
        self._rest(tx)
        if not any(line.picked for line in order.lines):
            tx.append(OrderCancelled(order.moved(AppOrderEvent.CANCEL, tx.stamp.at), "none"))
            tx.after_commit(Say("app.off", Tone.ATTENTION, words=(("n", order.no),)))
            return
        packed = order.moved(AppOrderEvent.PACK, tx.stamp.at)
        tx.append(OrderPacked(packed))
        self._papers.bag(packed, tx)
        tx.after_commit(Say("app.packed", Tone.OK))

    def _in_hand(self, tx: Transaction) -> AppOrder | None:
        order = tx.app_orders.find(tx.counter.barcode or "")
        return order if order is not None and order.state in (_S.PLACED, _S.PICKING) else None

    # --- out of the shop -------------------------------------------------------------------------------------------

    def _keyed(self, keyed: NumberKeyed, tx: Transaction) -> None:
        if _fetches(tx.counter):
            self._try(keyed.text, keyed.device, tx)
        elif _picks(tx.counter):
            tx.after_commit(question(tx.counter))

    def _coded(self, scan: AppCodeScanned, tx: Transaction) -> None:
        if _fetches(tx.counter):
            self._try(scan.text, scan.device, tx)
        elif _picks(tx.counter):
            tx.after_commit(question(tx.counter))

    def _try(self, code: str, device: str, tx: Transaction) -> None:
        """Wrong codes climb a ladder of waits, as at the parcel desk: nobody fetches a bag by guessing."""
        if (wait_s := self._wrong.of(device, tx).wait_s(tx.stamp.mono)) > 0:
            refuse(Say("parcel.locked", Tone.ERROR, words=(("n", str(math.ceil(wait_s / 60))),)), tx)
            return
        if not is_order_code(code):
            tx.after_commit(question(tx.counter))
            return
        order = tx.app_orders.by_code(order_code_hash(self._key, code))
        if order is None:
            ladder = self._wrong.wrong(device, tx)
            left = max(0, FREE_TRIES - ladder.wrong)
            refuse(Say("parcel.wrong_code", Tone.ERROR, words=(("n", str(left)),)), tx)
            return
        self._wrong.right(device, tx)
        if order.state is _S.PACKED:
            self._step(Verb.COLLECT_ORDER, order, tx, lasts_s=BAG_S)
            tx.after_commit(Show(View.TEXT, name=order.no))
            tx.after_commit(Say("app.bag", Tone.ATTENTION, words=(("n", order.no),)))
            return
        told = {_S.HANDED_OVER: "ord.gone", _S.CANCELLED: "ord.called_off"}
        self._rest(tx)
        refuse(Say(told.get(order.state, "app.not_packed"), Tone.ERROR), tx, order=order.id)

    def _hand_over(self, order: AppOrder, tx: Transaction) -> None:
        if order.id != tx.counter.barcode or order.state is not _S.PACKED:
            tx.after_commit(Say("app.wrong_bag", Tone.ALARM))
            return
        self._rest(tx)
        tx.append(OrderHandedOver(order.moved(AppOrderEvent.HAND_OVER, tx.stamp.at), day_of(tx, self._rules)))
        tx.after_commit(Say("app.bye", Tone.OK))


def _picks(counter: Counter) -> bool:
    return counter.waiting is Waiting.ORDER and counter.verb is Verb.PICK_ORDER


def _fetches(counter: Counter) -> bool:
    return counter.waiting is Waiting.ORDER and counter.verb is Verb.COLLECT_ORDER
