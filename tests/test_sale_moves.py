"""A sale under any sequence of hands: its total is that of what stands, no line ever vanishes, undo takes back ten."""

from __future__ import annotations

from collections import Counter as Bag
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from edge.codec.basket import read_counter, write_counter
from edge.errors import ModelError
from edge.model.counter import Counter
from edge.model.item import Item
from edge.model.money import MAX_FEN, Fen, Milli, Rounding, cash_rounding
from edge.model.sale import (
    Event,
    LineKind,
    Sale,
    State,
    add_item,
    add_open_price,
    add_unknown,
    moved,
    set_pieces,
    undone,
    void_line,
)
from edge.model.settlement import tender_cash, tender_taken_back
from edge.model.undo import UNDO_DEPTH

Entry = tuple[str, int, int]
"""Name, milli-units, fen."""

PRICES = st.integers(0, 20_000)
STEPS = 40
"""Fewer than a sale has lines: a full one is a case of its own (test_checkout)."""


class Hands(RuleBasedStateMachine):
    """`stands` is what a person would say lies on the counter; `before` the same before each action, newest last."""

    @initialize()
    def open(self) -> None:
        self.sale = Sale("s")
        self.stands: Bag[Entry] = Bag()
        self.before: list[Bag[Entry]] = []
        self.lines_seen = 0

    def act(self, change: Callable[[Sale], Sale], stands: Bag[Entry] | None) -> None:
        """`stands` None: this must be refused, and changes nothing."""
        if stands is None:
            with pytest.raises(ModelError):
                change(self.sale)
            return
        self.sale = change(self.sale)
        self.before = [*self.before, self.stands][-UNDO_DEPTH:]
        self.stands = stands

    def add(self, change: Callable[[Sale], Sale], entry: Entry) -> None:
        self.act(change, self.stands + Bag([entry]))

    @rule(price=PRICES, pieces=st.integers(1, 99))
    def add_goods(self, price: int, pieces: int) -> None:
        item = Item(f"g{price}", "goods", Fen(price))
        self.add(lambda sale: add_item(sale, item, qty=Milli(pieces * 1000)), ("goods", pieces * 1000, price * pieces))

    @rule(price=PRICES, grams=st.integers(1, 9_999))
    def weigh(self, price: int, grams: int) -> None:
        item = Item(f"w{price}", "apples", Fen(price), weighed=True)
        self.add(lambda sale: add_item(sale, item, qty=Milli(grams)), ("apples", grams, price * grams // 1000))

    @rule(price=PRICES)
    def key_a_price(self, price: int) -> None:
        self.add(lambda sale: add_open_price(sale, name="open", price=Fen(price)), ("open", 1000, price))

    @rule(price=PRICES)
    def sell_the_unknown(self, price: int) -> None:
        self.add(
            lambda sale: add_unknown(sale, Item("69", "strange", None), price=Fen(price)), ("strange", 1000, price)
        )

    @rule(price=st.integers(MAX_FEN // 50, MAX_FEN))
    def price_beyond_the_limit(self, price: int) -> None:
        """Refused whole: no line for it."""
        with pytest.raises(ModelError):
            add_item(self.sale, Item("x", "x", Fen(price)), qty=Milli(999_000))

    @precondition(lambda self: self.sale.standing)
    @rule(pick=st.integers(0, 99))
    def remove(self, pick: int) -> None:
        line = self.sale.standing[pick % len(self.sale.standing)]
        self.act(lambda sale: void_line(sale, line.n), self.stands - Bag([(line.name, line.qty, line.amount)]))

    @rule(n=st.sampled_from([0, -1, 101]))
    def remove_what_is_not_there(self, n: int) -> None:
        self.act(lambda sale: void_line(sale, n), None)

    @precondition(lambda self: self.sale.standing)
    @rule(pick=st.integers(0, 99), pieces=st.sampled_from([0, 1, 2, 7, 99, 999, 1000]))
    def change_pieces(self, pick: int, pieces: int) -> None:
        line = self.sale.standing[pick % len(self.sale.standing)]
        amount = line.price * pieces
        allowed = 1 <= pieces <= 999 and not line.weighed and amount <= MAX_FEN
        old, new = (line.name, line.qty, line.amount), (line.name, pieces * 1000, amount)
        stands = self.stands - Bag([old]) + Bag([new]) if allowed else None
        before = self.before
        self.act(lambda sale: set_pieces(sale, line.n, Milli(pieces * 1000)), stands)
        if old == new:
            self.before = before  # what changes nothing is no step of undo

    @rule()
    def undo(self) -> None:
        if not self.before:
            with pytest.raises(ModelError, match="nothing to undo"):
                undone(self.sale)
            return
        self.sale = undone(self.sale)
        self.stands = self.before.pop()

    @precondition(lambda self: self.sale.standing)
    @rule()
    def ask_for_the_total(self) -> None:
        self.sale = moved(self.sale, Event.SUBTOTAL)

    @rule()
    def cut_the_power(self) -> None:
        read = read_counter(write_counter(Counter(sale=self.sale))).sale
        assert read == self.sale
        self.sale = read

    @precondition(lambda self: self.sale.standing)
    @rule(rounding=st.sampled_from(Rounding), over=st.integers(-1, 10_000))
    def pay_and_begin_anew(self, rounding: Rounding, over: int) -> None:
        ready = moved(self.sale, Event.SUBTOTAL)
        due = ready.due + cash_rounding(ready.due, rounding)
        if over < 0 or (due == 0 == over and ready.due > 0):
            if due <= 1:
                with pytest.raises(ModelError):
                    tender_cash(ready, Fen(due - 1), rounding)
                return
            part = tender_cash(ready, Fen(due - 1), rounding)
            assert (part.state, part.paid, part.rounding) == (State.SUBTOTAL, due - 1, 0)
            assert tender_taken_back(part) == ready
            assert tender_cash(part, Fen(1), rounding).paid == due
            return
        paid = tender_cash(ready, Fen(due + over), rounding)
        assert paid.state is State.COMPLETED
        assert paid.total == sum(amount * count for (_, _, amount), count in self.stands.items())
        assert paid.paid == paid.total + paid.rounding
        assert paid.tenders[-1].change == over
        for event in set(Event) - {Event.RETURN, Event.POST_VOID}:
            with pytest.raises(ModelError):
                moved(paid, event)
        self.open()

    @invariant()
    def the_total_is_that_of_what_stands(self) -> None:
        assert self.sale.total == sum(amount * count for (_, _, amount), count in self.stands.items())
        assert Bag((line.name, int(line.qty), int(line.amount)) for line in self.sale.standing) == self.stands

    @invariant()
    def no_line_vanishes(self) -> None:
        lines = self.sale.lines
        assert [line.n for line in lines] == list(range(1, len(lines) + 1))
        assert len(lines) >= self.lines_seen
        self.lines_seen = len(lines)
        taken = [line.voids for line in lines if line.voids is not None]
        assert len(taken) == len(set(taken))
        for void in (line for line in lines if line.kind is LineKind.VOID):
            taken_back = lines[(void.voids or 0) - 1]
            assert (void.qty, void.amount, void.sku) == (-taken_back.qty, -taken_back.amount, taken_back.sku)
        assert len(self.sale.undo) <= UNDO_DEPTH


HandsTest = Hands.TestCase
HandsTest.settings = settings(max_examples=60, stateful_step_count=STEPS, deadline=None)


def test_ten_undos_restore_what_was_there_before_ten_actions() -> None:
    sale = begun = add_open_price(Sale("s"), name="first", price=Fen(1))
    for number in range(UNDO_DEPTH):
        sale = add_open_price(sale, name=f"{number}", price=Fen(100))
    for _ in range(UNDO_DEPTH):
        sale = undone(sale)
    assert sale.standing == begun.standing
    assert replace(sale, undo=()).total == 1
    assert len(sale.lines) == 1 + 2 * UNDO_DEPTH
