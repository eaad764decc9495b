"""Orders from apps at the counter: picked by scan, packed, given to who shows the code, called off meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from edge.codec.command_card import OwnSlip, SlipKind, card_code, slip_code
from edge.messages import Key
from edge.model.counter import Verb
from edge.sim.year.app_market import KIND, AppMarket, Wanted
from edge.sim.year.loan_hands import LoanHands
from edge.sim.year.paying import SECOND_ENTER_S

COLLECT = card_code(148)
LINES_MAX, PIECES_MAX, OPEN_MAX = 3, 3, 6
COMES_S, LOOK_S = 8.0, 1.0
"""By then the box has heard of it, if anything comes through."""
ORDERS, CALLED_OFF, SHOWN_AGAIN, FETCHED = 0.6, 0.12, 0.08, 0.7
"""How often somebody orders, calls off, or shows the code of a bag that is gone; then one is picked, and fetched."""
NOT_HERE, NOT_FOR_IT, WRONG_CODE, WRONG_BAG = 0.12, 0.08, 0.1, 0.15


class Bag(NamedTuple):
    """An order as the ledger has it."""

    oid: str
    slip: str
    state: str
    lines: str

    @property
    def code(self) -> str:
        """On its slip and on its bag."""
        return slip_code(OwnSlip(SlipKind.SERVICE, self.slip))


class AppHands(LoanHands):
    """`_app_order` is what happens to one of them now."""

    @property
    def _market(self) -> AppMarket:
        return self._witness.apps

    def _app_order(self) -> Iterator[float]:
        cuts, roll, bags = self._box.cuts, self._chance.random(), self._bags()
        self._market.say()
        if roll < SHOWN_AGAIN:
            yield from self._show_again()
        elif roll < SHOWN_AGAIN + CALLED_OFF and bags:
            self._market.call_off(self._chance.choice(bags).oid)
            yield from self._wait_for_news()
        elif roll < SHOWN_AGAIN + CALLED_OFF + ORDERS and len(bags) < OPEN_MAX:
            self._market.order(self._lines())
            yield from self._wait_for_news()
        yield from self._go_on()
        self._count(KIND, "restart", is_so=cuts != self._box.cuts)

    def _go_on(self) -> Iterator[float]:
        """With one that is here: it is picked, and often fetched at once."""
        if bags := self._bags():
            bag = self._chance.choice(bags)
            if bag.state != "packed":
                yield from self._pick(bag)
                yield from self._until_nothing_is_asked()
            if self._bag_state(bag.oid) == "packed" and self._chance.random() < FETCHED:
                yield from self._fetch(bag)

    def _lines(self) -> list[tuple[str, int, int]]:
        chance, codes = self._chance, self._codes()
        skus = chance.sample(codes, min(len(codes), chance.randint(1, LINES_MAX)))
        return [(sku, chance.randint(1, PIECES_MAX), 10 * chance.randint(10, 900)) for sku in skus]

    def _wait_for_news(self) -> Iterator[float]:
        until = self._clock.mono_s + COMES_S
        while self._clock.mono_s < until:
            self._busy()
            yield LOOK_S
        yield from self._until_light()

    # --- into the bag ----------------------------------------------------------------------------------------------

    def _pick(self, bag: Bag) -> Iterator[float]:
        chance, is_away = self._chance, self._market.is_away
        yield from self._gesture(self._scan(bag.code), self.bill.entries)
        self.disturb()
        for sku, _, asked, _, picked in json.loads(bag.lines):
            for _ in range(asked - picked):
                if chance.random() < NOT_FOR_IT:
                    yield from self._into_bag(chance.choice(self._codes()), bag)
                if chance.random() > NOT_HERE:
                    yield from self._into_bag(sku, bag)
        for _ in range(2):  # the second says that the rest is not here
            if self._is_step(Verb.PICK_ORDER):
                yield from self._gesture(self._keys("", Key.ENTER), self.bill.entries)
                yield SECOND_ENTER_S
        state = self._bag_state(bag.oid)
        self._count(KIND, "offline", is_so=is_away and state == "packed")

    def _into_bag(self, sku: str, bag: Bag) -> Iterator[float]:
        """Nothing of it is sold, unless something kept the box from going on picking."""
        if not self._is_step(Verb.PICK_ORDER):
            return
        before, marks = self.bill.entries, self._marks()
        yield from self._gesture(self._scan(sku), self.bill.added(sku, self._price(sku) or 0), may_refuse=True)
        is_sold = len(self.bill.entries) > len(before)
        if is_sold and marks == self._marks() and self._bag_state(bag.oid) in ("placed", "picking"):
            self._complain(f"{sku} was picked for order {bag.oid}, and is in the bill")

    # --- out of the shop -------------------------------------------------------------------------------------------

    def _fetch(self, bag: Bag) -> Iterator[float]:
        wanted, marks, is_away = self._market.orders[bag.oid], self._marks(), self._market.is_away
        others = [other for other in self._bags() if other.oid != bag.oid]
        yield from self._show_app_code(wanted)
        if not self._is_for(bag.oid):
            return
        self.disturb()
        if others and self._chance.random() < WRONG_BAG:
            yield from self._gesture(self._scan(self._chance.choice(others).code), self.bill.entries)
        if not self._is_for(bag.oid):
            return
        yield from self._gesture(self._scan(bag.code), self.bill.entries)
        state = self._bag_state(bag.oid)
        wanted.given |= state == "handed_over"
        if marks == self._marks() and state == "packed":
            self._complain(f"the bag of order {bag.oid} was shown after its code, and is {state}")
        self._count(KIND, "offline", is_so=is_away and state == "handed_over")

    def _show_again(self) -> Iterator[float]:
        """A bag that is gone goes to nobody any more."""
        gone = [oid for oid, wanted in self._market.orders.items() if wanted.given]
        if not gone:
            return
        oid = self._chance.choice(gone)
        yield from self._show_app_code(self._market.orders[oid])
        if self._is_for(oid) and oid not in self._witness.services.forgotten:
            self._complain(f"the bag of order {oid} is gone, and the box asks for it")

    def _show_app_code(self, wanted: Wanted) -> Iterator[float]:
        """Card and code, a wrong one before it perhaps."""
        code, same = wanted.args["code"], self.bill.entries
        yield from self._gesture(self._scan(COLLECT), same)
        if self._is_step(Verb.COLLECT_ORDER) and self._chance.random() < WRONG_CODE:
            yield from self._gesture(self._keys(f"9{code[1:]}", Key.ENTER), same, single=False)
        if self._is_step(Verb.COLLECT_ORDER):
            yield from self._gesture(self._keys(code, Key.ENTER), same, single=False)

    # --- looking ---------------------------------------------------------------------------------------------------

    def _is_for(self, oid: str) -> bool:
        return self._is_step(Verb.COLLECT_ORDER) and self._box.counter.barcode == oid

    def _bags(self) -> list[Bag]:
        sql = "SELECT id, slip, state, lines FROM app_order WHERE state IN ('placed', 'picking', 'packed') ORDER BY id"
        return [Bag(*row) for row in self._witness.rows(sql)]

    def _bag_state(self, oid: str) -> str:
        found = self._witness.rows("SELECT state FROM app_order WHERE id = ?", oid)
        return str(found[0][0]) if found else ""

    def _price(self, code: str) -> int | None:
        raise NotImplementedError

    def _codes(self) -> list[str]:
        """Barcodes of what the shop sells."""
        raise NotImplementedError
