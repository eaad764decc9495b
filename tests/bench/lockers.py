"""Budget 14: from a valid pick-up code to the unlock frame on the bus, 96 doors polled at their true pace."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event, Thread
from time import perf_counter

from bench.counterside import Cable, Counterside, counter_in
from bench.figures import Budget, Row, middle, milliseconds, percentile
from bench.site import Site
from edge.clock import SystemClock
from edge.codec.cell_map import CELLS, WALL, document_of
from edge.codec.command_card import card_code
from edge.codec.pickup_code import code_hash
from edge.model.cell import Cell, CellState, Place, Size
from edge.model.cell_map import CellMap
from edge.model.door import Wiring
from edge.model.parcel import Parcel, ParcelState
from edge.sim.locker import LockerModel
from edge.store.documents import Documents
from edge.store.ledger import Ledger
from edge.store.station_key import STATION, station_key

BOARDS, LOCKS = (1, 2, 3, 4), 24
DEVICE = "locker_wall"
BAUD = 9600
BYTE_S = 10 / BAUD
OUT = card_code(132)
UNLOCK = 0x8A
ASKED_OCTETS = 5
SETTLED_S = 8.0
"""Every board was asked a few times."""
BETWEEN_S = 1.1
"""Pulses are 0.3 s apart, and a hand shuts the door."""
_SETTINGS = """
[parcels]
[devices.{device}]
driver = "locker_8a"
port = "{folder}/{device}"
boards = {boards}
"""


def run(site: Site) -> Iterator[Row]:
    with counter_in(site.room("lockers"), cloud=False) as side:
        with side.shop.config.open("a") as config:
            config.write(_SETTINGS.format(device=DEVICE, folder=side.shop.folder, boards=list(BOARDS)))
        codes = fill(side.shop.folder / "data")
        wall = PacedWall(Cable(side.shop.folder / DEVICE))
        with wall:
            side.shop.terminal.start()
            Event().wait(SETTLED_S)
            waits = [open_door(side, wall, code, place) for place, code in codes.items()]
    waits = site.keep("lockers", "96 doors", waits)
    p50, p99 = milliseconds(middle(waits)), milliseconds(percentile(waits, 99))
    bus = [took for took in wall.exchanges if took > 0]
    yield Row("code → unlock frame, after the exchange in progress, p50 (96 doors, 9600 baud)", p50, None)
    yield Row("the same, p99", p99, None, Budget("14", "≤", 50.0, "product"), f"worst of {len(waits)}")
    yield Row(
        "an exchange with a board of 24, p99", milliseconds(percentile(bus, 99)), None,
        Budget("14", "≤", 60.0, "product"), f"{len(bus)} of them, p50 {milliseconds(middle(bus))}",
    )  # fmt: skip


class PacedWall:
    """The wall's far end: each byte takes its time on the line, and the clock is read when a frame is whole."""

    def __init__(self, cable: Cable) -> None:
        self.model = LockerModel("8a", dict.fromkeys(BOARDS, LOCKS), contact=1, high_first=True)
        self.unlocked_at: list[float] = []
        self.free_at = 0.0
        """When the newest look was answered."""
        self.exchanges: list[float] = []
        self._cable = cable
        self._stop = Event()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> PacedWall:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        begun = perf_counter()
        while not self._stop.is_set():
            ready = select.select([self._cable.end], [], [], 0.002)[0]
            octets = os.read(self._cable.end, 64) if ready else b""
            now = perf_counter()
            if octets[:1] == bytes((UNLOCK,)):
                self.unlocked_at.append(now)
            self.model.advance(now)
            if octets:
                begun = now
                self._stop.wait(len(octets) * BYTE_S)
                self.model.receive(octets)
            self.model.advance(perf_counter())
            if answer := self.model.transmit():
                self._stop.wait(len(answer) * BYTE_S)
                os.write(self._cable.end, answer)
                self.free_at = perf_counter()
                self.exchanges.append(self.free_at - begun)
            self._hands(now)

    def _hands(self, now: float) -> None:
        """Whoever took a parcel out shuts the door."""
        for door in self.model.all_doors:
            if door.is_open and door.powered_mono is None:
                door.has_parcel, door.is_open = False, False


def open_door(side: Counterside, wall: PacedWall, code: str, place: Place) -> float:
    """Seconds from the code's last byte, or from the end of the exchange in progress then, to the unlock frame."""
    os.write(side.scanner.end, f"{OUT}\r".encode())
    Event().wait(BETWEEN_S)
    before = len(wall.unlocked_at)
    os.write(side.scanner.end, f"{code}\r".encode())
    scanned = perf_counter()
    while len(wall.unlocked_at) == before:
        assert perf_counter() - scanned < 5, f"door {place.door} was never asked to open"
        Event().wait(0.001)
    at = wall.unlocked_at[-1]
    return at - max(scanned, min(wall.free_at, at))


def fill(data_dir: Path) -> dict[Place, str]:
    """A parcel behind each door, and its code, before the terminal runs."""
    places = [
        Place(f"B{door:02d}", door, DEVICE, board, lock, Size.M)
        for board in BOARDS
        for lock in range(1, LOCKS + 1)
        for door in [(board - 1) * LOCKS + lock]
    ]
    wall = CellMap(tuple(places), {(DEVICE, board): Wiring(1, True) for board in BOARDS})
    documents, _ = Documents.open(data_dir / "documents", at=datetime.now(UTC))
    documents.collection(CELLS).put(WALL, document_of(wall))
    key = station_key(documents.collection(STATION), Random(1))
    ledger = Ledger.open(data_dir / "ledger.db", SystemClock(), Random(1))
    tx = ledger.begin(lambda record, tx: None)
    codes = {}
    for place in places:
        codes[place] = f"{100_000 + place.door * 7919 % 900_000:06d}"
        parcel = Parcel(
            f"p-{place.id}", f"SF1{place.door:012d}", "SF", ParcelState.STORED, size=Size.M, cell=place.id,
            at=tx.stamp.at, due_at=tx.stamp.at + timedelta(days=1), code=code_hash(key, codes[place]), told="done",
        )  # fmt: skip
        tx.parcels.keep(parcel)
        tx.cells.keep(Cell(place.id, CellState.OCCUPIED, parcel.id))
    tx.commit()
    ledger.close(clean=True)
    return codes
