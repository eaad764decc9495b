"""A refund is booked: journal, takings, drawer and paper in one commit, and the money is said."""

from __future__ import annotations

from edge.messages import Say, Show, Tone, View
from edge.model.money import Fen
from edge.model.receipt import ReceiptText
from edge.model.records import SaleRefunded, SaleVoided
from edge.model.refund import Refund, RefundKind
from edge.model.refund_slip import refund_slip
from edge.model.sale import Method, Tender
from edge.ports import Transaction
from edge.services.completion import Completion
from edge.services.slips import local_time, print_slip
from edge.services.spoken_manner import on_paper


def book_refund(
    refund: Refund, money: tuple[Tender, ...], completion: Completion, text: ReceiptText, tx: Transaction
) -> None:  # fmt: skip
    """`money` has gone back to wallets and tabs, and is given in cash now."""
    tx.after_commit(Say("refund.sign", Tone.ATTENTION))  # first, so that 再说一遍 says the money
    on_tab = Fen(sum(tender.applied for tender in money if tender.method is Method.TAB))
    if on_tab:
        tx.after_commit(Say("refund.tab", Tone.OK, amounts=(("a", on_tab),)))
    day, receipt, shift = completion.number(tx)
    kind = SaleVoided if refund.kind is RefundKind.POST_VOID else SaleRefunded
    till, why = completion.rules.till, refund.kind.value
    tx.append(kind(refund, money, receipt, day, till, why=why, shift=shift), id=refund.id)
    slip = refund_slip(
        refund, money=money, receipt=receipt, till=till, local_time=local_time(tx.stamp.at, completion.rules.zone),
        text=on_paper(text, tx),
    )  # fmt: skip
    print_slip(slip, tx, of=refund.id)
    lost = sum(tender.applied for tender in money if tender.method is Method.COUPON)
    if lost:
        tx.after_commit(Say("refund.coupon", Tone.ATTENTION, amounts=(("a", Fen(lost)),)))
    cash = sum(tender.applied for tender in money if tender.method is Method.CASH)
    by_wallet = Fen(refund.total - on_tab - lost - cash)
    if cash or by_wallet > 0:
        prompt, amount = ("refund.cash", Fen(cash)) if cash else ("refund.wallet", by_wallet)
        tx.after_commit(Say(prompt, Tone.OK, amounts=(("a", amount),)))
    if tx.counter.sale is None:
        tx.after_commit(Show(View.REFUND, amount=refund.total))
