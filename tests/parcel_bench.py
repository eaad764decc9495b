"""A counter with a parcel station: shelf and a locker wall behind the real driver, stepped with the till."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from counter_bench import PAD, TID, TOPICS, Habits
from device_bench import build_worker
from link_bench import LinkBench

from edge.bus import Bus
from edge.codec.badge import badge_id, new_badge_code
from edge.codec.command_card import card_code
from edge.messages import PulseDoor
from edge.model.badge import Badge, Role
from edge.model.cell import Cell, CellState, Place, Size
from edge.model.cell_map import CellMap
from edge.model.counter import Waiting
from edge.model.door import Wiring
from edge.model.masking import Recipient
from edge.model.parcel import Parcel, ParcelState
from edge.services.offers import Offers
from edge.services.parcel_requests import ParcelRequests
from edge.services.shelf import StationText
from edge.services.station import StationParts, open_station
from edge.sim.locker import LockerModel
from edge.sim.ports import SimPorts

IN, OUT, STOP = card_code(131), card_code(132), card_code(190)
WALL = "locker_wall"
STEP_S = 0.02
LOCKS = 8
KEY = bytes(range(32))
COURIERS = {carrier: new_badge_code(Random(carrier)) for carrier in ("SF", "YTO", "JD")}
COURIER = badge_id(COURIERS["SF"].hash)
SIZES = (Size.S, Size.S, Size.S, Size.S, Size.M, Size.M, Size.L, Size.L)
OPENS_S, SEEN_S = 1.0, 2.5
"""Until a pulse has opened a door; until what a hand does to a door is seen."""


def waybill(number: int, head: str = "SF1") -> str:
    return f"{head}{number:012d}"


class ParcelBench(LinkBench):
    """`protocol` of the boards: cu16 has item sensors, 8a has none. Doors 1 to 8 on board 1, 9 to 16 on board 2."""

    def __init__(
        self, folder: Path, *, protocol: str = "cu16", boards: int = 2, **more: Any
    ) -> None:  # fmt: skip
        self.protocol = protocol
        self.addresses = list(range(1, boards + 1))
        self.model = LockerModel(protocol, dict.fromkeys(self.addresses, LOCKS))
        self.disk_full = False
        self._worker: Any = None
        self._due_mono = -math.inf
        self._ports: SimPorts | None = None
        self._is_new = True
        super().__init__(folder, more.pop("habits", None) or Habits(parcels=True), **more)

    @property
    def wall(self) -> CellMap:
        places = tuple(
            Place(f"B{door:02d}", door, WALL, board, lock, SIZES[lock - 1])
            for board in self.addresses
            for lock in range(1, LOCKS + 1)
            for door in [(board - 1) * LOCKS + lock]
        )
        wiring = {"8a": Wiring(1, True), "modbus": Wiring(1, False)}.get(self.protocol, Wiring(0, False))
        return CellMap(places, {(WALL, board): wiring for board in self.addresses})

    # --- power -----------------------------------------------------------------------------------------------------

    def boot(self) -> None:
        if self._worker is not None:
            self._worker.close()
        if self._ports is None:
            self._ports = SimPorts(self.clock)
            self._ports.add(WALL, self.model)
        super().boot()
        self._worker = build_worker(
            f"locker_{self.protocol}", {"port": f"sim://{WALL}", "boards": self.addresses}, name=WALL,
            post=self.bus.post, clock=self.clock, ports=self._ports, patience_s=0.0, idle_s=float("inf"),
            wall=self.wall,
        )  # fmt: skip
        self._due_mono = -math.inf
        self.bus.route(PulseDoor, self._worker.submit)
        if self._is_new:
            self._is_new = False
            self._look_into_all()

    def _services(self, bus: Bus, chance: Random) -> None:
        super()._services(bus, chance)
        requests = ParcelRequests(tid=TID, topics=TOPICS, online=self.link.online)
        parts = StationParts(
            wall=self.wall, wrong=(), carriers=self.habits.platforms.carriers, badges=self.badges,
            text=StationText("小店", "zh-CN", "1-1"), zone=ZoneInfo("Asia/Shanghai"), key=KEY, chance=chance,
            offers=Offers.of(self.habits.promotions, ZoneInfo("Asia/Shanghai")), scale=self.habits.scale,
            licences=self.licences,
        )  # fmt: skip
        self.doors = open_station(bus, parts, requests, full=lambda: self.disk_full)

    def _look_into_all(self) -> None:
        """Somebody has looked into every cell when the wall was put up."""
        tx = self.begin()
        for place in self.wall.places:
            tx.cells.keep(Cell(place.id, CellState.FREE))
        tx.commit()
        self.pass_s(SEEN_S)

    def pass_s(self, seconds: float) -> None:
        until = self.clock.mono_s + seconds
        while self.clock.mono_s < until - 1e-9:
            super().pass_s(min(self._quiet_s(), until - self.clock.mono_s))
            self._due_mono = self._worker.step(self.clock.mono())
            self.bus.run_pending()
        super().pass_s(max(0.0, until - self.clock.mono_s))  # what is due at this very moment rings, too

    def _quiet_s(self) -> float:
        """Until the wall or the till has something to do; no less than a step."""
        if self._worker.rung:
            return STEP_S
        due = self.bus.next_due()
        return max(STEP_S, min(self._due_mono, math.inf if due is None else due) - self.clock.mono_s)

    # --- hands -----------------------------------------------------------------------------------------------------

    def courier(self, carrier: str = "SF") -> None:
        """A courier's badge is scanned."""
        code = COURIERS[carrier]
        if self.badges.find(badge_id(code.hash)) is None:
            at = self.clock.wall()
            self.badges.keep(Badge(badge_id(code.hash), code.hash, Role.COURIER, "小李", at, carrier=carrier))
        self.scan(code.text)

    def qr(self, text: str) -> None:
        """Card 快递取件, the code on a phone's screen."""
        self.card(OUT)
        self.pass_s(0.5)
        self.scan(text)

    def code(self, text: str) -> None:
        """Card 快递取件, the code, Enter."""
        self.card(OUT)
        self.keys(f"{text}E")

    def put_in(self, door: int, *, shut: bool = True) -> None:
        """A parcel into an open cell, and its door shut."""
        leaf = self.leaf(door)
        assert leaf.is_open, f"door {door} is shut"
        assert not leaf.has_parcel, f"door {door} has a parcel already"
        leaf.has_parcel = True
        if shut:
            self.shut(door)

    def in_cell(self, number: str, door: int) -> None:
        """A courier comes with one parcel, puts it into the small cell that opens, and goes."""
        self.courier()
        self.keys("1E")
        self.scan(number)
        self.pass_s(OPENS_S)
        self.put_in(door)
        self.card(STOP)

    def expect(self, number: str, recipient: Recipient, *, consent: bool | None = None) -> None:
        """What the cloud said of a parcel that will come; the id is its own, and sorts behind all of ours."""
        tx = self.begin()
        tx.parcels.keep(Parcel(f"p-{number}", number, "SF", ParcelState.EXPECTED, recipient, consent, at=tx.stamp.at))
        tx.commit()

    def take_out(self, door: int, *, shut: bool = True) -> None:
        leaf = self.leaf(door)
        assert leaf.is_open, f"door {door} is shut"
        assert leaf.has_parcel, f"nothing lies behind door {door}"
        leaf.has_parcel = False
        if shut:
            self.shut(door)

    def shut(self, door: int) -> None:
        self.leaf(door).is_open = False
        self.pass_s(SEEN_S)

    # --- what is seen ----------------------------------------------------------------------------------------------

    def leaf(self, door: int) -> Any:
        return self.model.door(1 + (door - 1) // LOCKS, 1 + (door - 1) % LOCKS)

    @property
    def open_doors(self) -> list[int]:
        return [place.door for place in self.wall.places if self.leaf(place.door).is_open]

    @property
    def pulsed(self) -> list[int]:
        """Doors whose coils had power, by time."""
        return [(board - 1) * LOCKS + lock for board, lock in self.model.pulses]

    def known(self, number: str) -> Parcel:
        """A parcel by its waybill, as the ledger has it."""
        tx = self.begin()
        found = tx.parcels.by_waybill(number)
        tx.rollback()
        assert found is not None, f"nobody knows {number}"
        parcel: Parcel = found
        return parcel

    def cell(self, door: int) -> Cell:
        tx = self.begin()
        found: Cell = tx.cells.find(f"B{door:02d}")
        tx.rollback()
        return found

    def waits_for(self) -> Waiting:
        tx = self.begin()
        found: Waiting = tx.counter.waiting
        tx.rollback()
        return found

    def codes(self) -> dict[str, str]:
        """By waybill, the newest code that the cloud was told."""
        return {req.args["waybill"]: req.args["code"] for req in self.sent("req") if req.type == "parcel.notify"}

    def reset_code(self, number: str, code: str) -> None:
        """Give a parcel a code that the test knows, as the station would."""
        from edge.codec.pickup_code import code_hash

        tx = self.begin()
        parcel = tx.parcels.by_waybill(number)
        tx.parcels.keep(replace(parcel, code=code_hash(KEY, code), told="done"))
        tx.commit()


__all__ = ["IN", "OUT", "PAD", "STOP", "ParcelBench", "waybill"]
