"""`edge lockers`: which lock boards answer, what their contacts mean, which cell is which lock, what its door does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from edge.cli.lock_wall import OpenWall, kept_map, lockers_of, ports_of, protocol_of, scan_bus, shown_map, stopped
from edge.cli.locker_words import Words
from edge.codec.cell_map import DOOR_MAX
from edge.codec.lock_board import checked
from edge.config import Device, Settings, load_settings
from edge.devices import load_driver
from edge.errors import CodecError, DeviceError, SettingsError
from edge.lock_bus import REFUSED, UNANSWERED
from edge.messages import DoorPulsed, Outcome
from edge.model.cell import Place, Size
from edge.model.cell_map import BusAddress, CellMap
from edge.model.commissioning import Commissioning, Step, commissioning
from edge.model.door import Contacts, content
from edge.ports import OpenPort
from edge.store.folder_lock import is_taken

_BUSES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Ask = Callable[[str], str]
"""Shows a line and returns what was typed; raises EOFError."""


def scan_lockers(config: str) -> int:
    """0 when each board of the settings answers. Nothing but questions goes out."""
    settings, words = _opened(config)
    silent = 0
    with stopped(settings):
        for device in lockers_of(settings):
            print(words("scanning", device=device.name, port=getattr(device.settings, "port", "")))
            missing = set(getattr(device.settings, "boards", ()))
            for found in scan_bus(device, ports_of(settings)):
                is_ours = found.driver == device.driver and found.board in missing
                missing -= {found.board} if is_ours else set()
                named = {"driver": found.driver, "baud": found.baud, "board": found.board}
                hint = "" if is_ours else words("not_in_settings", **named)
                print(words("answers", **named, locks=8 * len(found.contacts.locks), hint=hint))
            for board in sorted(missing):
                print(words("no_answer", board=board))
            silent += len(missing)
    return 1 if silent else 0


def map_lockers(
    config: str, device: str | None, *, board: int, locks: int, from_lock: int, size: str, first: int | None
) -> int:
    """Cells for locks of one board. One that there is keeps its id, and its door unless `first` is given: a parcel may
    lie in it.
    """
    settings, words = _opened(config)
    bus = _bus(settings, device, board)
    if locks < 1:
        raise SettingsError("a board has at least one lock", where="--locks", expected="1 or more", got=str(locks))
    try:
        for lock in (from_lock, from_lock + locks - 1):
            checked(lock, range(1, protocol_of(bus).locks + 1), "lock")
    except CodecError as error:
        raise SettingsError(error.what, where="--locks", expected=error.expected, got=error.got) from error
    with kept_map(settings) as (cells, keep):
        known = {place.lock: place for place in cells.on(bus.name, board)}
        wanted, letter = range(from_lock, from_lock + locks), _letter(settings, cells, bus.name)
        numbers = count(max((place.door for place in cells.places), default=0) + 1 if first is None else first)
        made = []
        for lock in wanted:
            place = known.get(lock) or Place(f"{letter}{board}-{lock:02}", 0, bus.name, board, lock, Size[size])
            door = place.door if place.door and first is None else next(numbers)
            made.append(replace(place, door=door, size=Size[size]))
        _check_doors(made, first)
        mapped = cells.with_places(made)
        keep(mapped)
    print(words("mapped", cells=len(made), first=made[0].door, last=made[-1].door, size=size))
    if cells.wiring(bus.name, board).is_known and not mapped.wiring(bus.name, board).is_known:
        print(words("untried", board=board))
    return 0


def _letter(settings: Settings, cells: CellMap, bus: str) -> str:
    """What the cells of this bus begin with; a bus without any gets its own, or one that no other has."""
    own = [place.id[0] for place in cells.places if place.device == bus]
    taken = {place.id[0] for place in cells.places if place.device != bus}
    at = [known.name for known in lockers_of(settings)].index(bus)
    free = [letter for letter in (*own, _BUSES[at % len(_BUSES)], *_BUSES) if letter in _BUSES and letter not in taken]
    return free[0] if free else _BUSES[0]


def _check_doors(made: Sequence[Place], first: int | None) -> None:
    wrong = [place.door for place in made if not 1 <= place.door <= DOOR_MAX]
    if wrong:
        raise SettingsError(
            f"a door has a number of 1 to {DOOR_MAX}", where="--first",
            expected=f"1 to {DOOR_MAX + 1 - len(made)}, for {len(made)} doors",
            got="none, and the next number" if first is None else str(first), cure="Give another first number.",
        )  # fmt: skip


def show_lockers(config: str) -> int:
    """The map, and what each door does now. 0 when every board answers and means something."""
    settings, words = _opened(config)
    if is_taken(settings.terminal.data_dir):
        cells = shown_map(settings)
        print(words("runs"))
        _print_table(cells, {}, words)
        return 0
    with kept_map(settings) as (cells, _):
        read, wrong = _read_all(settings, cells, words)
    _print_table(cells, read, words)
    for sentence in wrong:
        print(sentence)
    return 1 if wrong else 0


def commission_lockers(config: str, device: str | None, board: int | None, ask: Ask = input) -> int:
    """0 when each board that was asked for is set up. What one board has said is kept at once."""
    settings, words = _opened(config)
    chosen = [_bus(settings, device, board)] if board is not None else lockers_of(settings)
    with kept_map(settings) as (cells, keep):
        for bus in chosen:
            boards = getattr(bus.settings, "boards", ()) if board is None else (board,)
            with OpenWall(bus, ports_of(settings)) as wall:
                for address in boards:
                    if not cells.on(bus.name, address):
                        print(words("unmapped", device=bus.name, board=address))
                        return 1
                    done = _Board(wall, words, bus, address, cells, ask).set_up()
                    if done is None:
                        print(words("stopped", board=address))
                        return 1
                    cells = replace(cells, wirings={**cells.wirings, (bus.name, address): done.found})
                    keep(cells)
                    print(words("kept"))
    return 0


class _Board:
    """A technician in front of one board."""

    def __init__(
        self, wall: OpenWall, words: Words, bus: Device, board: int, cells: CellMap, ask: Ask
    ) -> None:  # fmt: skip
        self._wall, self._words, self._board, self._ask = wall, words, board, ask
        self._bus = bus.name
        self._doors = {place.lock: place.door for place in cells.on(bus.name, board)}
        self._machine = commissioning([*self._doors], protocol_of(bus).wiring)

    def set_up(self) -> Commissioning | None:
        """None: the technician stopped, or the keyboard is gone."""
        print(self._words("begin", device=self._bus, board=self._board))
        try:
            return self._led()
        except (EOFError, KeyboardInterrupt):
            print()
            return None

    def _led(self) -> Commissioning | None:
        while self._machine.step is not Step.DONE:
            typed = self._ask(self._sentence() + " ").strip().lower()
            if typed == "q":
                return None
            if typed == "p" and not self._pulse():
                continue
            self._look()
        found = self._machine.found
        order = self._words("high" if found.high_first else "low")
        print(self._words(Step.DONE, board=self._board, bit=found.open_bit, order=order))
        return self._machine

    def _sentence(self) -> str:
        lock = self._machine.lock
        doors = ", ".join(str(door) for door in sorted(self._doors.values()))
        door = self._doors.get(lock or 0, 0)
        return self._words(self._machine.step, board=self._board, doors=doors, door=door, lock=lock)

    def _look(self) -> None:
        try:
            contacts = self._wall.look(self._board)
        except DeviceError as error:
            print(error)
            return
        self._machine, finding = self._machine.looked(contacts)
        if finding is not None:
            print(self._words.trouble(finding))
            if self._machine.step is Step.SHUT_ALL:
                print(self._words("again"))

    def _pulse(self) -> bool:
        """Whether the coil may have got its pulse: never without a person's yes, and never twice for one."""
        lock = self._machine.lock
        if lock is None or self._machine.step not in (Step.OPEN_FIRST, Step.OPEN_SECOND):
            print(self._words("nothing_to_pulse"))
            return False
        door = self._doors[lock]
        if self._ask(self._words("confirm", door=door) + " ").strip().lower() != "yes":
            print(self._words("not_pulsed"))
            return False
        told = self._wall.pulse(self._board, lock)
        said = pulse_said(told)
        print(self._words(said, door=door, reason=told.reason))
        return said in ("pulsed", "pulse_unanswered", "pulse_unsure")


