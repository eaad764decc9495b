"""Money that came to the shop's own QR code: the cloud tells of it, signed (row 29, D1).

It closes the sale on the counter without a key where the sale waits in SUBTOTAL for exactly that amount, no other sale
does, and the money came just now: after that sale had begun, and no longer than LATE_AFTER ago. All else is said to
match nothing: a loudspeaker that imitates ours must not be believed, and ours says "paid" of this sale only.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from edge.clock import Clk
from edge.codec.day_record_body import CURRENCY
from edge.codec.wire import checked
from edge.codec.wire_payment import PaymentNotice
from edge.errors import WireError
from edge.messages import Say, Show, Tone, View
from edge.model.counter import Waiting
from edge.model.ids import made_at
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
"""Class S; carried out in the transaction in which it is taken: money is told of once."""
LINKED_WITHIN = timedelta(minutes=3)
"""A notice this soon after a sale that was booked as other payment, of money as near to it, belongs to it (row 29)."""
LATE_AFTER = timedelta(minutes=2)
"""What is older closes nothing, and is told as of its time: nobody may take it for the customer who stands there."""
CLOCKS_DIFFER = timedelta(seconds=10)
"""By so much the provider's clock may be beside ours."""


class Notices:
    """The journal has each notice once, whatever it matched."""

    def __init__(self, completion: Completion) -> None:
        self._completion = completion

    def receive(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of RECEIVED."""
        try:
            notice = checked(PaymentNotice, dict(ordered.args), where=RECEIVED)
        except WireError as error:
            return Answered(ordered.cid, "rejected", error.code, str(error))
        if tx.payments.find(notice.pid) is not None or tx.heard.has(notice.pid):
            return Answered(ordered.cid, "done", out={"how": "again"})
        now = tx.stamp.at if tx.stamp.clk is Clk.OK else ordered.now
        return Answered(
            ordered.cid, "done", out={"how": self._received(notice, now - datetime.fromisoformat(notice.at), tx)}
        )

    def _received(self, notice: PaymentNotice, age: timedelta, tx: Transaction) -> str:
        """`age`: how long ago the money came."""
        sale = tx.counter.sale
        if notice.cur == CURRENCY and sale is not None and _is_of_now(age, sale, tx) and _awaits(notice, sale, tx):
            self._close(sale, notice, tx)
            return CLOSED
        fitting = _booked_unseen(notice, age, tx) if notice.cur == CURRENCY else []
        if len(fitting) == 1:
            _keep(notice, fitting[0].sale.id, LINKED, tx, is_reported=_is_reported(fitting[0], tx))
            tx.after_commit(Say("pay.linked", amounts=(("a", Fen(notice.amt)),)))
            return LINKED
        _keep(notice, "", UNMATCHED, tx)
        tx.after_commit(_unmatched(notice, len(fitting), self._completion.rules.zone, is_late=age > LATE_AFTER))
        return UNMATCHED

    def _close(self, sale: Sale, notice: PaymentNotice, tx: Transaction) -> None:
        payment = _keep(notice, sale.id, CLOSED, tx)
        tender = Tender(Method(notice.m), payment.amount, payment=payment.id, reference=payment.reference)
        tx.after_commit(Show(View.RECEIVED, amount=payment.amount))
        words, amounts = (("channel", notice.m),), (("a", payment.amount),)
        tx.after_commit(Say("pay.ok_sale", Tone.MONEY_IN, amounts=amounts, words=words))
        self._completion.complete(tender_paid(sale, tender), tx, asked_mono=tx.stamp.mono)


def _is_of_now(age: timedelta, sale: Sale, tx: Transaction) -> bool:
    """Whether the money can be of the customer of this sale: it came lately, and not before the sale had begun."""
    begun = tx.stamp.at - made_at(sale.id)
    return -CLOCKS_DIFFER <= age <= min(LATE_AFTER, begun + CLOCKS_DIFFER)


def _awaits(notice: PaymentNotice, sale: Sale, tx: Transaction) -> bool:
    """Exactly one open sale is of this amount, and it lies on the counter with its total said."""
    counter = tx.counter
    if sale.state is not State.SUBTOTAL or sale.training or refunding(counter) or counter.waiting in _ASKED_OTHERWISE:
        return False
    aside = [held for number in tx.held.numbers() if (held := tx.held.find(number)) is not None]
    return sale.due == notice.amt and all(held.due != notice.amt for held in aside)


_ASKED_OTHERWISE = frozenset(Waiting) - {Waiting.NOTHING, Waiting.CONFIRM}


def _booked_unseen(notice: PaymentNotice, age: timedelta, tx: Transaction) -> list[CompletedSale]:
    """Sales of the last minutes that were booked as other payment of this amount, and that no notice belongs to yet."""
    now = tx.stamp.at
    recent = [(done, now - datetime.fromisoformat(done.at)) for done in tx.sales.since(now - LINKED_WITHIN)]
    near = [done for done, booked in recent if booked >= timedelta() and abs(age - booked) <= LINKED_WITHIN]
    return [done for done in near if _is_unseen(notice, done.sale, tx)]


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


def _unmatched(notice: PaymentNotice, fitting: int, zone: ZoneInfo, *, is_late: bool) -> Say:
    """`fitting`: how many sales it could belong to; of several the box chooses none."""
    at, amounts = datetime.fromisoformat(notice.at), (("a", Fen(notice.amt)),)
    if fitting:
        words = (("channel", notice.m), ("n", str(fitting)))
        return Say("pay.many_fit", Tone.ATTENTION, amounts=amounts, words=words)
    if is_late:
        return Say("pay.late", Tone.ATTENTION, amounts=amounts, words=(("t", f"{at.astimezone(zone):%H:%M}"),))
    return Say("pay.ok_other", Tone.ATTENTION, amounts=amounts, words=(("channel", notice.m),))
