"""Customers who want a loan: they apply, hear what it costs, come back with the authorisation, and get cash or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from edge.codec.command_card import card_code
from edge.codec.wire_parcel import token_mark
from edge.messages import Key
from edge.model.counter import Verb, Waiting
from edge.sim.year.agent_hands import AgentHands
from edge.sim.year.hands import OFFLINE, TRIES_MAX

LOAN_CARD = card_code(150)
LOAN = "loan"
LENDERS = ("AL", "JL")
PLANS = "TTTTTTAAAWWWEEESDDRRCCNN"
"""How each lender goes on, as the token says it; some more often."""
LOAN_YUAN = (500, 800, 1_000, 2_000, 3_000)
APPLICANTS = 6
"""So many newest ones may come back."""
COMES_BACK, NO_AFTER_ALL, GOES_HOME, WRONG_CODE = 0.35, 0.12, 0.12, 0.1
OFFERED_S, DECIDED_S, CHECKED_S, LOOK_S = 14.0, 25.0, 14.0, 0.8
HEARD_S = 6.0
"""Of an offer: its cost is read out first."""
TOO_LONG_S = 200.0
"""Whoever has gone with the notes on the counter by then: nobody knows."""
SHORT = ("loan.short", "loan.count")
KEPT, STOPPED_UNPAID, STOPPED_PAID, WALKS_AWAY = 0.08, 0.15, 0.22, 0.34
"""Below each of them: nothing is given; nor is it, and STOP; it is given, and STOP; and nobody presses anything."""
COUNTS = 0.4
"""How often a doubt is settled by what lies in the drawer."""


class Applied(NamedTuple):
    token: str
    yuan: int

    @property
    def code(self) -> str:
        """The authorisation that the lender told."""
        return f"{self.yuan:05d}123"


class Found(NamedTuple):
    """A loan as the ledger has it."""

    soid: str
    state: str
    way: str


class LoanHands(AgentHands):
    """`_loan` is what a customer wants; `settle_doubts` what the shopkeeper knows of cash that the box does not."""

    disturb_payout: Callable[[], None]
    """Called as cash lies on the counter."""
    _applied: list[Applied]

    def _loan(self) -> Iterator[float]:
        yield from self.settle_doubts()
        said, cuts, chance = self._box.said, self._box.cuts, self._chance
        if self._applied and chance.random() < COMES_BACK:
            yield from self._collect(chance.choice(self._applied))
        else:
            yield from self._apply()
        self._count(LOAN, "offline", is_so=self._was_said(said, OFFLINE))
        self._count(LOAN, "restart", is_so=cuts != self._box.cuts)
        yield from self._until_nothing_is_asked()
        self._box.ware.drawer.shut()

    # --- applied for -----------------------------------------------------------------------------------------------

    def _apply(self) -> Iterator[float]:
        chance, same = self._chance, self.bill.entries
        yuan, tail = chance.choice(LOAN_YUAN), "".join(chance.choice("0123456789ABCDEFGHJKMNPQ") for _ in range(8))
        one = Applied(f"{chance.choice(LENDERS)}{chance.choice(PLANS)}{yuan:05d}{tail}", yuan)
        self._applied = [*self._applied, one][-APPLICANTS:]
        yield from self._show(one)
        yield from self._while_asked(Verb.LOAN_QUOTE, OFFERED_S)
        if not self._is_loan_step(Verb.LOAN_OFFER):
            return
        self._witness.deeds["loans offered"] += 1
        roll = chance.random()
        if roll < NO_AFTER_ALL:
            yield from self._gesture(self._keys("", Key.MINUS), same)
        elif roll > NO_AFTER_ALL + GOES_HOME:
            yield HEARD_S
            self.disturb()
            yield from self._gesture(self._scan(one.token), same)
            yield from self._decided(one)
            yield from self._collect(one)

    def _show(self, one: Applied) -> Iterator[float]:
        """Card and token; where the card says no, or asks about another loan, the token stays in the pocket."""
        yield from self._gesture(self._scan(LOAN_CARD), self.bill.entries)
        if self._is_loan_step(Verb.LOAN):
            self.disturb()
            yield from self._gesture(self._scan(one.token), self.bill.entries)

    def _decided(self, one: Applied) -> Iterator[float]:
        until = self._clock.mono_s + DECIDED_S
        while self._clock.mono_s < until and self._found(one).state in ("offered", "accepted"):
            self._busy()
            yield LOOK_S
            yield from self._until_light()

    # --- cash ------------------------------------------------------------------------------------------------------

    def _collect(self, one: Applied) -> Iterator[float]:
        """The authorisation is keyed; where the drawer is short cash is put in, and all is shown again."""
        found = self._found(one)
        if found.way != "till" or self._witness.services.handed.get(found.soid):
            return
        said = self._box.said
        yield from self._show(one)
        if self._was_said(said, SHORT):
            self._witness.deeds["drawers short of a loan"] += 1
            yield from self._fill_drawer()
            yield from self._show(one)
        if self._is_loan_step(Verb.LOAN_CODE) and self._chance.random() < WRONG_CODE:
            yield from self._key_code(f"{self._chance.randrange(10**6):06d}99")
        if self._is_loan_step(Verb.LOAN_CODE):
            yield from self._key_code(one.code)
        if self._is_loan_step(Verb.LOAN_PAY):
            yield from self._pay_out(self._box.counter.barcode or "")

    def _key_code(self, code: str) -> Iterator[float]:
        yield from self._gesture(self._keys(code, Key.ENTER), self.bill.entries, single=False)
        yield from self._while_asked(Verb.LOAN_CHECK, CHECKED_S)

    def _pay_out(self, soid: str) -> Iterator[float]:
        """The drawer is open. What the customer is given, and what the box is told of it."""
        roll, marks, same = self._chance.random(), self._marks(), self.bill.entries
        self._witness.services.handed[soid] = given = roll >= STOPPED_UNPAID
        self.disturb_payout()
        if roll < KEPT:
            yield from self._gesture(self._keys("", Key.MINUS), same)
        elif roll < STOPPED_PAID:
            yield from self._until_nothing_is_asked()
        elif roll < WALKS_AWAY:
            yield from self._walk_away()
        else:
            yield from self._gesture(self._keys("", Key.ENTER), same)
            if marks == self._marks() and self._state(soid) != "paid_out":
                self._complain(f"loan {soid} was paid, and is {self._state(soid)}")
        if roll >= KEPT and roll < WALKS_AWAY and marks == self._marks() and self._state(soid) != "unknown":
            self._complain(f"nobody said whether loan {soid} was paid, and it is {self._state(soid)}")
        self._witness.deeds["loans paid out"] += given

    def _walk_away(self) -> Iterator[float]:
        until = self._clock.mono_s + TOO_LONG_S
        while self._clock.mono_s < until:
            self._busy()
            yield LOOK_S * 5
            yield from self._until_light()

    # --- in doubt --------------------------------------------------------------------------------------------------

    def settle_doubts(self) -> Iterator[float]:
        """The box asks of each whether its cash changed hands; whoever was there knows, or counts."""
        for _ in range(TRIES_MAX):
            yield from self._until_nothing_is_asked()
            if not self._witness.rows("SELECT 1 FROM loan WHERE state IN ('paying_out', 'unknown')"):
                return
            yield from self._gesture(self._scan(LOAN_CARD), self.bill.entries)
            if self._is_loan_step(Verb.LOAN_DOUBT):
                yield from self._settle_one(self._box.counter.barcode or "")

    def _settle_one(self, soid: str) -> Iterator[float]:
        given, same, marks = self._witness.services.handed.get(soid, False), self.bill.entries, self._marks()
        lies_there = self._witness.books.day.in_drawer - (self._box.counter.value if given else 0)
        self._witness.deeds["doubts about loans settled"] += 1
        if lies_there >= 0 and self._chance.random() < COUNTS:
            yield from self._gesture(self._keys(f"{lies_there / 100:.2f}", Key.ENTER), same, single=False)
        if self._is_loan_step(Verb.LOAN_DOUBT):
            yield from self._gesture(self._keys("", Key.ENTER if given else Key.MINUS), same)
        state = self._state(soid)
        if marks == self._marks() and (state == "paid_out") != given:
            self._complain(f"the cash of loan {soid} was {'given' if given else 'kept'}, and it is {state}")

    # --- looking ---------------------------------------------------------------------------------------------------

    def _while_asked(self, verb: Verb, seconds: float) -> Iterator[float]:
        until = self._clock.mono_s + seconds
        while self._is_loan_step(verb) and self._clock.mono_s < until:
            self._busy()
            yield LOOK_S

    def _is_loan_step(self, verb: Verb) -> bool:
        counter = self._box.counter
        return counter.waiting is Waiting.LOAN and counter.verb is verb

    def _found(self, one: Applied) -> Found:
        """Its newest loan; empty where there is none."""
        newest = "SELECT id, state, way FROM loan WHERE mark = ? ORDER BY id DESC LIMIT 1"
        found = self._witness.rows(newest, token_mark(one.token))
        return Found(*found[0]) if found else Found("", "", "")

    def _state(self, soid: str) -> str:
        found = self._witness.rows("SELECT state FROM loan WHERE id = ?", soid)
        return str(found[0][0]) if found else ""
