"""The box on the counter: the terminal's own wiring without threads, its devices on their cables, its plug."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Protocol

from edge.codec.display_screen import CharacterScreen
from edge.config import Settings, load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.errors import DiskFull, EdgeError, StoreError
from edge.messages import DeviceDown, MessageFailed, Speech, Started
from edge.model.cell import Cell, CellEvent, CellState
from edge.model.counter import Counter
from edge.model.money import Rounding
from edge.outside import Outside
from edge.ports import Device, DeviceContext, Port, SerialLine
from edge.sim.drawer import Drawer
from edge.sim.keypad import KeypadModel
from edge.sim.line_display import LineDisplayModel
from edge.sim.model import DeviceModel
from edge.sim.owner import hand_out
from edge.sim.printer import PrinterModel
from edge.sim.scanner import SerialScannerModel
from edge.sim.year.agenda import Agenda
from edge.sim.year.cables import Cables
from edge.sim.year.clock import YearClock
from edge.sim.year.disk import FaultyDisk
from edge.sim.year.licences import COMMANDS, STORE, keys_text
from edge.sim.year.network import Network
from edge.sim.year.power import Fuse, PowerCut
from edge.sim.year.session import SimulatedSession
from edge.sim.year.wall import LOCKER, Wall
from edge.store.documents import Documents
from edge.store.station_key import STATION, station_key
from edge.terminal import Terminal
from edge.terminal_folder import LEDGER_FILE

TID = "T7K3M9Q2"
SCANNER, PAD, PRINTER, DISPLAY = "counter_scanner", "pad", "receipt_printer", "customer_display"
DEVICES = (SCANNER, PAD, PRINTER, DISPLAY)
DARK_S = (2.0, 900.0)
"""How long the power stays away."""
DESK = '[parcels]\nshelf = "1-1"\n'
"""A shop without a wall orders goods for its customers all the same."""
RESTART_S = 2.0
"""systemd starts a process that ended again after this."""
MAX_ROUNDS = 10_000
"""Turns of bus, jobs and workers without the clock moving; more is a loop."""
WORDS_KEPT = 50
PROMOTIONS, LICENCE_KEYS, COMMAND_KEYS = "promotions.toml", "licence-keys.toml", "command-keys.toml"

_SETTINGS = """\
[terminal]
tid = "{tid}"
store = "{store}"
data_dir = "./data"
rounding = "{rounding}"
[platforms]
licence_keys = "licence-keys.toml"
[cloud]
url = "mqtt://127.0.0.1:1883"
command_keys = "command-keys.toml"
[devices.counter_scanner]
driver = "scanner_serial"
port = "sim://counter_scanner"
[devices.pad]
driver = "keypad"
port = "sim://pad"
[devices.receipt_printer]
driver = "printer_escpos"
port = "sim://receipt_printer"
drawer_open_level = "high"
poll_s = 30
[devices.customer_display]
driver = "line_display"
port = "sim://customer_display"
kind = "cd5220"
"""


class Watcher(Protocol):
    """Who looks over the box's shoulder."""

    def booted(self, box: Box) -> None: ...
    def died(self) -> None: ...
    def leaving(self, effect: object) -> None:
        """Before it leaves."""
        ...

    def faulty(self, what: str) -> None:
        """Something of ours failed."""
        ...


class Counterware:
    """The devices. They have memories of their own and outlive each life of the box."""

    def __init__(self, chance: Random) -> None:
        self.scanner = SerialScannerModel()
        self.pad = KeypadModel()
        self.drawer = Drawer()
        self.printer = PrinterModel(speed_mm_s=chance.choice((120.0, 250.0, 400.0)), drawer=self.drawer)
        self.display = LineDisplayModel()

    @property
    def shown(self) -> tuple[str, str]:
        """What stands on the customer's display."""
        assert isinstance(self.display.screen, CharacterScreen)
        return self.display.screen.lines

    def lose_power(self, device: str) -> None:
        """Those that hang on their cable alone; the printer has a plug of its own."""
        if device == SCANNER:
            self.scanner.lose_power()
        elif device == PAD:
            self.pad.lose_power()

    def on(self, cables: Cables) -> Cables:
        models: tuple[DeviceModel, ...] = (self.scanner, self.pad, self.printer, self.display)
        for name, model in zip(DEVICES, models, strict=True):
            cables.add(name, model)
        return cables


