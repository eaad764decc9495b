"""Every lock board over a real pty and one over TCP, at its true speed: orders, noise, boards that are pulled out."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from traceback import format_exception
from typing import Any, TypeVar

import pytest
from device_bench import build_worker
from paced_cable import BITS, PacedCable
from wall_bench import PROTOCOLS

from edge.clock import SystemClock
from edge.devices import driver_module
from edge.messages import BoardFound, BoardLost, BoardRead, DeviceDown, DoorPulsed, Outcome, PulseDoor
from edge.model.door import Door, Wiring
from edge.ports import IDLE_S, PATIENCE_S
from edge.sim.locker import LockerModel
from edge.sim.ports import SimPorts

pytestmark = pytest.mark.chaos

LIMIT_S = 60.0
"""On a machine that does much else."""
ORDERS, NOISES = 5, 12

Told = TypeVar("Told")


class RealWall:
    """Two boards of eight locks on a cable, and the terminal's worker at its other end."""

    def __init__(self, protocol: str, cable: PacedCable) -> None:
        self.cable, self.model = cable, cable.model
        self.posted: queue.Queue[Any] = queue.Queue()
        self.told: list[Any] = []
        self.asked: list[tuple[int, int]] = []
        self.clock = SystemClock()
        self._module = driver_module(f"locker_{protocol}")
        self.worker = build_worker(
            f"locker_{protocol}", {"port": cable.url, "boards": [1, 2]}, name="wall", post=self.posted.put,
            clock=self.clock, ports=SimPorts(self.clock), patience_s=PATIENCE_S, idle_s=IDLE_S,
        )  # fmt: skip

    def until(self, kind: type[Told], fits: Callable[[Told], bool] = lambda told: True) -> Told:
        """The next message of this kind that fits."""
        while True:
            message = self.posted.get(timeout=LIMIT_S)
            self.told.append(message)
            if isinstance(message, kind) and fits(message):
                return message

    def order(self, board: int, lock: int) -> DoorPulsed:
        """Its outcome. How soon it reaches the wire is measured in `make bench`, where nothing else runs."""
        self.asked.append((board, lock))
        name = f"pulse-{len(self.asked)}"
        self.worker.submit(PulseDoor(name, "wall", board, lock, self.clock.mono() + LIMIT_S))
        return self.until(DoorPulsed, lambda told: told.pulse == name)

    def shows(self, board: int, lock: int, state: Door) -> None:
        """Wait until it is told."""
        known = self._module.WIRING
        wiring = known if known.is_known else Wiring(open_bit=1, high_first=known.high_first in (None, True))
        self.until(BoardRead, lambda told: told.board == board and wiring.door(told.contacts, lock) is state)

    def shut(self, board: int, lock: int) -> None:
        with self.cable.lock:
            self.model.shut(board, lock)

    def open_and_shut(self, board: int, lock: int) -> None:
        assert self.order(board, lock).outcome is Outcome.DONE
        self.shows(board, lock, Door.OPEN)
        self.shut(board, lock)
        self.shows(board, lock, Door.CLOSED)

    def disturb(self, chance: Random) -> None:
        """A loose wire, for the next few frames in both directions."""
        with self.cable.lock:
            self.model.garble(chance.randrange(3))
            self.model.truncate(chance.randrange(2))
            self.model.babble(chance.randbytes(chance.randrange(20)))
            self.cable.spoil(chance.randrange(2))

    def has_recovered(self, board: int) -> None:
        """Nothing disturbs it any more, and it is there."""
        with self.cable.lock:
            self.model.garble(0)
            self.model.truncate(0)
            self.cable.spoil(0)
        news = [told for told in self.told if isinstance(told, BoardLost | BoardFound) and told.board == board]
        if news and isinstance(news[-1], BoardLost):
            self.until(BoardFound, lambda told: told.board == board)

    def answers(self, board: int, *, does: bool) -> None:
        with self.cable.lock:
            self.model.boards[board].answers = does

    @property
    def opened(self) -> list[tuple[int, int]]:
        with self.cable.lock:
            return self.model.pulses


