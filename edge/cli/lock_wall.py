"""The lock boards of a shop whose terminal does not run, in a technician's hands."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Self

from edge.channel import open_port as open_channel
from edge.cli.port_opener import opener
from edge.clock import SystemClock
from edge.codec.cell_map import CELLS, WALL, document_of, read_cell_map
from edge.codec.lock_board import Heard, LockBoard
from edge.config import Device, Settings
from edge.devices import LOCKER, driver_module, lock_buses
from edge.errors import DeviceError, SettingsError
from edge.lock_bus import ONE, LockBus
from edge.messages import BoardRead, DoorPulsed, PulseDoor
from edge.model.cell_map import CellMap
from edge.model.door import Contacts
from edge.ports import DeviceContext, OpenPort, Port, SerialLine
from edge.store.documents import Collection, Documents
from edge.store.folder_lock import FolderLock
from edge.worker import CommandQueue

PATIENCE_S = 0.02
ANSWER_S = 3.0
"""For a board that misses three looks, and a door that is still moving."""
ASKED_S = 0.5
"""A board that was lost is asked anew within this."""
PULSE_S = 5.0
PROBE_S, PAUSE_S = 0.15, 0.03
"""How long a board has for the answer to one question of a scan, and the line between two of them."""
PROBED = 5
"""Addresses of each family, from its lowest."""
FAMILIES = ("locker_8a", "locker_dc", "locker_wkly", "locker_cu16", "locker_cu48", "locker_modbus")
"""In the order of devices 8.1, where CU48 is beside CU16: all that is asked is harmless to each of the others."""
CHUNK = 256


class OpenWall:
    """One bus, opened through its own driver. Use by `with`."""

    def __init__(self, device: Device, open_port: OpenPort) -> None:
        self._name, self._inbox, self._clock = device.name, CommandQueue(), SystemClock()
        self._posted: list[object] = []
        context = DeviceContext(
            device.name, self._posted.append, self._clock, Random(), open_port, self._inbox, PATIENCE_S
        )
        self._bus: LockBus = driver_module(device.driver).Driver(device.settings, context)

    def __enter__(self) -> Self:
        self._bus.open()
        return self

    def __exit__(self, *_: object) -> None:
        self._bus.close()

    def look(self, board: int) -> Contacts:
        """Two answers in a row that say the same. Raises DeviceError that says what to do."""
        self._bus.look_now(board)
        begun, last = self._clock.mono(), None
        asked_mono = begun + ASKED_S
        for message in self._work(begun + ANSWER_S, lambda now: now > asked_mono and bool(self._bus.trouble(board))):
            if isinstance(message, BoardRead) and message.board == board and message.asked_mono >= begun:
                if message.contacts == last:
                    return message.contacts
                last = message.contacts
        reason = self._bus.trouble(board) or f"board {board} does not say the same twice: is a door still moving?"
        raise DeviceError(reason, where=self._name)

    def pulse(self, board: int, lock: int) -> DoorPulsed:
        """Once, whatever comes of it."""
        now = self._clock.mono()
        self._inbox.put(PulseDoor("commissioning", self._name, board, lock, now + PULSE_S))
        for message in self._work(now + PULSE_S + 1.0):
            if isinstance(message, DoorPulsed):
                return message
        raise DeviceError("the lock boards took no order", where=self._name)

    def _work(self, until_mono: float, is_over: Callable[[float], bool] = lambda now: False) -> Iterator[object]:
        """What the bus tells until then."""
        while (now := self._clock.mono()) < until_mono and not is_over(now):
            pause_s = self._bus.pump()
            while self._posted:
                yield self._posted.pop(0)
            threading.Event().wait(min(pause_s, PATIENCE_S))


@dataclass(frozen=True, slots=True)
class Found:
    """A board that answered a question of its family."""

    driver: str
    baud: int
    board: int
    contacts: Contacts


def lockers_of(settings: Settings) -> list[Device]:
    return [device for device in settings.devices.values() if device.driver.startswith(LOCKER)]


def protocol_of(device: Device) -> LockBoard:
    context = DeviceContext(device.name, lambda _: None, SystemClock(), Random(), open_channel, CommandQueue())
    driver: LockBus = driver_module(device.driver).Driver(device.settings, context)
    return driver.protocol


def scan_bus(device: Device, open_port: OpenPort) -> Iterator[Found]:
    """Boards that answer, of every family that there is. Nothing but questions, and only on a port of the settings."""
    for driver in FAMILIES:
        tried = device if driver == device.driver else _as_sold(device, driver)
        baud = int(getattr(tried.settings, "baud", 9600))
        protocol = protocol_of(tried)
        boards = set(protocol.addresses[:PROBED])
        if driver == device.driver:
            boards |= set(getattr(device.settings, "boards", ()))
        yield from _probe(str(getattr(device.settings, "port", "")), open_port, driver, baud, protocol, sorted(boards))


def _probe(
    url: str, open_port: OpenPort, driver: str, baud: int, protocol: LockBoard, boards: Sequence[int]
) -> Iterator[Found]:  # fmt: skip
    port = open_port(url, SerialLine(baud))
    clock = SystemClock()
    try:
        for board in boards:
            octets = _asked(port, clock, asked := protocol.state(board))
            # What the adapter hears of the question itself is nobody's answer.
            answer = octets.removeprefix(asked)
            contacts = protocol.read_state(board, Heard(answer, silent=True, deaf=answer != octets))
            if octets == asked and protocol.state_one is not None and protocol.read_one is not None:
                one = _asked(port, clock, protocol.state_one(board, ONE))
                if protocol.read_one(board, ONE, Heard(one, silent=True)) is not None:
                    contacts = protocol.read_state(board, Heard(octets, silent=True, deaf=True))
            if contacts is not None:
                yield Found(driver, baud, board, contacts)
    finally:
        port.close()


def _asked(port: Port, clock: SystemClock, question: bytes) -> bytes:
    """All that comes within the time for an answer."""
    threading.Event().wait(PAUSE_S)
    while port.read(CHUNK, 0):
        continue
    port.write(question, PROBE_S)
    until_mono, octets = clock.mono() + PROBE_S, b""
    while (left_s := until_mono - clock.mono()) > 0:
        octets = (octets + port.read(CHUNK, left_s))[-CHUNK:]
    return octets


def _as_sold(device: Device, driver: str) -> Device:
    """Another family on the same port, with the settings that its boards are sold with."""
    settings = driver_module(driver).Settings(port=str(getattr(device.settings, "port", "")), boards=[1])
    return Device(device.name, driver, {}, settings)


@contextmanager
def stopped(settings: Settings) -> Iterator[None]:
    """While the terminal does not run. Raises SettingsError when it does."""
    lock = FolderLock(settings.terminal.data_dir)
    lock.take()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def kept_map(settings: Settings) -> Iterator[tuple[CellMap, Callable[[CellMap], None]]]:
    """The map of a terminal that does not run, and how to keep another. Raises SettingsError when it runs.

    A map that is wrong is told and not changed: what is in it would be lost.
    """
    with stopped(settings):
        folder = settings.terminal.data_dir / "documents"
        documents, _ = Documents.open(folder, at=SystemClock().wall())
        collection = documents.collection(CELLS)
        yield _read(collection, settings), lambda cells: _keep(collection, cells, settings)


def shown_map(settings: Settings) -> CellMap:
    """Of a terminal that runs: nothing is written."""
    documents, _ = Documents.open(settings.terminal.data_dir / "documents", at=SystemClock().wall())
    return _read(documents.collection(CELLS), settings)


def ports_of(settings: Settings) -> OpenPort:
    return opener(settings)


def _read(collection: Collection, settings: Settings) -> CellMap:
    cells, wrong = read_cell_map(collection.get(WALL), lock_buses(settings))
    if wrong:
        raise SettingsError("; ".join(wrong), where="cells/wall", cure="Correct documents/cells.json.")
    return cells


def _keep(collection: Collection, cells: CellMap, settings: Settings) -> None:
    document = document_of(cells)
    _, wrong = read_cell_map(document, lock_buses(settings))
    if wrong:
        raise SettingsError("; ".join(wrong), where="edge lockers")
    collection.put(WALL, document)