class Box:
    """`terminal` is None while it has no power. `words` is what it said lately, newest last."""

    def __init__(
        self, folder: Path, agenda: Agenda, clock: YearClock, network: Network, chance: Random, watcher: Watcher,
        promotions: str, wall: Wall | None = None,
    ) -> None:  # fmt: skip
        folder.mkdir()
        self.folder = folder / "data"
        self.ledger_file = self.folder / LEDGER_FILE
        hand_out(self.folder, clock.wall())
        if wall is not None:
            wall.hang_up(self.folder, clock.wall())
        self.fuse = Fuse()
        self.disk = FaultyDisk(self.folder, self.fuse)
        self.ware = Counterware(chance)
        self.wall = wall
        self.terminal: Terminal | None = None
        self.words: list[Speech] = []
        self.said = 0
        self.cuts = 0
        self.ends = 0
        """How often the process ended by itself, since its store failed."""
        self.handled = 0
        self._clock = clock
        self.cables = self._new_cables()
        self._agenda = agenda
        self._network = network
        self._chance = chance
        self._watcher = watcher
        self._session: SimulatedSession | None = None
        self._wakes: dict[str, float] = {}
        self._attended_until = -math.inf
        self._settings = _settings(folder, chance, promotions, wall)

    @property
    def rounding(self) -> Rounding:
        """How cash is rounded in this shop."""
        return self._settings.terminal.rounding

    # --- the plug --------------------------------------------------------------------------------------------------

    def power_on(self, *, reboot: bool = True) -> None:
        """Nothing happens when it is on. The power may go again while it starts."""
        if self.terminal is not None:
            return
        if reboot:
            self._clock.boot()
        if not self.ware.printer.powered:
            self.ware.printer.switch_on()
        self.ware.lose_power(SCANNER)
        self.ware.lose_power(PAD)
        self.cables = self._new_cables()
        self._alive(self._boot)

    def cut_power(self) -> None:
        """Now, between two messages."""
        if self.terminal is not None:
            self._go_dark()

    def stop(self) -> None:
        """As the technician asks for it: with farewell and flush."""
        self._alive(self._stop)

    # --- life ------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Everything that can happen now happens."""
        if self.terminal is not None:
            self._alive(self._settle)

    def poke(self, device: str) -> None:
        """Something was done to a device: its worker looks at once."""
        self._wakes[device] = -math.inf

    def pull(self, device: str) -> None:
        """Pull its cable: what it had not sent yet is gone, and who reads from it notices."""
        self.cables.pull(device)
        self.ware.lose_power(device)
        self.poke(device)

    def attend(self, seconds: float) -> None:
        """Somebody stands at the wall for so long: its boards are looked at in time. Else when something else happens:
        nobody would see the difference, and a year of looks would take an hour.
        """
        self._attended_until = max(self._attended_until, self._clock.mono_s + seconds)

    def plug(self, device: str) -> None:
        self.cables.plug(device)
        self.poke(device)

    @property
    def station_key(self) -> bytes:
        """What its pick-up codes are hashed with; the box has one already."""
        documents, _ = Documents.open(self.folder / "documents", at=self._clock.wall())
        return station_key(documents.collection(STATION), Random(0))

    def look_into_cells(self) -> None:
        """Somebody has looked into every cell when the wall was put up."""
        terminal = self.terminal
        if terminal is not None and self.wall is not None:
            tx = terminal.ledger.begin(lambda record, tx: None)
            for place in self.wall.cells.places:
                tx.cells.keep(Cell(place.id, CellState.FREE))
            tx.commit()

    def mend_cells(self) -> None:
        """A technician has mended the doors that did not open, and says so: each is to be looked into."""
        terminal = self.terminal
        if terminal is not None and self.wall is not None:
            tx = terminal.ledger.begin(lambda record, tx: None)
            for cell in tx.cells.in_state(CellState.FAULT):
                tx.cells.keep(cell.moved(CellEvent.MEND))
            tx.commit()

    @property
    def next_mono(self) -> float:
        """When it has something to do by itself."""
        terminal = self.terminal
        if terminal is None:
            return math.inf
        due, is_attended = terminal.bus.next_due(), self._clock.mono_s < self._attended_until
        wakes = [wake for name, wake in self._wakes.items() if name != LOCKER or is_attended]
        return min(*wakes, math.inf if due is None else due)

    @property
    def devices(self) -> tuple[str, ...]:
        """All that hang on a cable."""
        return DEVICES if self.wall is None else (*DEVICES, LOCKER)

    @property
    def counter(self) -> Counter:
        """What it holds open, as it knows it."""
        return self.terminal.ledger.counter if self.terminal is not None else Counter()

    def _boot(self) -> None:
        outside = Outside(
            clock=self._clock, chance=Random(self._chance.random()), disk=self.disk, open_port=self._open_port,
            session=self._new_session, patience_s=0.0, idle_s=math.inf, hear=self._hear, leaving=self._leaving,
            vitals=lambda _: {}, discover=tuple,
        )  # fmt: skip
        terminal = build(self._settings, outside)
        self.terminal = terminal
        terminal.bus.on(MessageFailed, lambda failed, _: self._tell_fault(failed.error, str(failed.message)))
        terminal.bus.on(DeviceDown, self._tell_driver_fault)
        self._wakes = {worker.name: -math.inf for worker in terminal.workers}
        self._watcher.booted(self)
        terminal.bus.post(Started())
        self._settle()

    def _new_cables(self) -> Cables:
        cables = self.ware.on(Cables(self._clock, self.fuse))
        if self.wall is not None:
            cables.add(LOCKER, self.wall.model)
        return cables

    def _open_port(self, url: str, line: SerialLine) -> Port:
        return self.cables.open_port(url, line)

    def _settle(self) -> None:
        terminal = self.terminal
        assert terminal is not None
        before = terminal.bus.handled
        for _ in range(MAX_ROUNDS):
            terminal.bus.run_pending()
            if not (terminal.jobs.run_waiting() | self._step(terminal)):
                self.handled += terminal.bus.handled - before
                return
        raise EdgeError("the box does not come to rest", where="the simulation", got=f"{MAX_ROUNDS} rounds")

    def _step(self, terminal: Terminal) -> bool:
        now, stepped = self._clock.mono_s, False
        for worker in terminal.workers:
            if worker.rung or self._wakes[worker.name] <= now:
                self._wakes[worker.name] = worker.step(now)
                stepped = True
        return stepped

    def _stop(self) -> None:
        terminal, self.terminal = self.terminal, None
        if terminal is not None:
            terminal.close()
            self.disk.let_go()

    def _alive(self, act: Callable[[], None]) -> None:
        """Do it, and die of it if the power goes or the store fails."""
        try:
            act()
        except PowerCut:
            self._go_dark()
        except StoreError:
            self.ends += 1
            self._die()
            self._agenda.after(RESTART_S, lambda: self.power_on(reboot=False))

    def _go_dark(self) -> None:
        self.cuts += 1
        self.fuse.renew()
        if self._chance.random() < 0.5:  # the printer hangs on the same socket
            self.ware.printer.advance(self._clock.mono_s)
            self.ware.printer.switch_off()
        self._die()
        self._agenda.after(self._chance.uniform(*DARK_S), self.power_on)

    def _die(self) -> None:
        terminal, self.terminal = self.terminal, None
        self._watcher.died()
        self.disk.let_go()
        if self._session is not None:
            self._session.lose_power()
            self._session = None
        if terminal is not None:
            terminal.lock.release()

    def _new_session(self, _broker: object, _tid: str, _filter: str, context: DeviceContext) -> Device:
        self._session = SimulatedSession(self._network, context)
        return self._session

    # --- what it says ----------------------------------------------------------------------------------------------

    def _hear(self, speech: Speech) -> None:
        self.said += 1
        self.words.append(speech)
        del self.words[:-WORDS_KEPT]
        if not speech.text:
            self._watcher.faulty(f"the prompt {speech.prompt} has no words")

    def _leaving(self, effect: object) -> None:
        self._watcher.leaving(effect)
        self.fuse.reached(f"before the effect {type(effect).__name__}")

    def _tell_fault(self, error: Exception, message: str) -> None:
        if not isinstance(error, DiskFull):
            self._watcher.faulty(f"{message[:80]} failed: {error!r}")

    def _tell_driver_fault(self, down: DeviceDown, _: object) -> None:
        if "fault in the driver" in down.reason:
            self._watcher.faulty(f"{down.device}: {down.reason}")


def _settings(folder: Path, chance: Random, promotions: str, wall: Wall | None) -> Settings:
    file, table = folder / "shop.toml", ""
    if promotions:
        (folder / PROMOTIONS).write_text(promotions, encoding="utf-8")
        table = f'[promotions]\nfile = "{PROMOTIONS}"\n'
    text = _SETTINGS.format(tid=TID, store=STORE, rounding=chance.choice(("none", "jiao"))) + table
    (folder / LICENCE_KEYS).write_text(keys_text(), encoding="utf-8")
    (folder / COMMAND_KEYS).write_text(COMMANDS.public_line() + "\n", encoding="utf-8")
    text += DESK if wall is None else wall.settings
    file.write_text(text, encoding="utf-8")
    return load_settings(file, load_driver)
