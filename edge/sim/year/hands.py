"""The hands at the counter: a gesture is done, looked at, judged; what went wrong meanwhile may excuse the box."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from edge.codec.command_card import card_code
from edge.messages import Key
from edge.model.counter import Waiting
from edge.model.money import yuan
from edge.model.sale import State
from edge.sim.year.bill import Bill, Entry, can_come_of, same, seen_in, services_in
from edge.sim.year.box import DISPLAY, PAD, PRINTER, SCANNER, Box
from edge.sim.year.clock import YearClock
from edge.sim.year.faults import Faults
from edge.sim.year.wall import LOCKER
from edge.sim.year.witness import Witness

STOP = card_code(190)
GLANCE_S = 0.7
"""Between a gesture and a look at what came of it; longer than a double read."""
LANDINGS, LANDING_S = 20, 0.15
"""After a mishap one waits until everything that was under way has landed."""
KEY_S = 0.16
DARK_LOOK_S = 5.0
OFFLINE = ("svc.offline",)
UNPAID = (*OFFLINE, "lic.")
"""Why a bill with a service in it is not paid now: no network, or its platform's licence is over."""
TRIES_MAX = 6
"""Of one gesture; whoever has tried so often sends the customer home."""


class Hands:
    """`complain` hears what is wrong; `busy` is told that somebody stands here."""

    def __init__(
        self, box: Box, witness: Witness, clock: YearClock, chance: Random, faults: Faults,
        complain: Callable[[str], None], busy: Callable[[], None],
    ) -> None:  # fmt: skip
        self.faults = faults
        self.bill = Bill()
        self._box = box
        self._witness = witness
        self._chance = chance
        self._complain = complain
        self._busy = busy
        self._clock = clock
        self._mishaps = 0
        self._excused_until = {SCANNER: -1.0, PRINTER: -1.0, DISPLAY: -1.0, LOCKER: -1.0}
        self._restores = 0
        self._parked: dict[int, tuple[str, list[Entry]]] = {}
        """By the number of its slip, a sale that stands aside and its goods."""

    def excuse(self, seconds: float = 0.0, device: str = SCANNER) -> None:
        """Something went wrong that the box is not to blame for, and may be felt for so long.

        Only the scanner and the pad excuse what is done with them; the drawer hangs on the printer, doors on the wall.
        """
        kind = device if device in (PRINTER, DISPLAY, LOCKER) else SCANNER
        self._mishaps += kind == SCANNER
        self._excused_until[kind] = max(self._excused_until[kind], self._clock.mono_s + seconds)

    def _gesture(
        self, act: Iterator[float], wanted: list[Entry], *, single: bool = True, is_undo: bool = False,
        either: bool = False, may_refuse: bool = False,
    ) -> Iterator[float]:  # fmt: skip
        """Do it, look, judge. `single`: one message, so that a mishap leaves it undone or done. `either`: a second
        Enter may come within the time in which it counts as a bounce, or after it; a wallet that is waited for may pay.
        `may_refuse`: the box may have a reason to leave all as it is. A bill with a service in it is not paid offline,
        nor without its licence.
        """
        self._busy()
        yield from self._until_light()
        either = either or self._waits()
        before, marks, said = self.bill.entries, self._marks(), self._box.said
        yield from act
        yield GLANCE_S
        yield from self._until_light()
        if marks != self._marks():
            yield from self._let_all_land()
            yield from self._until_light()
        seen = seen_in(self._box.counter)
        if self._is_another_box():
            self.bill.begin_anew(seen, knows_history=False)
            return
        is_thinned = len(before) > len(still := self._still(before, seen))
        wanted, before = self._still(wanted, seen), still
        may_refuse = may_refuse or (bool(services_in(before)) and self._was_said(said, UNPAID))
        fine = same(seen, wanted) or (either and same(seen, [])) or (may_refuse and same(seen, before))
        if marks == self._marks():
            if not fine:
                self._complain(f"asked for {wanted}, the box has {seen}, before it had {before}")
            if fine and seen and not same(seen, before):
                self._look_at_display(seen)
            if said == self._box.said and not either:
                last = self._box.words[-1].prompt if self._box.words else "nothing"
                self._complain(f"no answer: asked for {wanted}, before it had {before}, the last it said was {last}")
        elif not fine and not same(seen, before) and (single or not can_come_of(before, wanted, seen)):
            self._complain(f"after a mishap the box has {seen}: neither {before} nor {wanted}")
        if same(seen, wanted) or same(seen, before):
            self.bill.adopt(seen, is_undo=is_undo and same(seen, wanted))
            self.bill.knows_history &= not is_thinned
        else:
            self.bill.begin_anew(seen, knows_history=False)

    def _still(self, entries: list[Entry], _seen: list[Entry]) -> list[Entry]:
        """Without services that the box took out by itself, as nobody keeps their price any more."""
        return entries

    def _was_said(self, said: int, begins: tuple[str, ...]) -> bool:
        """Whether a prompt that begins so was spoken since so much was."""
        return any(prompt.startswith(begins) for prompt in self._since(said))

    def _since(self, said: int) -> list[str]:
        count = self._box.said - said
        return [speech.prompt for speech in self._box.words[-count:]] if count else []

    def _is_another_box(self) -> bool:
        """A copy was put in since the last look: nobody knows better than itself what lies in its basket."""
        before, self._restores = self._restores, self._witness.restores
        return before != self._restores

    def _marks(self) -> tuple[int, ...]:
        """Differ from those of a moment ago when something went wrong since, or goes wrong all the while."""
        box = self._box
        if box.disk.full or not self._is_well(SCANNER):
            self._mishaps += 1
        return (self._mishaps, box.cuts, box.ends)

    def _let_all_land(self) -> Iterator[float]:
        """Keys that waited for a cable come late, one after the other."""
        ware = self._box.ware
        for _ in range(LANDINGS):
            self._box.poke(PAD)
            self._box.poke(SCANNER)
            yield LANDING_S
            if ware.pad.quiet and ware.scanner.quiet:
                return

    def _scan(self, code: str, *, faulty: bool = False) -> Iterator[float]:
        scanner, chance, faults = self._box.ware.scanner, self._chance, self.faults
        fate = chance.random() if faulty else 1.0
        if fate < faults.garbled:
            self._mishaps += 1
            scanner.garble(code)
        elif fate < faults.garbled + faults.halved:
            self._mishaps += 1
            scanner.scan_half(code)
        elif fate < faults.garbled + faults.halved + faults.doubled:
            scanner.scan_twice(code)
        else:
            scanner.scan(code)
        self._box.poke(SCANNER)
        yield from ()  # it is read while one looks

    def _keys(self, number: str, last: Key) -> Iterator[float]:
        for key in (*map(Key, number), last):
            self._box.ware.pad.press(key)
            self._box.poke(PAD)
            yield KEY_S

    def _until_light(self) -> Iterator[float]:
        while self._box.terminal is None:
            yield DARK_LOOK_S

    def _until_nothing_is_asked(self) -> Iterator[float]:
        """A question that a power cut left open is answered by STOP."""
        yield from self._until_light()
        for _ in range(TRIES_MAX):
            if self._box.counter.waiting is Waiting.NOTHING:
                return
            yield from self._gesture(self._scan(STOP), self.bill.entries)

    def _look_at_display(self, seen: list[Entry]) -> None:
        """Goods came or went: the customer sees the new total."""
        due = self._witness.deals.due(seen, member=self._is_member())
        lower, total = self._box.ware.shown[1], yuan(due)
        if self._is_well(DISPLAY) and lower.split()[-1:] != [total]:
            self._complain(f"the display says {lower!r}, the total is {total}")

    def _waits(self) -> bool:
        """For a wallet: the sale may be paid at any moment."""
        sale = self._box.counter.sale
        return sale is not None and sale.state in (State.PAYING, State.PAY_UNKNOWN)

    def _member(self) -> str:
        """Whose card the basket has; empty: nobody's."""
        sale = self._box.counter.sale
        return sale.member if sale is not None else ""

    def _is_member(self) -> bool:
        """Whether a card was shown for the sale in hand; the box is asked only where nobody else can know."""
        sale = self._box.counter.sale
        shown = self._witness.members.get(sale.id, False) if sale is not None else False
        return bool(self._member()) if shown is None else shown

    def _is_well(self, device: str) -> bool:
        return self._clock.mono_s >= self._excused_until[device]
