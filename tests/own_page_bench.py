"""The terminal's own page on a real socket, over state that a test gives; and a browser that only has cookies."""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from shop_facts_bench import shop_of_one_day
from starlette.types import ASGIApp

from edge.clock import SystemClock
from edge.codec.shop_template import read_template
from edge.config import TABLES
from edge.devices import driver_names, load_driver
from edge.messages import PageOrder
from edge.model.account import Account, Role
from edge.model.backup import FROM_STICK, Keeping
from edge.model.cell import Place, Size
from edge.model.cell_map import CellMap, LockLine
from edge.model.configuration import KeptConfig
from edge.model.counter import Counter
from edge.model.door import Wiring
from edge.model.first_setup import FirstSetup, Heard, Part, Tried
from edge.model.goods_in import GoodsIn
from edge.model.ledger_rows import CommandRow, CompletedSale, PrintJob
from edge.model.network import Hotspot, Network
from edge.model.problem import Problem
from edge.model.slip import Slip
from edge.model.software import Slot
from edge.model.stick import Stick, StickFile, StickSave
from edge.model.takings import Takings
from edge.ports import DeviceState, Snapshot
from edge.store.disk import Disk
from edge.store.given import GOODS_FILE, TEMPLATE_FILE, Given
from edge.store.stick_files import stick_files
from edge.web.album import Album
from edge.web.box import BoxFacts
from edge.web.feed import Feed
from edge.web.goods_facts import GoodsFacts
from edge.web.guard import LOOPBACK_NAMES
from edge.web.login import Gate, hash_pin
from edge.web.look import Look
from edge.web.raw_tap import RawTap
from edge.web.server import Entrance, WebServer
from edge.web.shop_facts import ShopFacts
from edge.web.software import SoftwareFacts
from edge.web.sources import CellFacts, DeviceFacts, KeepFacts, PageSources, PortFacts, SetupFacts
from edge.web.sticks import StickFacts
from edge.web.template_facts import LookedAt, TemplateFacts
from edge.web.terminal_site import terminal_app
from edge.web.words import PageWords, read_page_words

PNG = b"\x89PNG\r\n\x1a\n"
PIN = "8JGP9PRMVS9XR"
PASSWORD = "laoban-2026"
STATE = Snapshot(
    tid="T7K3M9Q2", version="0.1.0", at="2026-11-23T02:14:01.000Z", clk="ok", uptime_s=3.0, ready=True, link="online",
    epoch="01KAQ3Z8F0S7J6W2R9XDBN4V5C", journal_n=7, unsent=2, positions=(("tx", 5, 3),), basket_lines=1, items=43,
    waiting_prints=0, unknown_prints=0, refused_scans=0, refused_messages=0,
    devices=(DeviceState("receipt_printer", "printer_escpos", "paper_out"),),
    troubles=(Problem("device.paper_out", "receipt_printer", "paper_out", "2026-11-23T02:13:00.000Z"),),
)  # fmt: skip
ROW = {"n": 7, "stream": "tx", "seq": 5, "type": "sale.completed", "at": "2026-11-23T02:14:01.000Z", "acked": False}
GIVEN = CommandRow("cid-9", "test.drawer", "failed", "hw.printer_offline", "silent", "technician", STATE.at)
TAKEN = CommandRow("cid-8", "message.show", "done", "", "", "", STATE.at)
LOG = ["2026-11-27T05:14:59.000Z WARNING edge.worker: scale: gone", "2026-11-27T05:14:58.000Z INFO edge: ready"]
WALL = CellMap((Place("B01", 1, "locker_wall", 1, 1, Size.S), Place("B02", 2, "locker_wall", 1, 2, Size.M)))
MANY_DOORS = tuple(Place(f"C{lock:02}", lock, "locker_wall", 1, lock, Size.S) for lock in range(1, 42))
"""More than are offered to be picked."""
TRIED = (
    Tried("receipt_printer", Part.PRINTER), Tried("receipt_printer", Part.DRAWER),
    Tried("counter_scanner", Part.SCANNER), Tried("keypad", Part.KEYPAD), Tried("locker_wall", Part.LOCKER),
)  # fmt: skip
TAKINGS = Takings((("sale", 12, 34_550),))


def cell_facts(wall: CellMap = WALL, **more: Any) -> CellFacts:
    """Two cells on one board of the wall."""
    facts: dict[str, Any] = {
        "wall": lambda: wall, "buses": {"locker_wall": LockLine((1,), Wiring(), 16)}, "setups": dict,
        "mark": lambda one: f"mark-{len(one.places)}", "running": f"mark-{len(wall.places)}",
    }  # fmt: skip
    return CellFacts(**(facts | more))