def pulse_said(told: DoorPulsed) -> str:
    """Which sentence tells a technician what became of a pulse."""
    match told.outcome:
        case Outcome.NOT_STARTED | Outcome.FAILED:
            return "pulse_not_sent"
        case Outcome.UNKNOWN:
            return "pulse_unsure"
        case Outcome.DONE:
            return {REFUSED: "pulse_refused", UNANSWERED: "pulse_unanswered"}.get(told.reason, "pulsed")


def _opened(config: str) -> tuple[Settings, Words]:
    settings = load_settings(Path(config), load_driver)
    words = Words(settings.terminal.language)
    if not lockers_of(settings):
        raise SettingsError(words("no_bus"), where=config)
    return settings, words


def _bus(settings: Settings, device: str | None, board: int) -> Device:
    """The bus of this name, or the only one; raises SettingsError where it has no such board."""
    buses = {bus.name: bus for bus in lockers_of(settings)}
    if device is None and len(buses) > 1:
        raise SettingsError("there is more than one bus", where="--device", expected=f"one of {[*buses]}")
    bus = buses.get(device) if device is not None else next(iter(buses.values()))
    if bus is None:
        raise SettingsError("there is no such bus", where="--device", expected=f"one of {[*buses]}", got=device or "")
    boards = getattr(bus.settings, "boards", ())
    if board not in boards:
        raise SettingsError(
            "the settings have no such board", where=f"[devices.{bus.name}]", expected=f"one of {[*boards]}",
            got=str(board), cure="Add it to boards first.",
        )  # fmt: skip
    return bus


