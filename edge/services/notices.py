"""Money that came to the shop's own QR code: the cloud tells of it, signed (row 29, D1).

It closes the sale on the counter without a key where the sale waits in SUBTOTAL for exactly that amount, and no other
sale does. All else is said to match nothing: a loudspeaker that imitates ours must not be believed, and ours says
"paid" of this sale only.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.clock import Clk
from edge.codec.day_record_body import CURRENCY
from edge.codec.wire import checked
from edge.codec.wire_payment import PaymentNotice
from edge.errors import WireError
from edge.messages import Say, Show, Tone, View
from edge.model.counter import Waiting
from edge.model.ledger_rows import CompletedSale
from edge.model.money import Fen
from edge.model.payment import Payment, PaymentState
from edge.model.records import PaymentReceived
from edge.model.sale import Method, Sale, State, Tender
from edge.model.settlement import tender_paid
from edge.ports import Transaction
from edge.services.basket import refunding
from edge.services.commands import Answered, Ordered
from edge.services.completion import Completion

RECEIVED = "payment.received"
NOTICES = frozenset({RECEIVED})
"""Class S; carried out here."""
LINKED_WITHIN = timedelta(minutes=3)
"""A notice this soon after a sale that was booked as other payment belongs to it (row 29)."""
LATE_AFTER = timedelta(minutes=1)
"""What is older is told as of its time, so that nobody takes it for the customer who stands there."""
CLOSED, LINKED, UNMATCHED = "closed", "linked", "unmatched"


class Notices:
    """The journal has each notice once, whatever it matched."""

    def __init__(self, bus: Bus, completion: Completion) -> None:
        self._completion = completion
        bus.on(Ordered, self._ordered)

    def _ordered(self, ordered: Ordered, tx: Transaction) -> None:
        if ordered.type != RECEIVED:
            return
        try:
            notice = checked(PaymentNotice, dict(ordered.args), where=RECEIVED)
        except WireError as error:
            tx.after_commit(Answered(ordered.cid, "rejected", error.code, str(error)))
            return
        how = "again" if tx.payments.find(notice.pid) is not None else self._received(notice, tx)
        tx.after_commit(Answered(ordered.cid, "done", out={"how": how}))

    def _received(self, notice: PaymentNotice, tx: Transaction) -> str:
        sale, last = tx.counter.sale, tx.sales.last()
        if notice.cur == CURRENCY and sale is not None and _awaits(notice, sale, tx):
            self._close(sale, notice, tx)
            return CLOSED
        if notice.cur == CURRENCY and last is not None and _was_booked_unseen(notice, last, tx):
            _keep(notice, last.sale.id, LINKED, tx)
            tx.after_commit(Say("pay.linked", amounts=(("a", Fen(notice.amt)),)))
            return LINKED
        _keep(notice, "", UNMATCHED, tx)
        tx.after_commit(_unmatched(notice, self._completion.rules.zone, tx))
        return UNMATCHED

    def _close(self, sale: Sale, notice: PaymentNotice, tx: Transaction) -> None:
        payment = _keep(notice, sale.id, CLOSED, tx)
        tender = Tender(Method(notice.m), payment.amount, payment=payment.id, reference=payment.reference)
        tx.after_commit(Show(View.RECEIVED, amount=payment.amount))
        words, amounts = (("channel", notice.m),), (("a", payment.amount),)
        tx.after_commit(Say("pay.ok_sale", Tone.MONEY_IN, amounts=amounts, words=words))
        self._completion.complete(tender_paid(sale, tender), tx, asked_mono=tx.stamp.mono)


def _awaits(notice: PaymentNotice, sale: Sale, tx: Transaction) -> bool:
    """Exactly one open sale is of this amount, and it lies on the counter with its total said."""
    counter = tx.counter
    if sale.state is not State.SUBTOTAL or sale.training or refunding(counter) or counter.waiting in _ASKED_OTHERWISE:
        return False
    aside = [held for number in tx.held.numbers() if (held := tx.held.find(number)) is not None]
    return sale.due == notice.amt and all(held.due != notice.amt for held in aside)


_ASKED_OTHERWISE = frozenset(Waiting) - {Waiting.NOTHING, Waiting.CONFIRM}


def _was_booked_unseen(notice: PaymentNotice, last: CompletedSale, tx: Transaction) -> bool:
    unseen = [tender.applied for tender in last.sale.tenders if tender.method is Method.EXTERNAL_UNVERIFIED]
    is_recent = timedelta(0) <= tx.stamp.at - datetime.fromisoformat(last.at) <= LINKED_WITHIN
    return unseen == [notice.amt] and is_recent and not tx.payments.of_sale(last.sale.id)


def _keep(notice: PaymentNotice, sale: str, how: str, tx: Transaction) -> Payment:
    """A payment as if this box had asked for it, so that it can be given back by its id."""
    payment = Payment(
        id=notice.pid, sale=sale, channel=notice.m, amount=Fen(notice.amt), boot=tx.stamp.boot, up_ms=tx.stamp.up_ms,
        state=PaymentState.APPROVED, reference=notice.ref or "",
    )  # fmt: skip
    tx.payments.keep(payment)
    tx.append(PaymentReceived(payment, how, datetime.fromisoformat(notice.at)))
    return payment


def _unmatched(notice: PaymentNotice, zone: ZoneInfo, tx: Transaction) -> Say:
    at, amounts = datetime.fromisoformat(notice.at), (("a", Fen(notice.amt)),)
    if tx.stamp.clk is Clk.OK and tx.stamp.at - at > LATE_AFTER:
        return Say("pay.late", Tone.ATTENTION, amounts=amounts, words=(("t", f"{at.astimezone(zone):%H:%M}"),))
    return Say("pay.ok_other", Tone.ATTENTION, amounts=amounts, words=(("channel", notice.m),))
