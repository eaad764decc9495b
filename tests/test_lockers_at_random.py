"""A wall of lockers with everything that happens to one, from a seed; and the largest wall, within its budget."""

from __future__ import annotations

from random import Random

import pytest
from wall_bench import PROTOCOLS, SETTLED_S, Wall

from edge.lock_watch import LOST_DEADLINE_S, LOST_LOOK_S
from edge.messages import BoardLost, BoardRead, CommandRefused, DoorPulsed, Outcome
from edge.model.door import Door
from edge.sim.locker import BURNS_S

DEEDS = 400
SEEDS = range(4)
BOARDS, LOCKS = 12, 8
"""96 doors (budget 14)."""
BUDGET_S = 0.05
BYTE_S = 10 / 9600


class Fate:
    """Does something to a wall that `chance` picks, and remembers what was ordered."""

    def __init__(self, wall: Wall, chance: Random) -> None:
        self.wall, self.chance = wall, chance
        self.orders: dict[str, tuple[int, int]] = {}
        self.deeds = (
            self.order, self.order, self.order, self.noise, self.pull_board, self.put_back, self.put_back,
            self.cut_cable, self.plug, self.plug, self.hands,
        )  # fmt: skip

    def happens(self) -> None:
        self.chance.choice(self.deeds)()
        self.wall.bench.run(self.chance.choice((0.0, 0.01, 0.1, 0.7, 4.0)))

    def order(self) -> None:
        door = (self.chance.choice((1, 2)), self.chance.randrange(1, 9))
        pulse = self.wall.pulse(*door, expires_s=self.chance.choice((0.05, 1.0, 10.0)))
        self.orders[pulse] = door

    def noise(self) -> None:
        model = self.wall.model
        model.garble(self.chance.randrange(4))
        model.truncate(self.chance.randrange(3))
        model.babble(self.chance.randbytes(self.chance.randrange(60)))

    def pull_board(self) -> None:
        self.wall.model.boards[self.chance.choice((1, 2))].answers = False

    def put_back(self) -> None:
        for board in self.wall.model.boards.values():
            board.answers = True

    def cut_cable(self) -> None:
        if self.chance.randrange(3) == 0:
            self.wall.bench.ports.cut_after("device", self.chance.randrange(8))
            self.wall.bench.send_nothing()

    def plug(self) -> None:
        self.wall.bench.ports.plug("device")

    def hands(self) -> None:
        for door in self.wall.model.all_doors:
            door.is_open = self.chance.randrange(8) == 0
            door.jammed = self.chance.randrange(8) == 0


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_whatever_happens_an_order_has_one_end_and_opens_its_own_door_once_at_most(protocol: str, seed: int) -> None:
    wall = Wall(protocol)
    fate = Fate(wall, Random(f"{protocol}-{seed}"))
    for _ in range(DEEDS):
        fate.happens()
    fate.put_back()
    for _ in range(3):  # a cable that is about to part does so
        fate.plug()
        wall.bench.run(3 * LOST_LOOK_S)
    ended = [told.pulse for told in wall.bench.all(DoorPulsed)]
    refused = [told.command.pulse for told in wall.bench.all(CommandRefused)]  # type: ignore[union-attr]
    assert sorted(ended + refused) == sorted(fate.orders), "each has one end"
    sent = [told for told in wall.bench.all(DoorPulsed) if told.outcome in (Outcome.DONE, Outcome.UNKNOWN)]
    begun = iter([fate.orders[told.pulse] for told in sent])
    assert all(door in begun for door in wall.model.pulses), "in the order of their ends, each once, and no other"
    assert len(wall.model.pulses) > DEEDS / 40
    assert not any(door.burnt for door in wall.model.all_doors)
    for door in wall.model.all_doors:
        door.is_open = door.jammed = False
    wall.bench.run(SETTLED_S)
    pulse = wall.pulse(2, 6)
    wall.bench.run(SETTLED_S)
    assert (wall.outcome(pulse), wall.door(2, 6)) == (Outcome.DONE, Door.OPEN), "it has got over all of it"


@pytest.mark.parametrize("dead", [0, 1, 4])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_with_96_doors_an_order_is_on_the_wire_within_its_budget_also_beside_dead_boards(
    protocol: str, dead: int
) -> None:
    wall = Wall(protocol, dict.fromkeys(range(1, BOARDS + 1), LOCKS), pace_s=BYTE_S)
    chance = Random(protocol)
    for board in range(BOARDS - dead + 1, BOARDS + 1):
        wall.model.boards[board].answers = False
    wall.bench.run(30)
    assert len(wall.bench.all(BoardLost)) == dead
    exchange_s = LOST_DEADLINE_S if dead else wall.bench.worker._device.protocol.state_s  # type: ignore[attr-defined]
    waits_s = []
    for _ in range(60):
        wall.bench.run(chance.uniform(BURNS_S, BURNS_S + 1))
        board, lock = chance.randrange(1, BOARDS - dead + 1), chance.randrange(1, LOCKS + 1)
        begun = wall.bench.clock.now
        wall.pulse(board, lock)
        wall.bench.run(0.5)
        waits_s.append(wall.model.boards[board].pulses[-1][1] - begun)
        wall.model.shut(board, lock)
    assert max(waits_s) <= exchange_s + BUDGET_S
    reads = len(wall.bench.all(BoardRead))
    wall.model.force(3, 3)
    wall.bench.run(3.0)
    assert len(wall.bench.all(BoardRead)) > reads, "and every door is still looked at"
    assert wall.door(3, 3) is Door.OPEN