def _read_all(settings: Settings, cells: CellMap, words: Words) -> tuple[dict[BusAddress, Contacts], list[str]]:
    """What each board says now, and sentences about those that say nothing or mean nothing."""
    read: dict[BusAddress, Contacts] = {}
    wrong: list[str] = []
    open_port: OpenPort = ports_of(settings)
    for bus in lockers_of(settings):
        with OpenWall(bus, open_port) as wall:
            for board in getattr(bus.settings, "boards", ()):
                places = cells.on(bus.name, board)
                if not places:
                    wrong.append(words("unmapped", device=bus.name, board=board))
                elif not cells.wiring(bus.name, board).is_known:
                    wrong.append(words("uncommissioned", device=bus.name, board=board))
                try:
                    read[bus.name, board] = contacts = wall.look(board)
                except DeviceError as error:
                    wrong.append(str(error))
                    continue
                beyond = [place.lock for place in places if place.lock > 8 * len(contacts.locks)]
                if beyond:
                    wrong.append(words("too_short", locks=", ".join(map(str, beyond))))
    return read, wrong


def _print_table(cells: CellMap, read: Mapping[BusAddress, Contacts], words: Words) -> None:
    print(words("head"))
    for place in cells.places:
        contacts = read.get((place.device, place.board))
        door = inside = words("unknown")
        if contacts is not None:
            door = words(cells.wiring(place.device, place.board).door(contacts, place.lock).value)
            inside = words(content(contacts, place.lock).value)
        row = (place.door, place.id, place.device, place.board, place.lock, place.size.name, door, inside)
        print("\t".join(map(str, row)))
