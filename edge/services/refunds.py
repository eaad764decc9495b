"""Goods come back: by their receipt, never more than was sold, for what was paid, the way the money came (row 16).

    card 退货 ──► receipt ──► goods, or 全退 ──► Enter: the sum is said ──► Enter: booked
                                                              with a wallet in it: booked when the wallet has its money

A post-void is the same for the whole of the last sale (row 18). The counter is free while a wallet is waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from edge.bus import Bus
from edge.errors import ModelError
from edge.messages import (
    Asked,
    AskedMeanwhile,
    Confirmed,
    ItemScanned,
    Say,
    Show,
    SlipScanned,
    Tone,
    UnknownScanned,
    View,
)
from edge.model.counter import Counter, Verb, Waiting
from edge.model.item import Item
from edge.model.ledger_rows import CompletedSale
from edge.model.money import Fen, Milli
from edge.model.payment import RefundState
from edge.model.receipt import ReceiptText
from edge.model.records import PaymentChanged, SaleCompleted
from edge.model.refund import Refund, RefundKind, money_back, piece_of, rest_of, with_all, with_line, without_last
from edge.model.sale import Event, Line, Method, Sale, Tender
from edge.ports import Catalogue, Transaction
from edge.services.basket import end_emptied, question, refunding
from edge.services.completion import Completion
from edge.services.fee_refunds import kept_fee, kept_fee_among, owner_allows, without_kept_fees
from edge.services.money_back import ask_back
from edge.services.owner_gate import drop_late, spend_on_question
from edge.services.refund_booking import book_refund
from edge.services.refund_rest import in_cash, left_of, may, something_left
from edge.services.till_day import day_of
from edge.services.unproved import Unproved

POST_VOID_WITHIN = timedelta(minutes=10)
RECEIPT_LASTS_S = 60.0
"""From a receipt that was scanned for its own sake to the card 退货: the same customer, most likely."""


class Refunds:
    """`online` tells whether a wallet can be paid back now."""

    def __init__(
        self, bus: Bus, catalogue: Catalogue, completion: Completion, text: ReceiptText, unproved: Unproved, *,
        online: Callable[[], bool],
    ) -> None:  # fmt: skip
        """`unproved`: goods without a receipt, if the shop takes them."""
        self._catalogue = catalogue
        self._completion = completion
        self._unproved = unproved
        self._text = text
        self._online = online
        self._seen: SlipScanned | None = None
        bus.on(Asked, self._asked)
        bus.on(AskedMeanwhile, self._meanwhile)
        bus.on(SlipScanned, self._receipt)
        bus.on(ItemScanned, lambda scanned, tx: self._goods(scanned.item, tx))
        bus.on(UnknownScanned, lambda scanned, tx: self._goods(Item(scanned.barcode, scanned.barcode, None), tx))
        bus.on(Confirmed, self._confirmed)
        bus.on(PaymentChanged, self._wallet_settled)
        bus.on(SaleCompleted, self._next_customer)

    # --- what comes back -------------------------------------------------------------------------------------------

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is Verb.REFUND:
            self._begin(asked.asked_mono, tx)
        elif asked.verb is Verb.POST_VOID:
            self._ask_post_void(asked, tx)
        elif asked.verb is Verb.REFUND_ALL:
            tx.after_commit(Say("refund.card_first", Tone.ATTENTION))

    def _meanwhile(self, asked: AskedMeanwhile, tx: Transaction) -> None:
        counter = tx.counter
        wants_all = asked.verb is Verb.REFUND_ALL and _chosen_goods(counter) is not None
        if not refunding(counter) or asked.verb is Verb.STOP:
            pass  # `Wallets` answers, or `Checkout` ends it
        elif asked.verb in (Verb.REFUND, Verb.POST_VOID):
            self._asked(asked, tx)
        elif counter.refund is not None and (counter.waiting is Waiting.REFUND or wants_all):
            self._hand(asked, counter.refund, tx)
        elif asked.verb is not Verb.ENTER or counter.waiting is not Waiting.CONFIRM:
            tx.after_commit(question(counter))

    def _begin(self, asked_mono: float, tx: Transaction) -> None:
        """The receipt that was scanned just before the card is the one that is meant. Goods that were chosen stay."""
        if tx.counter.sale is not None and tx.counter.sale.standing:
            tx.after_commit(Say("sale.finish_first", Tone.ATTENTION))
            return
        if (chosen := _chosen_goods(tx.counter)) is not None:
            self._say_what_stands(chosen, tx)
            return
        end_emptied(tx)
        tx.keep(Counter(waiting=Waiting.RECEIPT))
        seen, self._seen = self._seen, None
        if seen is not None and asked_mono - seen.asked_mono <= RECEIPT_LASTS_S:
            self._take_receipt(seen.receipt, tx)
        else:
            tx.after_commit(Say("refund.scan", Tone.ATTENTION))

    def _next_customer(self, _: SaleCompleted, tx: Transaction) -> None:
        self._seen = None

    def _receipt(self, scanned: SlipScanned, tx: Transaction) -> None:
        """Of goods that were chosen by their receipt none is lost over another read of it, or of another one."""
        chosen = _chosen_goods(tx.counter)
        if chosen is not None and chosen.receipt == scanned.receipt:
            self._say_what_stands(chosen, tx)
        elif chosen is not None and chosen.kind is RefundKind.RETURN:
            tx.after_commit(Say("refund.other", Tone.ERROR))
        elif tx.counter.waiting in (Waiting.RECEIPT, Waiting.REFUND):
            self._take_receipt(scanned.receipt, tx)
        elif not refunding(tx.counter):
            self._seen = scanned
        else:
            tx.after_commit(question(tx.counter))

    def _say_what_stands(self, chosen: Refund, tx: Transaction) -> None:
        tx.after_commit(Show(View.REFUND, amount=chosen.total))
        stands = Say("refund.stands", Tone.ATTENTION, amounts=(("a", chosen.total),))
        tx.after_commit(stands if tx.counter.waiting is Waiting.REFUND else question(tx.counter))

    def _take_receipt(self, receipt: str, tx: Transaction) -> None:
        found = tx.sales.by_receipt(receipt)
        if found is None:
            tx.after_commit(Say("refund.no_receipt", Tone.ERROR))
        elif not may(Event.RETURN, found.sale, tx) or not something_left(found.sale, tx):
            tx.after_commit(Say("refund.over", Tone.ERROR))
        else:
            refund = Refund(tx.new_id(), found.sale.id, found.receipt)
            tx.keep(Counter(waiting=Waiting.REFUND, refund=refund))
            tx.after_commit(Say("refund.goods", Tone.ATTENTION))

    def _goods(self, item: Item, tx: Transaction) -> None:
        counter, refund, sku = tx.counter, tx.counter.refund, item.sku
        if not refunding(counter):
            return
        if refund is None or refund.kind is RefundKind.WITHOUT_RECEIPT:
            self._without_receipt(refund, item, tx)
            return
        if refund.kind is RefundKind.POST_VOID:
            if not drop_late(tx):
                tx.after_commit(question(counter))
            return
        found = tx.sales.by_id(refund.of)
        lines = [line for line in found.sale.standing if line.sku == sku] if found else []
        if found is None or not lines:
            tx.after_commit(Say("refund.not_in", Tone.ERROR))
        else:
            self._take(refund, found.sale, lines, tx)

    def _line(self, refund: Refund, number: int, tx: Transaction) -> None:
        """Goods that no scanner reads: by their place on the receipt, the first is 1; beyond them by their number."""
        found = tx.sales.by_id(refund.of)
        standing = found.sale.standing if found is not None else ()
        if found is not None and 1 <= number <= len(standing):
            self._take(refund, found.sale, [standing[number - 1]], tx)
        elif (item := self._catalogue.by_plu(str(number))) is not None:
            self._goods(item, tx)
        else:
            tx.after_commit(Say("refund.not_in", Tone.ERROR))

    def _take(self, refund: Refund, sale: Sale, lines: Sequence[Line], tx: Transaction) -> None:
        """A piece of the first of `lines` that has one left."""
        if (gone := kept_fee(lines[0].sku, refund.of, tx)) is not None:
            tx.after_commit(gone)
            return
        returned = tx.refunds.returned(refund.of)
        rests = {line.n: rest_of(line, returned) - _chosen(refund, line.n) for line in lines}
        line = next((line for line in lines if rests[line.n] > 0), None)
        if line is None:
            tx.after_commit(Say("refund.over", Tone.ERROR))
            return
        more = with_line(refund, sale, line, piece_of(line, Milli(rests[line.n])), returned)
        self._keep(more, tx)
        tx.after_commit(Say("refund.item", amounts=(("a", more.lines[-1].amount),), words=(("item", line.name),)))

    def _without_receipt(self, refund: Refund | None, item: Item, tx: Transaction) -> None:
        more = self._unproved.with_goods(refund, item, tx)
        if more is None:
            return
        self._keep(more, tx)
        tx.after_commit(Say("refund.item", amounts=(("a", more.lines[-1].amount),), words=(("item", item.name),)))

    def _hand(self, asked: Asked, refund: Refund, tx: Transaction) -> None:
        match asked.verb:
            case Verb.ENTER | Verb.SUBTOTAL:
                self._ask(refund, asked, tx)
            case Verb.REFUND_ALL if (found := tx.sales.by_id(refund.of)) is not None:
                whole = without_kept_fees(with_all(refund, found.sale, tx.refunds.returned(refund.of)), tx)
                self._keep(whole, tx)
                self._ask(whole, asked, tx)
            case Verb.REMOVE_LAST | Verb.UNDO if refund.lines:
                self._keep(without_last(refund), tx)
                tx.after_commit(Say("item.removed", words=(("item", refund.lines[-1].name),)))
            case Verb.PIECES | Verb.PIECES_CARD if refund.lines:
                self._pieces(refund, asked.value, tx)
            case Verb.LINE:
                self._line(refund, asked.value, tx)
            case Verb.CANCEL_SALE:
                tx.keep(Counter())
                tx.after_commit(Show(View.IDLE))
                tx.after_commit(Say("flow.stopped"))
            case _:
                tx.after_commit(question(tx.counter))

    def _pieces(self, refund: Refund, pieces: int, tx: Transaction) -> None:
        """So many of the goods that were scanned last; without a receipt each piece is scanned."""
        last, found = refund.lines[-1], tx.sales.by_id(refund.of)
        line = next((line for line in found.sale.standing if line.n == last.n), None) if found else None
        if found is None or line is None or line.weighed or pieces <= 0:
            tx.after_commit(Say("err.amount", Tone.ERROR))
            return
        returned = tx.refunds.returned(refund.of)
        try:
            more = with_line(without_last(refund), found.sale, line, Milli(pieces * 1000), returned)
        except ModelError:
            most = rest_of(line, returned) // 1000
            tx.after_commit(Say("refund.pieces", Tone.ERROR, words=(("n", str(most)),)))
            return
        self._keep(more, tx)
        tx.after_commit(Say("refund.item", amounts=(("a", more.lines[-1].amount),), words=(("item", line.name),)))

    def _keep(self, refund: Refund, tx: Transaction) -> None:
        tx.keep(Counter(waiting=Waiting.REFUND, refund=refund))
        tx.after_commit(Show(View.REFUND, amount=refund.total))

    def _ask(self, refund: Refund, asked: Asked, tx: Transaction) -> None:
        """Money goes back: the sum is said, and Enter confirms it."""
        if not refund.lines:
            tx.after_commit(question(tx.counter))
            return
        if not owner_allows(refund, tx):
            return
        tx.keep(Counter(waiting=Waiting.CONFIRM, verb=Verb.REFUND, value=refund.total, refund=refund))
        tx.after_commit(Show(View.REFUND, amount=refund.total))
        tx.after_commit(question(tx.counter))

    def _ask_post_void(self, asked: Asked, tx: Transaction) -> None:
        last, counter = tx.sales.last(), tx.counter
        if counter.sale is not None and counter.sale.standing:
            tx.after_commit(Say("sale.finish_first", Tone.ATTENTION))
        elif (chosen := _chosen_goods(counter)) is not None:
            self._say_what_stands(chosen, tx)
        elif last is None:
            tx.after_commit(Say("void.too_late", Tone.ERROR))
        elif why := self._why_no_void(last, tx):
            tx.after_commit(Say(why, Tone.ERROR))
        elif spend_on_question(tx) is not None:
            end_emptied(tx)
            refund = Refund(tx.new_id(), last.sale.id, last.receipt, kind=RefundKind.POST_VOID)
            whole = with_all(refund, last.sale, {})
            tx.keep(Counter(waiting=Waiting.CONFIRM, verb=Verb.POST_VOID, value=whole.total, refund=whole))
            tx.after_commit(Show(View.REFUND, amount=whole.total))
            tx.after_commit(question(tx.counter))

    def _why_no_void(self, sold: CompletedSale, tx: Transaction) -> str:
        """The prompt for what keeps it from being taken back at this moment (product B1); empty: it may."""
        if tx.stamp.at - datetime.fromisoformat(sold.at) > POST_VOID_WITHIN:
            return "void.too_late"
        if not self._is_of_the_open_day(sold, tx):
            return "void.settled"
        if tx.refunds.returned(sold.sale.id) or not may(Event.POST_VOID, sold.sale, tx):
            return "refund.over"
        if (gone := kept_fee_among(sold.sale, tx)) is not None:
            return gone.prompt
        return ""

    def _is_of_the_open_day(self, sold: CompletedSale, tx: Transaction) -> bool:
        """Neither has a Z report counted it, nor has the day turned."""
        rules = self._completion.rules
        open_ones = tx.day.receipts(sold.business_day, rules.till)
        is_open = open_ones is not None and open_ones[0] <= sold.receipt <= open_ones[1]
        return is_open and day_of(tx, rules) == sold.business_day

    # --- the money -------------------------------------------------------------------------------------------------

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        refund = tx.counter.refund
        if confirmed.verb not in (Verb.REFUND, Verb.POST_VOID) or refund is None:
            return
        if refund.kind is RefundKind.WITHOUT_RECEIPT:
            tx.keep(Counter())
            tx.after_commit(Show(View.IDLE))
            book_refund(refund, (Tender(Method.CASH, refund.total),), self._completion, self._text, tx)
            return
        found = tx.sales.by_id(refund.of)
        if found is None:
            tx.keep(Counter())
            return
        if refund.kind is RefundKind.POST_VOID and (why := self._why_no_void(found, tx)):
            tx.keep(Counter())
            tx.after_commit(Show(View.IDLE))
            tx.after_commit(Say(why, Tone.ERROR))
            return
        returned = tx.refunds.returned(found.sale.id)
        money = money_back(found.sale, refund.total, returned, lambda tender: left_of(found.sale, tender, tx))
        wallets = [tender for tender in money if tender.payment]
        if wallets and not self._online():
            tx.keep(Counter(waiting=Waiting.REFUND, refund=refund))
            tx.after_commit(Say("refund.offline", Tone.ERROR))
            return
        tx.keep(Counter())
        tx.after_commit(Show(View.IDLE))
        if not wallets:
            book_refund(refund, money, self._completion, self._text, tx)
            return
        tx.refunds.await_money(refund, money)
        for tender in wallets:
            ask_back(tender.payment, tender.applied, tx, of=refund.id)
        tx.after_commit(Say("refund.wait", Tone.ATTENTION))

    def _wallet_settled(self, record: PaymentChanged, tx: Transaction) -> None:
        """When no wallet is waited for any more it is booked; what a wallet refused goes back in cash."""
        settled = tx.payments.find_refund(record.refund) if record.refund else None
        pending = tx.refunds.pending(settled.of) if settled is not None else None
        if settled is None or pending is None:
            return
        refund, money = pending
        asked = tx.payments.refunds_of(refund.id)
        if any(one.state is RefundState.SENT for one in asked):
            return
        refused = {one.payment for one in asked if one.state is RefundState.REFUSED}
        back = tuple(in_cash(tender) if tender.payment in refused else tender for tender in money)
        book_refund(refund, back, self._completion, self._text, tx)
        if refused:
            amount = Fen(sum(tender.applied for tender in money if tender.payment in refused))
            tx.after_commit(Say("refund.wallet_failed", Tone.ALARM, amounts=(("a", amount),)))


def _chosen_goods(counter: Counter) -> Refund | None:
    """What somebody chose to come back and would have to choose again; a post-void chooses by itself."""
    refund = counter.refund
    return refund if refund is not None and refund.lines and refund.kind is not RefundKind.POST_VOID else None


def _chosen(refund: Refund, n: int) -> int:
    """What of a line lies on the counter already, in milli-units."""
    return sum(line.qty for line in refund.lines if line.n == n)
