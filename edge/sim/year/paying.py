"""How the clerk is paid: cash in every way, wallets and the patience that they take, baskets parked meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from edge.codec.command_card import OwnSlip, SlipKind, card_code, slip_code
from edge.messages import Key
from edge.model.counter import Waiting
from edge.model.sale import State
from edge.reference_cloud.wallets import PLANS
from edge.sim.year.bill import Entry, same, seen_in
from edge.sim.year.box import PRINTER
from edge.sim.year.hands import GLANCE_S, STOP, TRIES_MAX, Hands

SUBTOTAL, EXACT, OTHER, HOLD, SAY_AGAIN = (card_code(number) for number in (101, 102, 103, 107, 182))
SECOND_ENTER_S = 0.9
MUCH_CHANGE_FEN = 9_900
"""From about so much change on the box asks whether it was keyed right."""
THINK_S = (0.3, 2.5)
DRAWER_S = 6.0
"""A long receipt at the pace of the slowest printer here."""
NOTES_FEN = (1_000, 2_000, 5_000, 10_000)
CODES = (("13", 16), ("28", 16), ("62", 17))
"""WeChat, Alipay, UnionPay: how a customer's code begins, and how many digits follow."""
ODD_CODES = 0.5
"""How often a customer's wallet is one of PLANS, and does not just pay."""
CASH_AFTER = 2
"""So often another way is tried; then somebody finds a purse."""
PATIENCE = 8
WAITS_S = (2.0, 7.0, 25.0)
LAST_WAIT_S = 100.0
"""By then a payment that was to be cancelled is cancelled, paid or unknown."""


