"""A wall of parcel lockers: doors that spring, jam and stay open, coils that burn, and boards that speak on one bus."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import reduce
from itertools import zip_longest
from operator import and_
from random import Random

from edge.sim.cadence import Cadence
from edge.sim.lock_tongues import TONGUES, TWINS, Order, Tongue, Verb
from edge.sim.model import Bench

SPRING_S = 0.08
"""From the coil to a contact that has let go."""
BURNS_S = 1.5
"""A solenoid under power for so long is done for, also where it gets it in many pulses."""
COOLS = 0.25
"""Of a second under power it forgets so much in each second without: half a second is gone after two."""
SAG_S = 0.25
"""Two coils within this share the supply, and neither has the strength to pull."""
THINK_S = 0.01
"""From a question to its answer."""
QUIET_S = 0.02
"""A pause on the line that ends a request, also one that was cut off."""


class Collision(Enum):
    """How two boards with one address answer: at about the same time, one behind the other, or in the same instant,
    where whoever pulls the line down wins, bit by bit.
    """

    MIXED = auto()
    IN_TURN = auto()
    IN_STEP = auto()


@dataclass(slots=True)
class DoorModel:
    """A cell behind it may hold a parcel. `jammed`: no coil opens it.

    `powered_mono`: its coil has been under power since, and is until `off_mono`. `heat_s`: seconds under power, less
    what has cooled, at `felt_mono`.
    """

    is_open: bool = False
    jammed: bool = False
    has_parcel: bool = False
    burnt: bool = False
    powered_mono: float | None = None
    off_mono: float = math.inf
    heat_s: float = 0.0
    felt_mono: float = 0.0
    springs_mono: float = math.inf
    pulses: int = 0
    opened: int = 0
    """How often it sprang open."""

    @property
    def is_at_rest(self) -> bool:
        """Nothing in it changes by itself."""
        return self.springs_mono == math.inf and self.powered_mono is None and not self.heat_s


@dataclass(slots=True)
class BoardModel:
    """`answers` False: its plug is pulled. `sensors`: it tells what lies in its cells. `told_locks`: of how many locks
    it tells, where that is not how many it has.
    """

    doors: list[DoorModel]
    answers: bool = True
    acknowledges: bool = True
    sensors: bool = True
    told_locks: int | None = None
    asked: int = 0
    """How often it told of its contacts."""
    pulses: list[tuple[int, float]] = field(default_factory=list)
    """(lock, when) of every coil that was given power."""


class LockerModel:
    """`boards`: how many locks each address has. Hands may touch doors at any time; time passes by `advance`.

    `contact`: what the board's bit of an open door is, where the protocol leaves that to the contact. `pace_s`: of a
    byte. `think_s`: from a question to its answer. `echoes`: the adapter hears itself.
    """

    def __init__(
        self, protocol: str = "8a", boards: Mapping[int, int] | None = None, *, contact: int = 1,
        high_first: bool = True, pace_s: float = 0.0, think_s: float = THINK_S, echoes: bool = False,
        chance: Random | None = None,
    ) -> None:  # fmt: skip
        self._tongue: Tongue = (TONGUES | TWINS)[protocol](contact, high_first=high_first)
        self.boards = {
            address: BoardModel([DoorModel() for _ in range(locks)]) for address, locks in (boards or {1: 8}).items()
        }
        self._twins: list[tuple[int, BoardModel]] = []
        self._pace_s, self._think_s, self._echoes = pace_s, think_s, echoes
        self.collision = Collision.MIXED
        self._chance = chance or Random(1)
        self._line = Cadence()
        self._request = b""
        self._heard_mono = self._now = 0.0
        self._noise = self._cut = 0
        self._lie = (0, 1, 0)

    # --- hands -----------------------------------------------------------------------------------------------------

    def door(self, board: int, lock: int) -> DoorModel:
        return self.boards[board].doors[lock - 1]

    def shut(self, board: int, lock: int) -> None:
        self.door(board, lock).is_open = False

    def force(self, board: int, lock: int) -> None:
        """A crowbar."""
        self.door(board, lock).is_open = True

    def garble(self, answers: int) -> None:
        """A loose wire: so many of the next answers have another byte in them."""
        self._noise = answers

    def truncate(self, answers: int) -> None:
        """So many of the next answers end in the middle."""
        self._cut = answers

    def deceive(self, board: int, lock: int, answers: int) -> None:
        """So many of the next answers of this board tell the reverse of that door, and their check fits."""
        self._lie = (board, lock, answers)

    def babble(self, octets: bytes) -> None:
        """Anything at all on the line."""
        self._line.add(octets)

    def set_switches_alike(self, address: int, locks: int) -> BoardModel:
        """One more board whose switches say an address that another has."""
        twin = BoardModel([DoorModel() for _ in range(locks)])
        self._twins.append((address, twin))
        return twin

    def set_switches_right(self, address: int) -> None:
        """The last one that was set alike gets an address of its own."""
        self.boards[address] = self._twins.pop()[1]

    @property
    def pulses(self) -> list[tuple[int, int]]:
        """(board, lock) of all coils that were given power, by time."""
        all_of = [(mono, address, lock) for address, board in self._wall() for lock, mono in board.pulses]
        return [(address, lock) for _, address, lock in sorted(all_of)]

    @property
    def all_doors(self) -> Iterable[DoorModel]:
        return (door for _, board in self._wall() for door in board.doors)

    def _wall(self) -> list[tuple[int, BoardModel]]:
        return [*self.boards.items(), *self._twins]

    # --- the cable -------------------------------------------------------------------------------------------------

    def receive(self, octets: bytes) -> None:
        """Requests may come in pieces, and with others of a device that shares the bus."""
        if self._echoes:
            self._line.add(octets)
        self._request = (self._request + octets)[-64:]
        self._heard_mono = self._now
        while (found := self._tongue.find(self._request)) is not None:
            order, self._request = found
            self._obey(order)
        self._line.advance(self._now)  # it thinks from now on, whenever somebody listens again

    def transmit(self) -> bytes:
        return self._line.take()

    def advance(self, now_mono: float) -> None:
        self._now = now_mono
        if self._request and now_mono - self._heard_mono >= QUIET_S:
            self._request = b""
        for door in self.all_doors:
            if not door.is_at_rest:
                self._move(door, now_mono)
        self._line.advance(now_mono)

    def _move(self, door: DoorModel, now: float) -> None:
        if door.springs_mono <= now:
            door.springs_mono = math.inf
            if not door.jammed and not door.burnt and not door.is_open:
                door.is_open = True
                door.opened += 1
        self._warm(door, now)

    def _warm(self, door: DoorModel, now: float) -> None:
        felt, door.felt_mono = door.felt_mono, now
        if door.powered_mono is not None:
            begun = max(felt, door.powered_mono)
            ended = max(begun, min(now, door.off_mono))
            door.heat_s = max(0.0, door.heat_s - COOLS * (begun - felt)) + ended - begun
            door.burnt |= door.heat_s >= BURNS_S
            felt = ended
            if now >= door.off_mono:
                door.powered_mono = None
        if door.powered_mono is None:
            door.heat_s = max(0.0, door.heat_s - COOLS * (now - felt))

    # --- orders ----------------------------------------------------------------------------------------------------

    def _obey(self, order: Order) -> None:
        answers = []
        for address, board in self._wall():
            if not board.answers or order.board not in (address, None):
                continue
            board.asked += order.verb is Verb.ASK
            locks = range(1, len(board.doors) + 1) if order.locks is None else order.locks
            for lock in locks:
                if 1 <= lock <= len(board.doors):
                    self._drive(board, lock, order)
            if (answer := self._told(order, address, board)) is not None:
                answers.append(answer)
        for answer in self._collided(answers) if len(answers) > 1 else answers:
            self._say(answer)

    def _told(self, order: Order, address: int, board: BoardModel) -> bytes | None:
        deceived, lock, times = self._lie
        if order.verb is not Verb.ASK or address != deceived or times <= 0:
            return self._tongue.answer(order, address, board)
        self._lie = (deceived, lock, times - 1)
        door = board.doors[lock - 1]
        door.is_open = not door.is_open
        answer = self._tongue.answer(order, address, board)
        door.is_open = not door.is_open
        return answer

    def _collided(self, answers: list[bytes]) -> list[bytes]:
        at_once = list(zip_longest(*answers))
        match self.collision:
            case Collision.IN_TURN:
                return answers
            case Collision.MIXED:
                return [bytes(octet for octets in at_once for octet in octets if octet is not None)]
            case Collision.IN_STEP:
                return [bytes(reduce(and_, (octet for octet in octets if octet is not None)) for octets in at_once)]

    def _drive(self, board: BoardModel, lock: int, order: Order) -> None:
        door = board.doors[lock - 1]
        match order.verb:
            case Verb.PULSE:
                self._pulse(board, door, lock, order.power_s)
            case Verb.HOLD:
                self._pulse(board, door, lock, math.inf)
            case Verb.RELEASE:
                door.powered_mono = None

    def _pulse(self, board: BoardModel, door: DoorModel, lock: int, power_s: float) -> None:
        board.pulses.append((lock, self._now))
        others = [d for d in self.all_doors if d is not door and d.powered_mono is not None]
        weak = any(self._now - (other.powered_mono or 0.0) < SAG_S for other in others)
        for other in others if weak else ():
            other.springs_mono = math.inf
        door.pulses += 1
        door.powered_mono, door.off_mono = self._now, self._now + power_s
        if not weak:
            door.springs_mono = min(door.springs_mono, self._now + SPRING_S)

    def _say(self, answer: bytes) -> None:
        if self._noise > 0:
            self._noise -= 1
            at = self._chance.randrange(len(answer))
            answer = answer[:at] + bytes((answer[at] ^ 1 << self._chance.randrange(8),)) + answer[at + 1 :]
        if self._cut > 0:
            self._cut -= 1
            answer = answer[: self._chance.randrange(1, len(answer))]
        if not self._pace_s:
            self._line.add(answer, after_s=self._think_s)
            return
        for index, octet in enumerate(answer):
            self._line.add(bytes((octet,)), after_s=self._think_s if index == 0 else self._pace_s)


MODELS = {
    f"locker_{protocol}": Bench(lambda protocol=protocol: LockerModel(protocol, {1: 8}), settings={"boards": [1]})  # type: ignore[misc]
    for protocol in TONGUES
}
