"""A wall of lockers on its bus of lock boards: the driver in its worker, and the model behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from device_bench import DeviceBench

from edge.devices import driver_module
from edge.messages import BoardRead, DoorPulsed, Outcome, PulseDoor
from edge.model.cell import Place, Size
from edge.model.cell_map import CellMap
from edge.model.door import Content, Door, Wiring, content
from edge.sim.lock_tongues import TONGUES, TWINS
from edge.sim.locker import LockerModel

PROTOCOLS = sorted(TONGUES)
WALLS = sorted(TONGUES | TWINS)
LOCK_FIRST = "_lock_first"
SETTLED_S = 3.0


class Wall:
    """A driver on its bus of two boards, and what is behind it."""

    def __init__(
        self, protocol: str, boards: dict[int, int] | None = None, *, locks: int = 0,
        begins: Callable[[LockerModel], None] = lambda model: None, **model: Any,
    ) -> None:  # fmt: skip
        self.protocol = protocol.removesuffix(LOCK_FIRST)
        self.boards = boards or {1: 8, 2: 8}
        settings: dict[str, Any] = {"locks": locks} if locks else {}
        settings |= {"lock_first": True} if protocol.endswith(LOCK_FIRST) else {}
        self.model = LockerModel(protocol, self.boards, **model)
        begins(self.model)
        self.bench = DeviceBench(
            f"locker_{self.protocol}", self.model, wall=self._map(), boards=list(self.boards), **settings
        )
        self.bench.run(SETTLED_S)
        self._pulses = 0

    def looks(self, board: int, seconds: float) -> int:
        """How often this board is asked in that time."""
        before = self.model.boards[board].asked
        self.bench.run(seconds)
        return self.model.boards[board].asked - before

    def pulse(self, board: int, lock: int, *, expires_s: float = 5.0) -> str:
        self._pulses += 1
        name = f"pulse-{self._pulses}"
        self.bench.send(PulseDoor(name, "device", board, lock, self.bench.clock.now + expires_s))
        return name

    def outcome(self, pulse: str) -> Outcome:
        (ended,) = [told.outcome for told in self.bench.all(DoorPulsed) if told.pulse == pulse]
        return ended

    def door(self, board: int, lock: int) -> Door:
        """As the newest reading has it, with the wiring that the model has."""
        return self._wiring.door(self._newest(board).contacts, lock)

    def content(self, board: int, lock: int) -> Content:
        return content(self._newest(board).contacts, lock)

    @property
    def _wiring(self) -> Wiring:
        known: Wiring = driver_module(f"locker_{self.protocol}").WIRING
        return known if known.is_known else Wiring(open_bit=1, high_first=self.protocol == "8a")

    def _map(self) -> CellMap:
        """Every lock has a door, and every board is set up."""
        all_of = [(board, lock) for board, locks in self.boards.items() for lock in range(1, locks + 1)]
        places = (
            Place(f"A{board}-{lock}", at, "device", board, lock, Size.M) for at, (board, lock) in enumerate(all_of, 1)
        )
        return CellMap(tuple(places), {("device", board): self._wiring for board in self.boards})

    def _newest(self, board: int) -> BoardRead:
        return [told for told in self.bench.all(BoardRead) if told.board == board][-1]
