"""The shop of the demo: broker, proxy, cloud, devices and the terminal, and every switch that hurts."""

from __future__ import annotations

import fcntl
import json
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import IO, Any

from edge.clock import Clock
from edge.errors import DeviceError, EdgeError, SettingsError
from edge.messages import Key
from edge.model.money import Fen
from edge.reference_cloud.ca_command import make_authorities
from edge.reference_cloud.report import CloudReport
from edge.sim.counter.addresses import LOOPBACK, claim
from edge.sim.counter.apps import fetching_code, order_in_app
from edge.sim.counter.bench import Bench
from edge.sim.counter.books import Balance, Books, row_line
from edge.sim.counter.broker import RunningBroker, start_broker
from edge.sim.counter.customers import COMMAND_KEY, Phone, make_keys, pay_at_wall
from edge.sim.counter.deliveries import Vans
from edge.sim.counter.desk import Desk, booklet_bytes
from edge.sim.counter.goods import CATALOGUE, catalogue_bytes
from edge.sim.counter.leash import Child, Launcher, edge_command
from edge.sim.counter.licences import license_shop, make_licence_keys
from edge.sim.counter.shop_file import AUTHORITIES, BOOKLET, FILE_NAME, SCANNER, TID, shop_toml
from edge.sim.counter.station import Station, put_up
from edge.sim.counter.supply import stock_up
from edge.sim.counter.terminal import Talk, TerminalProcess
from edge.sim.fault_proxy import FaultProxy, Mode
from edge.store.queries import LedgerQueries

CLOUD_FILE = "cloud.db"
LEDGER = Path("data") / "ledger.db"
LOCK_FILE = ".lock"
LOOK_EVERY_S = 0.15
"""How old what the page shows may be."""
ASK_EVERY_S = 0.3
"""How often terminal and cloud are asked: often enough for an eye, seldom enough to leave them in peace."""
START_TIMEOUT_S = 15.0
IMPORT_TIMEOUT_S = 30.0
SENTENCES_SHOWN = 8
LINES_SHOWN = 40
CLOUD_LINES_KEPT = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """How this demo is set up. `embedded`: not mosquitto, even if it is here."""

    folder: Path
    web_port: int
    language: str = "zh-CN"
    embedded: bool = False


