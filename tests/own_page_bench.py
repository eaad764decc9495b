"""The terminal's own page on a real socket, over state that a test gives; and a browser that only has cookies."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.types import ASGIApp

from edge.clock import SystemClock
from edge.messages import PageOrder
from edge.model.account import Account, Role
from edge.model.ledger_rows import CommandRow
from edge.model.problem import Problem
from edge.model.takings import Takings
from edge.ports import DeviceState, Snapshot
from edge.web.feed import Feed
from edge.web.guard import LOOPBACK_NAMES
from edge.web.login import Gate, hash_pin
from edge.web.look import Look
from edge.web.server import WebServer
from edge.web.sources import DeviceFacts, PageSources
from edge.web.terminal_site import terminal_app
from edge.web.words import PageWords, read_page_words

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
TAKINGS = Takings((("sale", 12, 34_550),))


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
    refused: list[tuple[str | None, str]] = field(default_factory=list)
    tls: bool = False

    def __post_init__(self) -> None:
        self.gate = Gate(self.clock, self.accounts.get, lambda name, source: self.refused.append((name, source)))
        self._ids = count(1)

    def order(self, order: PageOrder) -> Mapping[str, Any] | None:
        """As the dispatcher: a password is chosen by who came in with the one that the account has."""
        self.orders.append(order)
        if order.type == "password.choose":
            assert self.accounts[order.by].hash == order.args["was"]
            self.accounts[order.by] = Account(Role(order.by), order.args["hash"], printed=False)
        return self.answer

    def app(self) -> ASGIApp:
        sources = PageSources(
            snapshot=lambda: self.state, rows=lambda since: [ROW], sale=lambda: None, takings=lambda: TAKINGS,
            settings=[("terminal.tid", "T7K3M9Q2", "shop.toml line 2")],
            devices=[DeviceFacts("receipt_printer", "printer_escpos", "/dev/usb/lp0")], doors=["B01", "B02"],
            metrics=lambda: "edge_q_tx 0\n", order=self.order, broker="mqtts://cloud.example:8883",
            commands=lambda most: [GIVEN, TAKEN], log_lines=lambda fits, most: [line for line in LOG if fits(line)],
        )  # fmt: skip
        look = Look(PageWords(read_page_words()), tid="T7K3M9Q2", usual="zh-CN", zone=ZoneInfo("Asia/Shanghai"))
        return terminal_app(
            sources, self.gate, self.feed, look, names=lambda: LOOPBACK_NAMES | {"t7k3m9q2.local"},
            new_id=lambda: f"019aadf2-4c02-7c3e-9d51-{next(self._ids):012d}", version="0.1.0", tls=self.tls,
        )  # fmt: skip


def with_pin() -> OwnPage:
    """As after the first start: the PIN is on paper."""
    return OwnPage(accounts={"technician": Account(Role.TECHNICIAN, hash_pin(PIN), printed=True)})


def with_password(*roles: Role) -> OwnPage:
    hashed = hash_pin(PASSWORD)
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

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
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

    def post(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> Answer:
        origin = {"Origin": f"http://127.0.0.1:{self.port}"} | headers
        return self.ask("POST", path, urlencode({"csrf": self.csrf} | dict(fields or {})), **origin)

    def log_in(self, password: str = PASSWORD, account: str = "technician") -> Answer:
        answer = self.post("/login", {"account": account, "password": password})
        self.get("/password")
        return answer


@contextmanager
def served(page: OwnPage | None = None) -> Iterator[Browser]:
    server = WebServer("127.0.0.1", 0, (page or OwnPage()).app())
    server.start()
    browser = Browser(int(server.url.rsplit(":", 1)[1].rstrip("/")))
    try:
        yield browser
    finally:
        browser.connection.close()
        server.stop()