@contextmanager
def wall_on(protocol: str, link: Path | None) -> Iterator[RealWall]:
    baud = driver_module(f"locker_{protocol}").Settings(port="x", boards=[1]).baud
    model = LockerModel(protocol, {1: 8, 2: 8}, pace_s=BITS / baud)
    with PacedCable(model, baud, link) as cable:
        wall = RealWall(protocol, cable)
        wall.worker.start()
        try:
            for board in (1, 2):
                wall.until(BoardRead, lambda told, board=board: told.board == board)  # type: ignore[misc]
            yield wall
        finally:
            wall.worker.stop()
            wall.worker.join()


def wrong_on_any_wall(scene: Callable[[str, Path], None], folder: Path) -> dict[str, str]:
    """All at the same time, as they mostly wait; by protocol, what went wrong there."""
    with ThreadPoolExecutor(len(PROTOCOLS)) as walls:
        played = {protocol: walls.submit(scene, protocol, folder) for protocol in PROTOCOLS}
    failed = {protocol: error for protocol, scene in played.items() if (error := scene.exception()) is not None}
    return {protocol: "".join(format_exception(error)) for protocol, error in failed.items()}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_orders_reach_the_wire_and_open_their_own_door(protocol: str, tmp_path: Path) -> None:
    chance = Random(protocol)
    with wall_on(protocol, tmp_path / "wall") as wall:
        for _ in range(ORDERS):
            wall.open_and_shut(chance.choice((1, 2)), chance.randrange(1, 9))
        assert wall.opened == wall.asked
        assert not any(isinstance(told, BoardLost | DeviceDown) for told in wall.told)


@pytest.mark.chaos
def test_amid_noise_in_both_directions_each_order_opens_its_own_door_once_or_none(tmp_path: Path) -> None:
    assert wrong_on_any_wall(amid_noise, tmp_path) == {}


def amid_noise(protocol: str, folder: Path) -> None:
    chance = Random(protocol)
    with wall_on(protocol, folder / protocol) as wall:
        for _ in range(NOISES):
            wall.disturb(chance)
            board, lock = chance.choice((1, 2)), chance.randrange(1, 9)
            if wall.order(board, lock).outcome is Outcome.NOT_STARTED:
                wall.has_recovered(board)
            wall.shut(board, lock)
        came = iter(wall.asked)
        assert all(door in came for door in wall.opened), "in their order, each at most once, and no other"
        wall.has_recovered(1)
        before = len(wall.opened)
        wall.shut(1, 7)
        assert wall.order(1, 7).outcome is Outcome.DONE
        wall.shows(1, 7, Door.OPEN)
        assert wall.opened[before:] == [(1, 7)], "it has got over all of it"


def test_a_board_that_is_pulled_out_stops_no_other_and_is_back_without_a_surprise(tmp_path: Path) -> None:
    assert wrong_on_any_wall(pulled_out, tmp_path) == {}


def pulled_out(protocol: str, folder: Path) -> None:
    with wall_on(protocol, folder / protocol) as wall:
        wall.answers(2, does=False)
        assert wall.order(2, 4).reason in ("the board did not answer", "")
        lost = wall.until(BoardLost)
        assert lost.board == 2 and "board 2 does not answer" in lost.reason
        refused = wall.order(2, 5)
        assert (refused.outcome, refused.reason) == (Outcome.NOT_STARTED, lost.reason)
        wall.open_and_shut(1, 3)
        wall.answers(2, does=True)
        assert wall.until(BoardFound).board == 2
        assert wall.opened == [(1, 3)], "nothing opens since the board is back"
        wall.open_and_shut(2, 6)
        assert wall.opened == [(1, 3), (2, 6)]


def test_a_cu16_behind_a_tcp_converter_is_the_same() -> None:
    with wall_on("cu16", None) as wall:
        for board, lock in ((1, 1), (2, 8), (1, 2)):
            wall.open_and_shut(board, lock)
        with wall.cable.lock:
            wall.model.babble(bytes(range(256)))
            wall.model.truncate(2)
        wall.open_and_shut(2, 4)
        assert wall.opened == wall.asked