class Shop:
    """Open it step by step with the methods of `steps`; `close` ends whatever was begun. Switches from any thread."""

    def __init__(self, plan: Plan, clock: Clock, show: Callable[[str], None]) -> None:
        self.plan = plan
        self.folder = plan.folder.absolute()
        self.bench = Bench(self.folder / "dev")
        self.talk = Talk(show)
        self.books = Books(self.folder / LEDGER, self.folder / CLOUD_FILE, TID)
        self.balance = Balance()
        self.broker: RunningBroker | None = None
        self.proxy: FaultProxy | None = None
        self._clock = clock
        self._chance = Random()
        vans = Vans(self.cloud_file, TID, clock, self._chance)
        ledger, cloud = LedgerQueries(self.folder / LEDGER), CloudReport(self.cloud_file)
        self.station = Station(self.bench, self.talk, vans, ledger, cloud, TID)
        self.desk = Desk(self.bench, self.talk, clock, self._chance)
        self._launcher = Launcher()
        self.terminal = TerminalProcess(self._launcher, self.config, plan.web_port, self.talk, clock)
        self._cloud: Child | None = None
        self._cloud_lines: deque[str] = deque(maxlen=CLOUD_LINES_KEPT)
        self._lock_file: IO[str] | None = None
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._look_around, name="counter-watch", daemon=True)
        self.state_text = "{}"

    @property
    def config(self) -> Path:
        return self.folder / FILE_NAME

    @property
    def cloud_file(self) -> Path:
        return self.folder / CLOUD_FILE

    # --- opening, step by step; each returns what a person should know ---------------------------------------------

    def steps(self) -> list[tuple[str, Callable[[], str]]]:
        return [
            ("folder", self.open_folder), ("broker", self.open_broker), ("cloud", self.open_cloud),
            ("devices", self.open_devices), ("goods", self.fill_shelves), ("parcels", self.open_station),
            ("supply", self.stock_up), ("terminal", self.open_terminal),
        ]  # fmt: skip

    def open_folder(self) -> str:
        """Raises SettingsError when another demo has it open."""
        (self.folder / "dev").mkdir(parents=True, exist_ok=True)
        self._lock_file = (self.folder / LOCK_FILE).open("w", encoding="utf-8")
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            cure = "Close it, or choose another by --folder."
            raise SettingsError("another demo has this folder open", where=str(self.folder), cure=cure) from error
        make_keys(self.folder)
        make_licence_keys(self.folder)
        if not (self.folder / AUTHORITIES).exists():
            make_authorities(self.folder / AUTHORITIES, self._clock.wall())
        (self.folder / BOOKLET).write_bytes(booklet_bytes())
        return str(self.folder)

    def open_broker(self) -> str:
        self.broker = start_broker(self._launcher, self.folder, self._clock, embedded=self.plan.embedded)
        self.proxy = FaultProxy(LOOPBACK, self.broker.port)
        self.proxy.start()
        return f"{self.broker.name} on port {self.broker.port}, the terminal's way to it on {self.proxy.port}"

    def open_cloud(self) -> str:
        port = self.broker.port if self.broker else 0
        command = edge_command(
            "cloud", "--url", f"mqtt://{LOOPBACK}:{port}", "--db", str(self.cloud_file),
            "--command-key", str(self.folder / COMMAND_KEY),
        )  # fmt: skip
        ready = threading.Event()
        self._cloud = self._launcher.start(command, lambda line: self._cloud_said(line, ready))
        deadline = self._clock.mono() + START_TIMEOUT_S
        while not ready.wait(LOOK_EVERY_S):
            if not self._cloud.running or self._clock.mono() > deadline:
                words = self._cloud_lines[-1] if self._cloud_lines else "no word"
                raise DeviceError("the cloud does not start", where="edge cloud", got=words)
        license_shop(self.cloud_file, self.folder, self._clock)
        return str(self.cloud_file)

    def open_devices(self) -> str:
        self.bench.plug()
        plan, proxy_port = self.plan, self.proxy.port if self.proxy else 0
        text = shop_toml(
            self.bench.cables, broker_port=proxy_port, web_port=plan.web_port, language=plan.language
        )  # fmt: skip
        self.config.write_text(text, encoding="utf-8")
        self._watch.start()
        return "scanner, keypad, display, scale and lockers on ptys, the others on TCP"

    def fill_shelves(self) -> str:
        """By the command line, as a shopkeeper's helper would; once a folder."""
        goods = self.folder / CATALOGUE
        if goods.exists() and goods.read_bytes() == catalogue_bytes():
            return "on the shelf since last time"
        goods.write_bytes(catalogue_bytes())
        said: deque[str] = deque(maxlen=CLOUD_LINES_KEPT)
        command = edge_command("catalogue", "import", "--config", str(self.config), str(goods))
        child = self._launcher.start(command, said.append)
        child.wait(IMPORT_TIMEOUT_S)
        if child.exit_code != 0:
            goods.unlink()
            raise DeviceError("the goods were not taken", where="edge catalogue import", got="; ".join(said))
        return said[-1] if said else ""

    def open_station(self) -> str:
        """A locker wall, couriers' badges, and a van before the door."""
        self.station.vans.begin()
        return put_up((self.folder / LEDGER).parent, self._clock)

    def stock_up(self) -> str:
        """Four weeks of sales behind it, counted shelves, suppliers and what they ask."""
        return stock_up(self.folder, (self.folder / LEDGER).parent, self._clock)

    def open_terminal(self) -> str:
        claim(self.plan.web_port, what="the terminal's own page", option="--port")
        self.terminal.power_on()
        return f"pid {self.terminal.pid}, its page on port {self.plan.web_port}"

    def close(self) -> None:
        """Everything in reverse; a second call does no harm."""
        self._stop.set()
        # The terminal first: it says farewell through the broker, and the cloud hears it.
        self.terminal.stop()
        others = [child for child in (self._cloud, self.broker.child if self.broker else None) if child is not None]
        for child in others:
            child.ask_to_stop()
        for child in others:
            child.stop()
        if self._watch.is_alive():
            self._watch.join()
        if self.proxy is not None:
            self.proxy.close()
            self.proxy = None
        self.bench.close()
        self._launcher.close()
        if self._lock_file is not None:
            self._lock_file.close()

    # --- hands and switches ----------------------------------------------------------------------------------------

    def switch(self, name: str, *, on: bool) -> None:
        """Turn one of `SWITCHES`; raises DeviceError when the terminal does not come up."""
        match name:
            case "power" if on:
                self.terminal.power_on(absent=() if self.bench.scanner_plugged else (SCANNER,))
            case "power":
                self.terminal.cut_power()
            case "network":
                self.set_network(up=on)
            case "scanner":
                (self.bench.plug_scanner if on else self.bench.pull_scanner)()
            case "scale":
                self.bench.switch_scale(on=on)
            case "cover" if not on:
                self.bench.close_cover()
            case _:
                self._turn_at_printer(name, on=on)

    def _turn_at_printer(self, name: str, *, on: bool) -> None:
        with self.bench.at_the_printer() as printer:
            match name:
                case "paper":
                    (printer.refill if on else printer.out_of_paper)()
                case "cover":
                    printer.open_cover()
                case "trap":
                    printer.trap_set = on
                case "drawer" if not on:
                    printer.shut_drawer()

    def set_network(self, *, up: bool) -> None:
        if self.proxy is not None:
            (self.proxy.pass_on if up else self.proxy.cut)()

    def press(self, key: str) -> None:
        """A key by its name on the pad; raises ValueError for one that it does not have."""
        self.bench.press(Key(key))

    def show_phone(self, phone: Phone) -> bool:
        """A customer holds it under the scanner; False when nothing reads it."""
        return self.bench.scan(phone.show_code(self._chance))

    def pay_at_wall(self, amount: Fen) -> None:
        """A customer sends money to the shop's own QR code."""
        pay_at_wall(self.cloud_file, TID, amount, self._clock, self._chance)

    def order_in_app(self) -> None:
        order_in_app(self.cloud_file, TID, self._clock, self._chance)

    def fetching_code(self) -> str:
        """Of the oldest order from an app that nobody has fetched; empty: there is none."""
        return fetching_code(self.cloud_file, TID)

    # --- what there is to see --------------------------------------------------------------------------------------

    def unsent(self) -> int:
        """Rows that the cloud has not confirmed, read anew; 0 when there is no ledger yet."""
        try:
            self.balance = self.books.read()
        except (EdgeError, sqlite3.Error):
            return self.balance.unsent  # the files are not there yet, or somebody is at them: what was seen last
        return self.balance.unsent

    def state(self, health: dict[str, Any] | None) -> dict[str, Any]:
        """Everything that the page shows; `health` is the terminal's own word, None while it has none."""
        sale = self.talk.sales[-1] if self.talk.sales else None
        return {
            **self.bench.look(),
            "station": self.station.look(),
            "pid": self.terminal.pid,
            "network": self.proxy is not None and self.proxy.mode is Mode.PASS,
            "link": health["link"] if health else "",
            "prints": {"waiting": health["waiting_prints"], "unknown": health["unknown_prints"]} if health else None,
            "streams": health["positions"] if health else [],
            "voice": [asdict(sentence) for sentence in list(self.talk.sentences)[-SENTENCES_SHOWN:]],
            "sale": asdict(sale) if sale else None,
            "books": asdict(self.balance),
            "cloud": [row_line(row, self.books.number(row.id)) for row in self.books.newest],
            "lines": list(self.talk.lines)[-LINES_SHOWN:],
        }

    def _look_around(self) -> None:
        asked_mono, health = float("-inf"), None
        while not self._stop.wait(LOOK_EVERY_S):
            if self._clock.mono() - asked_mono >= ASK_EVERY_S:
                self.unsent()
                self.station.read()
                health = self.terminal.health() if self.terminal.pid else None
                asked_mono = self._clock.mono()
            self.state_text = json.dumps(self.state(health), ensure_ascii=False)

    def _cloud_said(self, line: str, ready: threading.Event) -> None:
        self._cloud_lines.append(line)
        if line.startswith("ready"):
            ready.set()
