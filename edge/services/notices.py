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
from edge.model.payment import PAID, Payment, PaymentState
from edge.model.records import CLOSED, LINKED, UNMATCHED, PaymentReceived
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
LATE_AFTER = timedelta(minutes=2)
"""What is older is told as of its time, so that nobody takes it for the customer who stands there."""


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
        sale = tx.counter.sale
        if notice.cur == CURRENCY and sale is not None and _awaits(notice, sale, tx):
            self._close(sale, notice, tx)
            return CLOSED
        fitting = _booked_unseen(notice, tx) if notice.cur == CURRENCY else []
        if len(fitting) == 1:
            _keep(notice, fitting[0].sale.id, LINKED, tx, is_reported=_is_reported(fitting[0], tx))
            tx.after_commit(Say("pay.linked", amounts=(("a", Fen(notice.amt)),)))
            return LINKED
        _keep(notice, "", UNMATCHED, tx)
        tx.after_commit(_unmatched(notice, len(fitting), self._completion.rules.zone, tx))
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


def _booked_unseen(notice: PaymentNotice, tx: Transaction) -> list[CompletedSale]:
    """Sales of the last minutes that were booked as other payment of this amount, and that no notice belongs to yet."""
    now = tx.stamp.at
    recent = [done for done in tx.sales.since(now - LINKED_WITHIN) if datetime.fromisoformat(done.at) <= now]
    return [done for done in recent if _is_unseen(notice, done.sale, tx)]


def _is_unseen(notice: PaymentNotice, sale: Sale, tx: Transaction) -> bool:
    """A wallet that was tried before, or that paid a part, does not count: it is told of in another way."""
    unseen = [tender.applied for tender in sale.tenders if tender.method is Method.EXTERNAL_UNVERIFIED]
    own = {tender.payment for tender in sale.tenders}
    linked = [paid for paid in tx.payments.of_sale(sale.id) if paid.state in PAID and paid.id not in own]
    return unseen == [notice.amt] and not linked


def _is_reported(done: CompletedSale, tx: Transaction) -> bool:
    last = tx.day.last_z()
    number = int(done.receipt.rpartition("-")[2])
    return last is not None and (done.business_day, number) <= (last.business_day, last.last_no)


def _keep(notice: PaymentNotice, sale: str, how: str, tx: Transaction, *, is_reported: bool = False) -> Payment:
    """A payment as if this box had asked for it, so that it can be given back by its id."""
    payment = Payment(
        id=notice.pid, sale=sale, channel=notice.m, amount=Fen(notice.amt), boot=tx.stamp.boot, up_ms=tx.stamp.up_ms,
        state=PaymentState.APPROVED, reference=notice.ref or "",
    )  # fmt: skip
    tx.payments.keep(payment)
    tx.append(PaymentReceived(payment, how, datetime.fromisoformat(notice.at), is_reported))
    return payment


def _unmatched(notice: PaymentNotice, fitting: int, zone: ZoneInfo, tx: Transaction) -> Say:
    """`fitting`: how many sales it could belong to; of several the box chooses none."""
    at, amounts = datetime.fromisoformat(notice.at), (("a", Fen(notice.amt)),)
    if fitting:
        words = (("channel", notice.m), ("n", str(fitting)))
        return Say("pay.many_fit", Tone.ATTENTION, amounts=amounts, words=words)
    if tx.stamp.clk is Clk.OK and tx.stamp.at - at > LATE_AFTER:
        return Say("pay.late", Tone.ATTENTION, amounts=amounts, words=(("t", f"{at.astimezone(zone):%H:%M}"),))
    return Say("pay.ok_other", Tone.ATTENTION, amounts=amounts, words=(("channel", notice.m),))