class Paying(Hands):
    """`_set_aside`: the basket in hand stands aside now, or its payment came while that was done. `_looked_away`: for
    so long that whatever kept the drawer shut may be mended by now.
    """

    _given: int | None = None
    """Fen that a customer put down; None: the exact amount."""
    _given_before = 0
    _set_aside = False
    _looked_away = False

    def _pay(self) -> Iterator[float]:
        """Until it is paid, or until it is clear that nothing can be sold now."""
        for attempt in range(TRIES_MAX):
            yield from self._until_nothing_is_asked()
            if not self.bill.entries:
                return
            yield from self._settle(self._way(attempt))
            yield self._chance.uniform(*THINK_S)

    def _way(self, attempt: int) -> Callable[[], Iterator[float]]:
        if self._waits():
            return self._see_it_through
        cash = (self._exactly, self._by_enter, self._with_notes, self._too_little)
        if attempt >= CASH_AFTER:
            return self._chance.choice(cash)
        others = (self._by_wallet, self._by_wallet, self._by_wallet, self._split, self._by_other)
        return self._chance.choice((*cash, *others))

    def _settle(self, way: Callable[[], Iterator[float]]) -> Iterator[float]:
        sale = self._box.counter.sale
        self._witness.at_counter(sale.id if sale is not None else "")
        practice = sale is not None and sale.training
        sold, owed, marks = self._witness.completed, self.bill.entries, self._marks()
        restores = self._witness.restores
        self._given, self._given_before, self._set_aside = None, self._part_paid(), False
        self._looked_away = False
        self._due = self._witness.deals.due(owed, member=self._is_member())
        yield from way()
        booked = self._witness.completed - sold
        still = self._still(owed, self._witness.last_sale if booked else self.bill.entries)
        if len(still) < len(owed):
            owed, self._due = still, self._witness.deals.due(still, member=self._is_member())
        if booked > (0 if practice else 1):
            self._complain(f"one payment, {booked} sales")
        is_gone = not self.bill.entries and restores == self._witness.restores
        if booked == 0 and owed and is_gone and not practice and not self._set_aside:
            self._complain(f"the basket {owed} is gone and no sale was booked")
        if booked:
            self._compare_with_journal(owed)
            if marks == self._marks() and self._took_cash():
                yield from self._wait_for_drawer()
            if marks == self._marks():
                self._look_at_the_money()
        if booked or is_gone:
            self.bill.close()

    def _part_paid(self) -> int:
        """Fen that lie on the counter for this sale already."""
        return sale.paid if (sale := self._box.counter.sale) is not None else 0

    # --- cash, and what nobody can verify --------------------------------------------------------------------------

    def _exactly(self) -> Iterator[float]:
        yield from self._gesture(self._scan(EXACT, faulty=True), [])

    def _by_enter(self) -> Iterator[float]:
        marks, owed = self._marks(), self.bill.entries
        yield from self._gesture(self._scan(SUBTOTAL), self.bill.entries)
        yield from self._gesture(self._keys("", Key.ENTER), self.bill.entries, either=True)
        if self.bill.entries:
            yield SECOND_ENTER_S
            # A box that started since says the total first, and so does one that took out a service nobody keeps.
            is_told = marks == self._marks() and len(seen_in(self._box.counter)) == len(owed)
            wanted = [] if is_told else self.bill.entries
            yield from self._gesture(self._keys("", Key.ENTER), wanted, either=not is_told)

    def _with_notes(self) -> Iterator[float]:
        notes = self._chance.choice(NOTES_FEN)
        self._given = given = max(1, -(-self._due // notes)) * notes
        keys, is_much = self._keys(str(given // 100), Key.ENTER), given - self._due > MUCH_CHANGE_FEN
        yield from self._gesture(keys, self.bill.entries if is_much else [], single=False, either=is_much)
        if self._box.counter.waiting is Waiting.CONFIRM:
            yield SECOND_ENTER_S
            yield from self._gesture(self._keys("", Key.ENTER), [])

    def _too_little(self) -> Iterator[float]:
        yield from self._put_down_a_part()
        yield from self._exactly()

    def _put_down_a_part(self) -> Iterator[float]:
        if self._due - self._part_paid() > 200:
            yield from self._gesture(self._keys("0.5", Key.ENTER), self.bill.entries, single=False)

    def _by_other(self) -> Iterator[float]:
        """The shop's standing code: her own eyes, a card and Enter."""
        yield from self._gesture(self._scan(OTHER), self.bill.entries)
        if self._box.counter.waiting is Waiting.CONFIRM:
            yield from self._gesture(self._keys("", Key.ENTER), [])

    # --- wallets ---------------------------------------------------------------------------------------------------

    def _by_wallet(self) -> Iterator[float]:
        yield from self._gesture(self._scan(self._code(), faulty=True), self.bill.entries, either=True)
        yield from self._see_it_through()

    def _split(self) -> Iterator[float]:
        yield from self._put_down_a_part()
        if self.bill.entries:
            yield from self._by_wallet()

    def _code(self) -> str:
        """A customer's; the last two digits are how the wallet behaves."""
        begin, digits = self._chance.choice(CODES)
        code = begin + "".join(self._chance.choice("0123456789") for _ in range(digits))
        return code[:-2] + self._chance.choice(list(PLANS)) if self._chance.random() < ODD_CODES else code

    def _see_it_through(self) -> Iterator[float]:
        """Wait, ask, scan what does not help; with a payment that nobody knows of: cash, or aside with it."""
        for _ in range(PATIENCE):
            if not self._waits():
                return
            yield from self._chance.choice(self._unknown_ways() if self._is_unknown() else self._waiting_ways())()
        if self._waits() and not self._is_unknown():
            yield from self._press_stop()
            yield LAST_WAIT_S
            self._looked_away = True
            yield from self._nothing(None)
        if self._is_unknown():
            yield from self._chance.choice((self._park, self._cash_instead))()
        yield from self._park()  # where no cash is taken: a service, while the network is away

    def _waiting_ways(self) -> tuple[Callable[[], Iterator[float]], ...]:
        wait = (self._wait,) * 4
        return (*wait, self._press_stop, self._say_again, lambda: self._nothing(EXACT))

    def _unknown_ways(self) -> tuple[Callable[[], Iterator[float]], ...]:
        wait = (self._wait,) * 3
        return (*wait, self._park, self._park, self._cash_instead, self._enter_twice, self._press_stop)

    def _wait(self) -> Iterator[float]:
        self._busy()
        yield self._chance.choice(WAITS_S)
        yield from self._nothing(None)

    def _press_stop(self) -> Iterator[float]:
        yield from self._nothing(STOP)

    def _say_again(self) -> Iterator[float]:
        yield from self._nothing(SAY_AGAIN)

    def _cash_instead(self) -> Iterator[float]:
        if self._is_unknown():
            yield from self._gesture(self._scan(EXACT), [], either=True)

    def _enter_twice(self) -> Iterator[float]:
        yield from self._gesture(self._keys("", Key.ENTER), self.bill.entries, either=True)
        if self._box.counter.waiting is Waiting.CONFIRM:
            yield SECOND_ENTER_S
            yield from self._gesture(self._keys("", Key.ENTER), self.bill.entries, either=True)

    def _nothing(self, card: str | None) -> Iterator[float]:
        """A card that leaves the basket as it is, or no card; the wallet may pay it meanwhile."""
        act = self._scan(card) if card is not None else iter(())
        yield from self._gesture(act, self.bill.entries, either=True)

    # --- aside -----------------------------------------------------------------------------------------------------

    def _park(self) -> Iterator[float]:
        """The next customer is served; the slip brings the basket back, if its payment does not come before."""
        sale = self._box.counter.sale
        if sale is None or not self._is_unknown():
            return
        kept, before = self.bill.entries, self._held()
        self._witness.step_aside(sale.id)
        yield from self._gesture(self._scan(HOLD), kept, either=True)
        if self.bill.entries:
            self._witness.at_counter(sale.id)
            return
        self._set_aside = True
        self._witness.deeds["parked"] += 1
        for number in set(self._held()).difference(before):  # none, if its payment came on the way to the slip
            self._parked[number] = (sale.id, kept)

    def _fetch_parked(self) -> Iterator[float]:
        """Somebody comes back with a slip; what lay on it lies on the counter again, or was paid meanwhile."""
        held = self._held()
        if not held or self.bill.entries:
            return
        number = self._chance.choice(held)
        sale, kept = self._parked.pop(number, ("", None))
        self._witness.at_counter(sale)
        marks = self._marks()
        yield from self._until_light()
        yield from self._scan(slip_code(OwnSlip(SlipKind.HOLD, f"{number:06d}")))
        yield GLANCE_S
        yield from self._until_light()
        seen = seen_in(self._box.counter)
        kept = self._still(kept, seen) if kept is not None else None
        if kept is not None and marks == self._marks() and seen and not same(seen, kept):
            self._complain(f"{kept} were parked, {seen} came back")
        self.bill.begin_anew(seen, knows_history=False)

    def _held(self) -> list[int]:
        """Numbers of the slips that lie on the counter."""
        return [number for (number,) in self._witness.rows("SELECT no FROM held ORDER BY no")]

    # --- looking ---------------------------------------------------------------------------------------------------

    def _is_unknown(self) -> bool:
        sale = self._box.counter.sale
        return sale is not None and sale.state is State.PAY_UNKNOWN

    def _took_cash(self) -> bool:
        return any(part["m"] == "cash" for part in self._witness.last_pay)

    def _compare_with_journal(self, owed: list[Entry]) -> None:
        """What was booked is what lay on the counter."""
        booked = self._witness.last_sale
        if not same(booked, owed):
            self._complain(f"a sale of {owed} was booked as {booked}")

    def _wait_for_drawer(self) -> Iterator[float]:
        """Its pulse comes after what is being printed."""
        until = self._clock.mono_s + DRAWER_S
        while not self._box.ware.drawer.is_open and self._is_well(PRINTER) and self._clock.mono_s < until:
            self._busy()
            yield GLANCE_S

    def _look_at_the_money(self) -> None:
        """Nothing went wrong: what was given is what was booked, and the drawer is open for it."""
        pay, due = self._witness.last_pay, self._witness.last_due
        given = due if self._given is None or not self._took_cash() else self._given + self._given_before
        if (sum(p.get("tendered", p["amt"]) for p in pay), pay[-1].get("change", 0)) != (given, given - due):
            self._complain(f"{given} fen given for {due}, booked as {pay}")
        if self._witness.last_total != self._due:
            self._complain(f"{self._due} fen were due, {self._witness.last_total} were booked")
        printer = self._box.ware.printer
        took_cash = self._took_cash() and any(p["amt"] or p.get("tendered") for p in pay) and not self._looked_away
        if took_cash and self._is_well(PRINTER) and not printer.stopped and not self._box.ware.drawer.is_open:
            self._complain("a sale was paid in cash and the drawer is shut")