def port_facts(**more: Any) -> PortFacts:
    """A till whose number the file has, a printer, and nothing that was changed at the page."""
    facts: dict[str, Any] = {
        "kept": KeptConfig, "running": 0, "refused": "", "models": TABLES,
        "values": {"terminal.till": "1", "receipt.footer": ["谢谢"], "terminal.double_read_ms": 400,
                   "terminal.require_shift": False, "terminal.language": "zh-CN",
                   "terminal.time_zone": "Asia/Shanghai", "terminal.day_starts": "04:00"},
        "origins": {}, "devices": {"receipt_printer": {"driver": "printer_escpos", "port": "/dev/usb/lp0"}},
        "drivers": driver_names(), "driver_model": load_driver, "found": tuple,
        "raw": RawTap(lambda: 0.0), "identity": lambda name: "", "remembered": dict,
        "now": lambda: datetime.fromisoformat(STATE.at),
    }  # fmt: skip
    return PortFacts(**(facts | more))


class HandClock(SystemClock):
    """The monotonic clock moves only when a test moves it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0

    def mono(self) -> float:
        return self.now


@dataclass
class OwnPage:
    """`answer` is what the dispatcher would say to each order; `orders` are those that came."""

    state: Snapshot | None = STATE
    accounts: dict[str, Account] = field(default_factory=dict)
    clock: HandClock = field(default_factory=HandClock)
    feed: Feed = field(default_factory=Feed)
    answer: Mapping[str, Any] | None = field(default_factory=lambda: {"state": "done"})
    orders: list[PageOrder] = field(default_factory=list)
    doors: Sequence[Place] = WALL.places
    refused: list[tuple[str | None, str]] = field(default_factory=list)
    tls: bool = False
    ports: PortFacts = field(default_factory=lambda: port_facts())
    cells: CellFacts = field(default_factory=lambda: cell_facts())
    shop: ShopFacts = field(default_factory=shop_of_one_day)
    keeping: Keeping = field(default_factory=Keeping)
    looks_at_once: bool = False
    """The next order has its file looked at."""
    unsaved: int = 0
    custody: int = 0
    folder: Path = Path()
    dropped: list[str] = field(default_factory=list)
    drawn: list[Slip] = field(default_factory=list)
    network: Network | None = None
    slots: Sequence[Slot] | None = None
    hotspot_url: str = ""
    hotspot_kept: Callable[[], Hotspot | None] | None = None
    names: frozenset[str] = frozenset()
    """More hosts under which it may be asked."""
    sold: CompletedSale | None = None
    counter: Counter = field(default_factory=Counter)
    devices: Sequence[DeviceFacts] = (DeviceFacts("receipt_printer", "printer_escpos", "/dev/usb/lp0"),)
    papers: list[tuple[PrintJob, CompletedSale | None]] = field(default_factory=list)

    setup: FirstSetup = field(default_factory=FirstSetup)
    heard: dict[str, Heard] = field(default_factory=dict)
    """By the device."""
    silent: frozenset[str] = frozenset()
    """Devices of which nothing came."""
    goods: GoodsIn = field(default_factory=GoodsIn)
    template: bytes = b"{}"
    looked: LookedAt | None = None
    stick_keys: list[str] = field(default_factory=list)
    """Of templates that were chosen on a stick."""
    sticks: list[Stick] = field(default_factory=list)
    save: StickSave = field(default_factory=StickSave)
    commands: list[CommandRow] = field(default_factory=list)
    sells: bool = True
    """A box in service: nobody is led to its first steps."""

    @property
    def box(self) -> BoxFacts:
        return BoxFacts(
            album=self.album,
            account=self.accounts.get,
            last_sale=lambda: self.sold,
            doubtful_papers=lambda: self.papers,
            network=lambda: self.network,
            addresses=lambda: ("192.168.1.9",),
            hotspot_url=self.hotspot_url,
            hotspot_kept=self.hotspot_kept,
        )

    def __post_init__(self) -> None:
        self.gate = Gate(self.clock, self.accounts.get, lambda name, source: self.refused.append((name, source)))
        self._ids = count(1)
        self.album = Album(self.feed, self.draw, self.run)

    def draw(self, slip: Slip, copy_no: int) -> bytes:
        self.drawn.append(slip)
        return PNG

    def run(self, job: str, work: Callable[[], object]) -> bool:
        work()
        return True

    def order(self, order: PageOrder) -> Mapping[str, Any] | None:
        """As the dispatcher: a password is chosen by who came in with the one that the account has."""
        self.orders.append(order)
        if self.looks_at_once:
            self.keeping, self.looks_at_once = replace(self.keeping, looking=str(order.args["path"])), False
        if order.type == "password.choose":
            assert self.accounts[order.by].hash == order.args["was"]
            self.accounts[order.by] = Account(Role(order.by), order.args["hash"], printed=False)
        return self.answer

    def keep_facts(self) -> KeepFacts:
        return KeepFacts("T7K3M9Q2", lambda: self.keeping, lambda: self.unsaved, self.sink, self.dropped.append,
                         lambda: self.custody)  # fmt: skip

    def template_facts(self) -> TemplateFacts:
        return TemplateFacts(
            lambda: self.template,
            lambda name: Given(self.folder, name, Disk(), TEMPLATE_FILE),
            self.look,
            lambda: self.looked,
        )

    def look(self, path: str) -> None:
        if path.startswith(FROM_STICK):
            self.stick_keys.append(path.removeprefix(FROM_STICK))
            return
        octets = Path(path).read_bytes()
        Path(path).unlink()
        self.looked = LookedAt(hashlib.sha256(octets).hexdigest(), read_template(octets))

    def sink(self, name: str) -> Given:
        return Given(self.folder, name, Disk())

    def files(self, endings: Sequence[str]) -> Sequence[StickFile]:
        return stick_files(self.sticks, endings)

    def app(self) -> ASGIApp:
        sources = PageSources(
            snapshot=lambda: self.state, rows=lambda since: [ROW], counter=lambda: self.counter,
            takings=lambda: TAKINGS,
            settings=[("terminal.tid", "T7K3M9Q2", "shop.toml line 2"), ("terminal.till", '"1"', "shop.toml line 5"),
                      ("devices.receipt_printer.driver", '"printer_escpos"', "shop.toml line 9")],
            devices=self.devices, doors=self.doors,
            metrics=lambda: "edge_q_tx 0\n", order=self.order, broker="mqtts://cloud.example:8883",
            ports=self.ports, cells=self.cells, keep=self.keep_facts(),
            commands=lambda most: [*self.commands, GIVEN, TAKEN],
            log_lines=lambda fits, most: [line for line in LOG if fits(line)],
            shop=self.shop,
            box=self.box,
            setup=SetupFacts(lambda: self.setup, TRIED, lambda: self.sells, self.heard.get, lambda: self.silent),
            software=SoftwareFacts(lambda: "2026-11-20T01:00:00.000Z", lambda: self.slots),
            goods=GoodsFacts(lambda: self.goods, lambda name: Given(self.folder, name, Disk(), GOODS_FILE),
                             self.dropped.append),
            template=self.template_facts(),
            sticks=StickFacts(lambda: self.sticks, self.files, lambda: self.save),
        )  # fmt: skip
        look = Look(PageWords(read_page_words()), tid="T7K3M9Q2", usual="zh-CN", zone=ZoneInfo("Asia/Shanghai"),
                    drivers={one.name: one.driver for one in self.devices})  # fmt: skip
        return terminal_app(
            sources, self.gate, self.feed, look, names=lambda: LOOPBACK_NAMES | {"t7k3m9q2.local"} | self.names,
            new_id=lambda: f"019aadf2-4c02-7c3e-9d51-{next(self._ids):012d}", version="0.1.0", tls=self.tls,
        )  # fmt: skip


def with_pin() -> OwnPage:
    """As after the first start: the PIN is on paper."""
    return OwnPage(accounts={"technician": Account(Role.TECHNICIAN, hashed_once(PIN), printed=True)})


@cache
def hashed_once(pin: str) -> str:
    """Argon2 is meant to take its time, and hundreds of tests log in."""
    return hash_pin(pin)


def with_password(*roles: Role) -> OwnPage:
    hashed = hashed_once(PASSWORD)
    chosen = roles or (Role.TECHNICIAN,)
    return OwnPage(accounts={role.value: Account(role, hashed, printed=False) for role in chosen})


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    headers: http.client.HTTPMessage

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Browser:
    """Keeps cookies, follows nothing, and sends the Origin that a browser would."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.port = port
        self.host = host
        self.connection = http.client.HTTPConnection(host, port, timeout=5)
        self.cookies: dict[str, str] = {}
        self.csrf = ""

    def ask(self, method: str, path: str, body: str | bytes | None = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            named.setdefault("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        self.connection.request(method, path, body, named)
        answer = self.connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, answer.read().decode(), answer.headers)

    def get(self, path: str, **headers: str) -> Answer:
        answer = self.ask("GET", path, **headers)
        if 'name="csrf" value="' in answer.text:
            self.csrf = answer.text.split('name="csrf" value="')[1].split('"')[0]
        return answer

    def picture(self, path: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        self.connection.request("GET", path, headers={"Cookie": f"session={self.cookies.get('session', '')}"})
        answer = self.connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def post(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> Answer:
        origin = {"Origin": f"http://{self.host}:{self.port}"} | headers
        return self.ask("POST", path, urlencode({"csrf": self.csrf} | dict(fields or {})), **origin)

    def log_in(self, password: str = PASSWORD, account: str = "technician") -> Answer:
        answer = self.post("/login", {"account": account, "password": password})
        self.get("/password")
        return answer


@contextmanager
def served(page: OwnPage | None = None) -> Iterator[Browser]:
    server = WebServer(Entrance("127.0.0.1", 0, (page or OwnPage()).app()))
    server.start()
    browser = Browser(server.port)
    try:
        yield browser
    finally:
        browser.connection.close()
        server.stop()
