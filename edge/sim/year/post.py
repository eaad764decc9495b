"""The world's own truth of every parcel: in whose hands it is, whatever the box believes, and what people were told.

with the courier ─► on the shelf, or in a cell ─► with the recipient ─► refused: back on the shelf or in a cell
       ▲                     └─────────► with the courier again
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from edge.codec.wire_parcel import Expected
from edge.messages import PulseDoor
from edge.model.parcel import HERE
from edge.sim.year.wall import Wall, cell_of

RECIPIENTS = 30
ANNOUNCED, ADDRESSED = 0.5, 0.85
"""So many parcels the terminal is told of before; of so many the cloud knows whose they are. The rest is nobody's."""
WITHOUT_CONSENT = 0.03
_NUMBERS = {"SF": "SF1{:012d}", "YTO": "YT{:013d}", "JD": "JDX0{:011d}"}


class Hands(StrEnum):
    COURIER = "the courier"
    SHELF = "the shelf"
    CELL = "the wall"
    RECIPIENT = "the recipient"
    BACK = "the courier who took it back"


@dataclass(slots=True)
class Thing:
    """A parcel that can be touched. `to` is its recipient's key, empty: nobody knows."""

    waybill: str
    carrier: str
    to: str = ""
    hands: Hands = Hands.COURIER

    @property
    def is_here(self) -> bool:
        return self.hands in (Hands.SHELF, Hands.CELL)


@dataclass(slots=True)
class Custody:
    """What the present ledger's rows said last of each parcel, by its id; turned back with the box."""

    states: dict[str, str] = field(default_factory=dict)
    here: dict[str, str] = field(default_factory=dict)
    """By waybill, the parcel that is in the station's custody."""

    def copy(self) -> Custody:
        return Custody(dict(self.states), dict(self.here))


class Post:
    """`forgotten`: waybills of which a past of the box knew more, or other things, than the copy that was put in."""

    def __init__(self, wall: Wall, chance: Random) -> None:
        self.wall = wall
        self.things: dict[str, Thing] = {}
        self.entitled: set[str] = set()
        """Waybills whose code, or whose recipient's code for another one, was shown at the counter."""
        self.forgotten: set[str] = set()
        self.unknown: set[str] = set()
        """Waybills of which the cloud cannot say whose they are."""
        self.pulsed: set[str] = set()
        """Ids of pulses that left for a board."""
        self.scanned: set[str] = set()
        """Waybills of parcels that somebody has held before the scanner, to put them in."""
        self.orders: Counter[tuple[int, int]] = Counter()
        """By (board, lock), how many left for it and did not reach its coil yet."""
        self._looked_at: Counter[int] = Counter()
        """By board, how many of its pulses were seen."""
        self._chance = chance
        self._serial = 0

    # --- parcels ---------------------------------------------------------------------------------------------------

    def brought(self, carrier: str, count: int) -> tuple[list[Thing], list[Expected], list[Expected]]:
        """What a courier brings today; which of it the terminal is told of, and whose the cloud knows it to be."""
        things: list[Thing] = []
        announced: list[Expected] = []
        addressed: list[Expected] = []
        for _ in range(count):
            self._serial += 1
            thing = Thing(_NUMBERS[carrier].format(self._serial), carrier)
            things.append(thing)
            fate = self._chance.random()
            if fate < ADDRESSED:
                thing.to = f"r{self._chance.randrange(RECIPIENTS)}"
                consent = False if self._chance.random() < WITHOUT_CONSENT else None
                whose = Expected(
                    parcel=f"p-{thing.waybill}", waybill=thing.waybill, carrier=carrier, to=thing.to, name="张*",
                    tail=f"{1000 + int(thing.to[1:])}", consent=consent,
                )  # fmt: skip
                (announced if fate < ANNOUNCED else addressed).append(whose)
            self.things[thing.waybill] = thing
        return things, announced, addressed

    def shelve(self, thing: Thing) -> None:
        thing.hands = Hands.SHELF

    def put(self, thing: Thing, door: int) -> None:
        """Into an open cell."""
        self.wall.put(thing.waybill, door)
        thing.hands = Hands.CELL

    def take(self, door: int, hands: Hands) -> Thing | None:
        """Out of an open cell, into these hands."""
        return self.hand_over(self.wall.take(door), hands)

    def hand_over(self, waybill: str, hands: Hands) -> Thing | None:
        thing = self.things.get(waybill)
        if thing is not None:
            thing.hands = hands
        return thing

    def door_of(self, waybill: str) -> int:
        """0: it is not in the wall."""
        return next((door for door, inside in self.wall.inside.items() if inside == waybill), 0)

    def entitle(self, waybill: str) -> None:
        """Its code is shown: whoever shows it may have all that lies here for the same person."""
        to = self.things[waybill].to
        self.entitled |= {waybill} | {other.waybill for other in self.things.values() if to and other.to == to}

    # --- what the box does -----------------------------------------------------------------------------------------

    def sees_order(self, order: PulseDoor, state: str, why: str, waybill: str) -> list[str]:
        """A pulse leaves for a board, which the ledger has in `state`: once, and for somebody to whom it is due."""
        wrong = []
        if order.pulse in self.pulsed:
            wrong.append(f"the pulse {order.pulse} for a door leaves a second time")
        if state != "sending":
            wrong.append(f"a door is pulsed whose pulse is {state or 'missing'} on the disk")
        if why == "pickup" and waybill not in self.entitled:
            wrong.append(f"a door opens for {waybill}, whose code nobody has shown")
        if why in ("deposit", "refuse") and waybill not in self.scanned:
            wrong.append(f"a door opens for {waybill}, which nobody has scanned")
        self.pulsed.add(order.pulse)
        self.orders[order.board, order.lock] += 1
        return wrong

    def unordered(self) -> list[str]:
        """Coils that had power more often than pulses left for them; each is told of once."""
        wrong = []
        for address, board in self.wall.model.boards.items():
            for lock, _ in board.pulses[self._looked_at[address] :]:
                self.orders[address, lock] -= 1
                if self.orders[address, lock] < 0:
                    wrong.append(f"the coil of lock {lock} of board {address} has power, and no pulse left for it")
            self._looked_at[address] = len(board.pulses)
        return wrong

    # --- a box that was restored -----------------------------------------------------------------------------------

    def forget(self, kept: Mapping[str, tuple[str, ...]], lost: Mapping[str, tuple[str, ...]]) -> None:
        """A copy of the box was put in, which knows `kept` of its parcels; the one before it knew `lost`
        (`Witness.parcels`). Whoever puts it in looks over wall and shelf: what the copy knows nothing of is given back
        to the courier, as if it had never come.
        """
        self.forgotten |= {key.split()[0] for key in kept.keys() | lost.keys() if kept.get(key) != lost.get(key)}
        believed = {(key.split()[0], cell) for key, (state, cell, *_) in kept.items() if state in HERE}
        for door, waybill in list(self.wall.inside.items()):
            if (waybill, cell_of(door)) not in believed:
                self.take(door, Hands.BACK)
        for thing in self.things.values():
            if thing.hands is Hands.SHELF and (thing.waybill, "") not in believed:
                thing.hands = Hands.BACK
