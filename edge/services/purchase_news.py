"""What suppliers do with orders, taken once: booked, printed where somebody must decide, said where nobody sells."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from edge.codec import wire_purchase as wire
from edge.errors import ModelError, WireError
from edge.messages import Say, Show, Tone, View
from edge.model.counter import Waiting, at_rest
from edge.model.masking import masked_line
from edge.model.money import Fen
from edge.model.purchase import MAX_WAYBILLS, PROPOSALS, PurchaseEvent, PurchaseOrder, PurchaseState, delivery
from edge.model.purchase_records import (
    PurchaseAccepted,
    PurchaseCancelled,
    PurchaseChanged,
    PurchasePlaced,
    PurchaseRejected,
    PurchaseShipped,
)
from edge.model.purchase_slip import change_slip, end_slip, order_slip
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered
from edge.services.drawer_count import has_basket
from edge.services.ordering import confirm
from edge.services.slips import print_slip
from edge.services.suggesting import PurchasePapers, code_of, expire_old

_RECORDS: Mapping[PurchaseEvent, type] = MappingProxyType({
    PurchaseEvent.PLACE: PurchasePlaced, PurchaseEvent.ACCEPT: PurchaseAccepted, PurchaseEvent.CHANGE: PurchaseChanged,
    PurchaseEvent.REJECT: PurchaseRejected, PurchaseEvent.SHIP: PurchaseShipped,
    PurchaseEvent.CANCEL: PurchaseCancelled,
})  # fmt: skip
_WORDS: Mapping[PurchaseState, tuple[str, Tone]] = MappingProxyType({
    PurchaseState.PLACED: ("buy.placed", Tone.OK), PurchaseState.ACCEPTED: ("buy.accepted", Tone.OK),
    PurchaseState.CHANGED: ("buy.changed", Tone.ATTENTION), PurchaseState.REJECTED: ("buy.rejected", Tone.ATTENTION),
    PurchaseState.IN_TRANSIT: ("buy.transit", Tone.OK), PurchaseState.CANCELLED: ("buy.cancelled", Tone.ATTENTION),
})  # fmt: skip

_log = logging.getLogger("edge.purchase")


class PurchaseTidings:
    """Also carries out the two commands about orders, in the transaction in which their cids are stored."""

    def __init__(self, papers: PurchasePapers) -> None:
        self._papers = papers

    def hear(self, news: wire.PurchaseNews, tx: Transaction) -> str:
        """taken; known: it was heard before, or something newer; unknown: no such order; unfit: it cannot be."""
        order = tx.purchases.find(news.po)
        if order is None:
            _log.error("news of an order that is not known: %s", news.po)
            return "unknown"
        if news.rev <= order.rev:
            return "known"
        event = wire.EVENTS[news.state]
        if not order.may(event):
            _log.warning("order %s is %s, and %s was told of it", order.number, order.state, news.state)
            return "unfit"
        after = _changed(news, order).moved(event, tx.stamp.at)
        tx.append(_RECORDS[event](after))
        self.tell(after, tx)
        return "taken"

    def tell(self, order: PurchaseOrder, tx: Transaction) -> None:
        """On paper what somebody must decide or explain. Spoken only where no customer stands."""
        head = self._papers.head(tx)
        if order.state is PurchaseState.CHANGED:
            print_slip(change_slip(order, head, code_of(order)), tx)
        elif order.state in (PurchaseState.REJECTED, PurchaseState.CANCELLED):
            print_slip(end_slip(order, head, refused=order.state is PurchaseState.REJECTED), tx)
        _out_of_hand(order, tx)
        if order.state in _WORDS and not has_basket(tx):
            tx.after_commit(Say(*_WORDS[order.state]))

    # --- commands --------------------------------------------------------------------------------------------------

    def changed(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of purchase.changed."""
        try:
            news = wire.read_changed(ordered.args)
        except WireError as error:
            return Answered(ordered.cid, "rejected", error.code, error.what)
        return Answered(ordered.cid, "done", out={"how": self.hear(news, tx)})

    def confirm(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of purchase.confirm: the owner's yes on the phone, to the very sum that the phone showed."""
        try:
            args = wire.read_confirm(ordered.args)
            expire_old(tx)
            order = tx.purchases.find(args.po)
            if order is None:
                raise WireError("schema.invalid", "no such order")
            chosen = _chosen(order, args, tx)
        except WireError as error:
            return Answered(ordered.cid, "rejected", error.code, error.what)
        except ModelError as error:
            return Answered(ordered.cid, "rejected", "schema.invalid", str(error))
        confirmed = confirm(chosen, ordered.by, tx)
        print_slip(order_slip(confirmed, self._papers.head(tx), code_of(confirmed)), tx)
        _out_of_hand(confirmed, tx)
        if not has_basket(tx):
            tx.after_commit(Say("buy.phone"))
        return Answered(ordered.cid, "done", out={"total": confirmed.total})


def _chosen(order: PurchaseOrder, args: wire.ConfirmArgs, tx: Transaction) -> PurchaseOrder:
    """What is to be confirmed, as the phone chose it. Raises WireError, ModelError."""
    if order.state is PurchaseState.EXPIRED:
        raise WireError("cmd.expired", "the proposal is over")
    if order.state is PurchaseState.CHANGED:
        if order.offered_total != args.total or args.lines or not any(line.packs for line in order.offered):
            raise WireError("schema.invalid", f"the supplier offers it for {order.offered_total} fen now")
        return order
    if order.state not in PROPOSALS:
        raise WireError("schema.invalid", f"the order is {order.state.value}")
    chosen = order
    for line in args.lines:
        chosen = chosen.with_packs(line.n, line.packs, tx.stamp.at)
    if not args.lines and not order.taken:
        chosen = order.with_all(tx.stamp.at)
    if not chosen.taken or chosen.total != args.total:
        raise WireError("schema.invalid", f"it comes to {chosen.total} fen")
    return chosen


def _changed(news: wire.PurchaseNews, order: PurchaseOrder) -> PurchaseOrder:
    """`order` with what the news says beside its state."""
    waybills = tuple(dict.fromkeys((*order.waybills, *news.waybills)))[:MAX_WAYBILLS]
    after = replace(order, rev=news.rev, why=masked_line(news.why or ""), waybills=waybills)
    if news.state == "changed":
        offered = news.offered(order)
        goods = Fen(sum(line.amount for line in offered))
        by_rule = delivery(goods, free_from=order.free_from, fee=order.delivery_fee)
        after = replace(after, offered=offered, offered_fee=by_rule if news.fee is None else Fen(news.fee))
    return after


def _out_of_hand(order: PurchaseOrder, tx: Transaction) -> None:
    """Somebody holds its slip at this very moment: what is in hand is not what it is now."""
    counter = tx.counter
    if counter.waiting is Waiting.PURCHASE and counter.barcode == order.number:
        tx.keep(at_rest(counter.sale))
        tx.after_commit(Show(View.IDLE))
