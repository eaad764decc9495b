"""A counter on virtual time whose plug can be pulled at any moment, and a person who repeats what had no effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from edge.codec.command_card import card_code
from edge.codec.wire_down import CatOp
from edge.messages import Key
from edge.sim.owner import OWNERS_CARD
from edge.sim.year.bill import Bill, Entry, same, seen_in
from edge.sim.year.box import PAD, SCANNER, TID
from edge.sim.year.faults import CALM
from edge.sim.year.invariants import AT_REST, hold
from edge.sim.year.world import World

COLA, NOODLES, TISSUES = "6900000000014", "6900000000021", "6901234567892"
PRICES = {COLA: 350, NOODLES: 450, TISSUES: 1200}
EXACT, UNDO = "ZZ1021", "ZZ1052"
OPENING_S = 15.0
GESTURE_S = 1.0
DARK_S = 1_000.0
"""Longer than the power stays away."""
REST_S = 120.0
"""Reconnecting, retransmission and a receipt fit into it."""
TRIES_MAX = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One gesture and what it makes of a bill. `keys` is typed, else `code` is scanned."""

    wanted: Callable[[Bill], list[Entry]]
    code: str = ""
    keys: tuple[Key, ...] = ()


def scan(code: str) -> Step:
    return Step(lambda bill: bill.added(code, PRICES[code]), code)


def press(key: Key, wanted: Callable[[Bill], list[Entry]]) -> Step:
    return Step(wanted, keys=(key,))


MINUS = press(Key.MINUS, Bill.without_last)
PLUS = press(Key.PLUS, lambda bill: bill.added(*_last(bill)))
PAY = Step(lambda bill: [], EXACT)
HOLD = Step(lambda bill: [], card_code(107))
SHIFT_OPEN, DAY_CLOSE = (Step(lambda bill: bill.entries, card_code(number)) for number in (161, 201))
YES = press(Key.ENTER, lambda bill: bill.entries)
OWNER = Step(lambda bill: bill.entries, OWNERS_CARD.text)
NOTHING_IN_IT = Step(lambda bill: bill.entries, keys=(Key.D0, Key.ENTER))
"""The count of an empty drawer."""


def _last(bill: Bill) -> tuple[str, int]:
    sku, _, price = bill.entries[-1]
    return sku, price


class CutBench:
    """`world.box.fuse` decides when the power goes. Every step of the world is judged by the invariants."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.world = World(folder, Random(1), CALM)
        self.bill = Bill()
        self.fuse = self.world.box.fuse

    def open(self) -> None:
        """Goods on the shelf, the cloud there, all devices on."""
        world = self.world
        world.cloud.start()
        goods = [CatOp(op="put", sku=s, gtin=s, name=f"goods {s[-4:]}", price=price) for s, price in PRICES.items()]
        world.cloud.publish_catalogue(TID, goods)
        world.box.power_on()
        world.hurry(OPENING_S)
        world.pass_s(OPENING_S)
        assert self.prices == PRICES

    @property
    def prices(self) -> dict[str, int | None]:
        """What the box asks for the goods."""
        terminal = self.world.box.terminal
        assert terminal is not None
        items = {sku: terminal.catalogue.by_sku(sku) for sku in PRICES}
        return {sku: item.price for sku, item in items.items() if item is not None}

    def act(self, steps: Iterable[Step]) -> None:
        """One after the other; what a cut undid is done again."""
        for step in steps:
            self._until_done(step)

    def attempt(self, step: Step) -> bool:
        """Whether it had its effect; if not, it had none and the box said why."""
        wanted, before, said = step.wanted(self.bill), self.bill.entries, self.world.box.said
        self._do(step)
        seen = seen_in(self.world.box.counter)
        self.bill.adopt(seen)
        if same(seen, wanted):
            return True
        assert same(seen, before), f"neither {before} nor {wanted}: {seen}"
        assert self.world.box.said > said, f"{step} was refused without a word"
        return False

    def rest(self) -> None:
        """Nothing more happens; then all books must agree."""
        self.fuse.renew()
        if self.world.box.terminal is None:
            self.world.pass_s(DARK_S)
        self.world.hurry(REST_S)
        self.world.pass_s(REST_S)
        hold(AT_REST, self.world.witness)

    def close(self) -> None:
        self.world.close()

    def _until_done(self, step: Step) -> None:
        wanted, before = step.wanted(self.bill), self.bill.entries
        for _ in range(TRIES_MAX):
            self._do(step)
            if self.world.box.terminal is None:
                self.world.pass_s(DARK_S)
                self.world.hurry()
                self.world.pass_s(GESTURE_S)
            seen = seen_in(self.world.box.counter)
            if same(seen, wanted):
                self.bill.adopt(seen)
                return
            assert same(seen, before), f"neither {before} nor {wanted}: {seen}"
        raise AssertionError(f"{step} has no effect")

    def _do(self, step: Step) -> None:
        box, world = self.world.box, self.world
        world.hurry()
        if step.code:
            box.ware.scanner.scan(step.code)
            box.poke(SCANNER)
        for key in step.keys:
            box.ware.pad.press(key)
            box.poke(PAD)
            world.pass_s(0.1)
            box.poke(PAD)
        world.pass_s(GESTURE_S)
