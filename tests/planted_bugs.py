"""Bugs to plant in the terminal, each with the sentence by which the simulated year must find it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from edge.bus import Bus
from edge.drivers.line_display import LineDisplay
from edge.drivers.printer_escpos import EscPosPrinter
from edge.errors import StoreError
from edge.messages import CloudAccepted, Outcome, Started, SubmitPayment, WorkQueued
from edge.model import payment as payment_model
from edge.model import sale as sale_model
from edge.model import settlement
from edge.model.day_records import CashMoved, DayClosed, ShiftClosed
from edge.model.item import Item
from edge.model.ledger_rows import DrawerKick, EffectState, Entry
from edge.model.money import Fen, Milli, Rounding, line_amount
from edge.model.payment import Payment, PaymentState
from edge.model.promotion import Cut, CutKind
from edge.model.records import PaymentChanged, Record, SaleCancelled, SaleCompleted, Stream
from edge.model.refund import Refund
from edge.model.takings import PAID_OUT, Sum
from edge.model.tally import tally as journal_tally
from edge.ports import Transaction
from edge.services import completion, drawer_count, refunds, tendering, till_day
from edge.services.completion import Completion
from edge.services.drawer import Drawer
from edge.services.keypad import Keypad
from edge.services.money_back import MoneyBack
from edge.services.payments import PayAgain, Payments
from edge.services.refund_booking import book_refund
from edge.services.sync import Sync
from edge.services.training import new_sale
from edge.services.wallets import Wallets
from edge.store.catalogue import CatalogueFile
from edge.store.tables import till_day as till_day_table
from edge.store.tables.learned_prices import LearnedPriceTable
from edge.store.tables.sales import SalesTable
from edge.store.tables.sales_days import SalesDaysTable
from edge.store.transaction import LedgerTransaction

Plant = Callable[[pytest.MonkeyPatch], None]

SKIPPED_EVERY = 50


def hand_out_before_commit(patch: pytest.MonkeyPatch) -> None:
    """Print, kick and publish first, then make it last."""

    def handle(bus: Any, message: object) -> None:
        tx = bus._ledger.begin(bus._record)
        for handler in bus._handlers[type(message)]:
            handler(message, tx)
        for effect in tx.effects:
            bus._deliver(effect)
        tx.commit()

    patch.setattr(Bus, "_handle", handle)


def take_the_brokers_word(patch: pytest.MonkeyPatch) -> None:
    """PUBACK moves the cursor."""

    def accepted(sync: Any, accepted: CloudAccepted, tx: Transaction) -> None:
        lane = sync._lanes[Stream(accepted.token)] if accepted.token in set(Stream) else None
        if lane is not None and lane.in_flight:
            tx.outbox.acknowledge(lane.stream, lane.in_flight.popleft())

    patch.setattr(Sync, "_accepted", accepted)


def pulse_again_after_a_cut(patch: pytest.MonkeyPatch) -> None:
    """A pulse that was under way when the power went is driven once more."""

    def resume(drawer: Any, _: Started, tx: Transaction) -> None:
        for kick in tx.kicks.in_state(EffectState.SENDING):
            tx.kicks.move(kick.id, EffectState.QUEUED)
            tx.after_commit(WorkQueued())

    patch.setattr(Drawer, "_resume", resume)


def lose_a_number(patch: pytest.MonkeyPatch) -> None:
    """Now and then a stream's number is taken and not used."""
    journal = LedgerTransaction._journal

    def skipping(tx: Any, record: Record, record_id: str) -> Entry:
        if tx._heads.n % SKIPPED_EVERY == SKIPPED_EVERY - 1:
            tx._heads.positions.head[record.stream] += 1
        return journal(tx, record, record_id)

    patch.setattr(LedgerTransaction, "_journal", skipping)


def swallow_disk_errors(patch: pytest.MonkeyPatch) -> None:
    """A commit that fails is taken for one that did not."""
    commit = LedgerTransaction.commit

    def careless(tx: Any) -> None:
        try:
            commit(tx)
        except StoreError:
            tx._run("ROLLBACK", ())
            tx._begun = False
            commit(tx)

    patch.setattr(LedgerTransaction, "commit", careless)


def charge_half(patch: pytest.MonkeyPatch) -> None:
    """A line costs half of what quantity and price make."""
    patch.setattr(sale_model, "line_amount", lambda price, qty: Fen(line_amount(price, qty) // 2))


def charge_double_from_the_catalogue(patch: pytest.MonkeyPatch) -> None:
    """What the catalogue says of a price is read wrongly, by scan and by name alike."""
    find = CatalogueFile._find

    def dearer(catalogue: Any, key: str, value: str) -> Item | None:
        item = find(catalogue, key, value)
        return item if item is None or item.price is None else replace(item, price=Fen(2 * item.price))

    patch.setattr(CatalogueFile, "_find", dearer)


def remember_another_price(patch: pytest.MonkeyPatch) -> None:
    """A keyed price is kept for the barcode, and comes back as another."""
    price = LearnedPriceTable.price

    def dearer(table: Any, barcode: str) -> Fen | None:
        learned = price(table, barcode)
        return None if learned is None else Fen(learned + 1)

    patch.setattr(LearnedPriceTable, "price", dearer)


def round_half_away(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settlement, "cash_rounding", lambda due, rule: Fen(-(due // 2)))


def count_a_hundred_too_much(patch: pytest.MonkeyPatch) -> None:
    """More is booked as given than was put down, and more comes back."""
    tender = settlement.tender_cash

    def generous(sale: sale_model.Sale, given: Fen, rule: Rounding) -> sale_model.Sale:
        return tender(sale, Fen(given + 10_000) if given >= sale.due else given, rule)

    patch.setattr(tendering, "tender_cash", generous)


def book_some_twice(patch: pytest.MonkeyPatch) -> None:
    append = LedgerTransaction.append

    def twice(tx: Any, record: Record, *, id: str | None = None) -> Entry:
        if isinstance(record, SaleCompleted) and tx._heads.n % 3 == 0:
            other = replace(record.sale, id=tx.new_id())
            append(tx, replace(record, sale=other, receipt=f"{record.receipt[:-4]}9{record.receipt[-3:]}"), id=other.id)
        return append(tx, record, id=id)

    patch.setattr(LedgerTransaction, "append", twice)


def forget_some_in_the_table(patch: pytest.MonkeyPatch) -> None:
    book = SalesTable.book

    def sometimes(table: Any, record: SaleCompleted, n: int) -> None:
        if n % 4:
            book(table, record, n)

    patch.setattr(SalesTable, "book", sometimes)


def leave_the_drawer_shut(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Drawer, "_kick_for_cash", lambda drawer, record, tx: None)


def open_the_drawer_for_nothing(patch: pytest.MonkeyPatch) -> None:
    """A cancelled sale opens it, too."""
    ended = Keypad._sale_ended

    def kick(keypad: Any, record: SaleCompleted | SaleCancelled, tx: Transaction) -> None:
        ended(keypad, record, tx)
        if isinstance(record, SaleCancelled):
            tx.kicks.queue(DrawerKick(record.sale.id, "sale", EffectState.QUEUED))
            tx.after_commit(WorkQueued())

    patch.setattr(Keypad, "_sale_ended", kick)


def know_nothing_of_any_paper(patch: pytest.MonkeyPatch) -> None:
    """Every receipt ends as unknown."""

    def watch(printer: Any, job: Any, end_mono: float, now: float) -> None:
        printer._end_job(job, Outcome.UNKNOWN, "nobody looked")

    patch.setattr(EscPosPrinter, "_watch", watch)


def show_nothing(patch: pytest.MonkeyPatch) -> None:
    """The display takes what it is told and stays as it is."""

    def pump(display: Any) -> float:
        while display._context.inbox.take() is not None:
            continue
        return math.inf

    patch.setattr(LineDisplay, "pump", pump)


def leave_out_cash_that_was_taken(patch: pytest.MonkeyPatch) -> None:
    """The till goes on expecting what somebody took out."""

    def forgetful(record: Record) -> tuple[Sum, ...]:
        return tuple(addend for addend in journal_tally(record) if addend[0] != PAID_OUT)

    patch.setattr(till_day_table, "tally", forgetful)


def report_some_sales_twice(patch: pytest.MonkeyPatch) -> None:
    def twice(record: Record) -> tuple[Sum, ...]:
        return journal_tally(record) * (2 if isinstance(record, SaleCompleted) and len(record.sale.lines) > 3 else 1)

    patch.setattr(till_day_table, "tally", twice)


def skip_the_number_of_a_report(patch: pytest.MonkeyPatch) -> None:
    report_of = till_day.report_of

    def skipping(*given: Any, **more: Any) -> DayClosed:
        report = report_of(*given, **more)
        return replace(report, no=report.no + report.no // 3)

    patch.setattr(till_day, "report_of", skipping)


def forget_the_float(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ShiftClosed, "expected", property(lambda closed: closed.takings.cash))


def name_another_shift(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(completion, "day_and_shift", lambda tx, rules: (till_day.day_and_shift(tx, rules)[0], tx.new_id()))


def move_another_amount(patch: pytest.MonkeyPatch) -> None:
    """A fen more than what was keyed, booked and printed alike."""
    patch.setattr(
        drawer_count, "CashMoved", lambda shift, day, why, fen, of: CashMoved(shift, day, why, Fen(fen + 1), of)
    )


def charge_again_after_silence(patch: pytest.MonkeyPatch) -> None:
    """Nobody answers, so the same customer is charged by a new payment."""
    again = Payments._pay_again

    def careless(payments: Any, due: PayAgain, tx: Transaction) -> None:
        payment, code = tx.payments.find(due.payment), payments._codes.get(due.payment)
        if payment is None or code is None or payment.state is not PaymentState.SENT:
            again(payments, due, tx)
            return
        other = replace(payment, id=tx.new_id())
        tx.payments.keep(other)
        tx.append(PaymentChanged(other))
        if tx.counter.sale is not None and tx.counter.sale.payment == payment.id:
            tx.keep(replace(tx.counter, sale=replace(tx.counter.sale, payment=other.id)))
        tx.after_commit(SubmitPayment(other.id, code))

    patch.setattr(Payments, "_pay_again", careless)


def drop_a_late_success(patch: pytest.MonkeyPatch) -> None:
    """What comes after nobody knew counts for nothing: the payment ends, and its sale is not paid."""
    settle = Wallets._settle_counter

    def deaf(wallets: Any, sale: sale_model.Sale, payment: Payment, tx: Transaction) -> None:
        late = sale.state is sale_model.State.PAY_UNKNOWN and payment.state is PaymentState.APPROVED
        settle(wallets, sale, replace(payment, state=PaymentState.CANCELLED) if late else payment, tx)

    patch.setattr(Wallets, "_settle_counter", deaf)


def take_unknown_for_declined(patch: pytest.MonkeyPatch) -> None:
    """Silence is no: the next customer's code, or cash, pays once more."""
    moves = payment_model.PAYMENT_MOVES
    patch.setattr(
        payment_model, "PAYMENT_MOVES",
        {pair: PaymentState.DECLINED if to is PaymentState.UNKNOWN else to for pair, to in moves.items()},
    )  # fmt: skip


def keep_money_that_came_late(patch: pytest.MonkeyPatch) -> None:
    """A cancelled payment is charged after all, and nobody asks for it back."""
    patch.setattr(MoneyBack, "came_late", lambda back, payment, tx: None)


def book_a_refund_twice(patch: pytest.MonkeyPatch) -> None:
    def twice(refund: Refund, money: Any, completion: Any, text: Any, tx: Transaction) -> None:
        book_refund(refund, money, completion, text, tx)
        book_refund(replace(refund, id=tx.new_id()), money, completion, text, tx)

    patch.setattr(refunds, "book_refund", twice)


def ask_more_with_a_promotion(patch: pytest.MonkeyPatch) -> None:
    """The second piece for half: the dearer one pays the half, too, as if it had not been."""
    pays = Cut.pays

    def dearer(cut: Cut, amount: Fen, qty: Milli = sale_model.ONE_PIECE) -> Fen:
        paid = pays(cut, amount, qty)
        return Fen(paid + 1) if cut.kind in (CutKind.SHARE, CutKind.PERCENT) else paid

    patch.setattr(Cut, "pays", dearer)


def take_everybody_for_a_member(patch: pytest.MonkeyPatch) -> None:
    """Each sale begins with a card that nobody showed."""
    patch.setattr("edge.services.first_goods.new_sale", lambda tx: replace(new_sale(tx), member="87654321"))


def sell_while_practising(patch: pytest.MonkeyPatch) -> None:
    """Practice is booked as if somebody had paid."""
    complete = Completion.complete

    def earnest(completion: Any, sale: sale_model.Sale, tx: Transaction, **more: Any) -> None:
        complete(completion, replace(sale, training=False), tx, **more)

    patch.setattr(Completion, "complete", earnest)


def keep_what_came_back_on_its_day(patch: pytest.MonkeyPatch) -> None:
    """A bottle that is brought back goes on being wanted."""
    patch.setattr(SalesDaysTable, "book_back", lambda *_: None)


LOUD: tuple[tuple[Plant, str], ...] = (
    (hand_out_before_commit, "leaves before its commit"),
    (take_the_brokers_word, "the cloud never had it"),
    (pulse_again_after_a_cut, "leaves a second time"),
    (lose_a_number, "follows"),
    (swallow_disk_errors, "not on the disk|does not carry the hash"),
    (charge_again_after_silence, "beside|fen are charged and pay no sale"),
    (keep_money_that_came_late, "fen are charged and pay no sale"),
    (take_unknown_for_declined, "fen are charged and pay no sale|is approved"),
)
"""Found within twenty seeds of twenty storm days."""
QUIET: tuple[tuple[Plant, str], ...] = (
    (charge_half, "fen are|the total is"),
    (charge_double_from_the_catalogue, "it was told"),
    (remember_another_price, "it was told"),
    (round_half_away, "rounded by"),
    (count_a_hundred_too_much, "booked as"),
    (book_some_twice, "one payment, 2 sales|payment .* pays .* and"),
    (forget_some_in_the_table, "is not in the table|with sales of"),
    (leave_the_drawer_shut, "the drawer is shut"),
    (open_the_drawer_for_nothing, "which is no cash"),
    (know_nothing_of_any_paper, "not known to be printed|the drawer is shut"),
    (show_nothing, "the display says"),
    (leave_out_cash_that_was_taken, "Z report .* says .*pay_out|expects"),
    (report_some_sales_twice, "Z report .* says|in the table|expects"),
    (skip_the_number_of_a_report, "Z report 4 follows 2"),
    (forget_the_float, "expects"),
    (name_another_shift, "is of shift"),
    (move_another_amount, "were keyed"),
    (drop_a_late_success, "fen are charged and pay no sale"),
    (book_a_refund_twice, "came back of|money went back once"),
    (ask_more_with_a_promotion, "are asked for what costs|the display says"),
    (take_everybody_for_a_member, "are asked for what costs|the display says"),
    (sell_while_practising, "practice|one payment, 1 sales"),
    (keep_what_came_back_on_its_day, "the day says"),
)
"""Found within a few calm days."""
