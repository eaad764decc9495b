"""A whole shop of real parts: `edge run` and `edge cloud` as processes, devices on ptys and TCP, a person's eyes."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import time, timedelta
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import Any
from urllib.error import HTTPError
from zoneinfo import ZoneInfo

import leashed
from counter_devices import LOOK_AGAIN_S, Devices
from counter_devices import TapedPrinter as TapedPrinter

from edge.__main__ import main
from edge.clock import SystemClock
from edge.codec.basket import read_counter
from edge.model.business_day import business_day
from edge.model.counter import Counter
from edge.reference_cloud.report import CloudReport, CloudRow
from edge.sim.printer import Answers
from edge.store.queries import LedgerQueries

ROOT = Path(__file__).resolve().parent.parent
TID = "T7K3M9Q2"
PATIENCE_S = 20.0
WATER, COLA, NOODLES = "6901234567892", "6900000000014", "6900000000021"
PRICES = {WATER: 200, COLA: 350, NOODLES: 450}
EXACT_CASH = "ZZ1021"
STREAMS = ("pk", "tx", "ev")
ZONE, DAY_STARTS = ZoneInfo("Asia/Shanghai"), time(4)
"""The shop's own: between 20:00 and 24:00 UTC it is a day ahead of UTC."""
EMPTY: Mapping[str, str] = MappingProxyType({})

_GOODS = f"""\
gtin,name,price_fen,unit
{WATER},农夫山泉 550ml,200,瓶
{COLA},可口可乐 330ml,350,罐
{NOODLES},康师傅红烧牛肉面,450,桶
"""
_SETTINGS = """\
[terminal]
tid = "{tid}"
store = "S-00817"
data_dir = "./data"
language = "zh-CN"
time_zone = "Asia/Shanghai"
[cloud]
url = "mqtt://127.0.0.1:{broker_port}"
[web]
bind = "127.0.0.1:{web_port}"
[devices.counter_scanner]
driver = "scanner_serial"
port = "{folder}/scanner"
[devices.receipt_printer]
driver = "printer_escpos"
port = "{printer}"
paper_width_mm = 58
[devices.customer_display]
driver = "line_display"
port = "{folder}/display"
kind = "cd5220"
"""


def until(came: Callable[[], object], what: str, *, patience_s: float = PATIENCE_S) -> None:
    """Wait until `came()` is true; fails with `what` when it does not come in time."""
    deadline, pause = monotonic() + patience_s, threading.Event()
    while not came():
        assert monotonic() < deadline, f"waited {patience_s:.0f} s in vain: {what}"
        pause.wait(LOOK_AGAIN_S)


class Program:
    """`python -m edge …` as a process of its own, one life after the other; its lines, of all lives, go to a file.

    `entry`: another program than edge. `environment`: what it gets beside ours.
    """

    def __init__(
        self, *words: str, log: Path, entry: Sequence[str] = ("-m", "edge"), environment: Mapping[str, str] = EMPTY
    ) -> None:
        self._words = words
        self._log = log
        self._entry = entry
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._born_at = 0
        """Where in the log its present life begins."""

    def start(self, *, ready: str = "ready:") -> None:
        """Returns when it has written a line with `ready` in it."""
        assert self.comes_up(ready=ready), self.text

    def comes_up(self, *, ready: str = "ready:") -> bool:
        """Start it, and wait until it has written a line with `ready` in it; False when it ended instead."""
        with self._log.open("ab") as log:
            self._born_at = log.tell()
            self._process = leashed.start(
                [sys.executable, *self._entry, *self._words], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, env={**os.environ, **self._environment},
            )  # fmt: skip
        until(lambda: self.said_in_this_life(ready) or not self.running, f"{self._words[0]} says {ready}")
        return self.running

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How its last life ended; negative: the signal that ended it; None: it did not."""
        return None if self._process is None else self._process.poll()

    @property
    def text(self) -> str:
        return self._text_from(0)

    def said(self, pattern: str) -> list[str]:
        """Its lines that match."""
        return [line for line in self.text.splitlines() if re.search(pattern, line)]

    def said_in_this_life(self, pattern: str) -> list[str]:
        """Its lines since it was last started that match."""
        return [line for line in self._text_from(self._born_at).splitlines() if re.search(pattern, line)]

    def _text_from(self, offset: int) -> str:
        if not self._log.exists():
            return ""
        with self._log.open("rb") as log:
            log.seek(offset)
            return log.read().decode("utf-8", errors="replace")

    def kill(self) -> None:
        """kill -9; nothing when it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """(exit code, seconds that it took)."""
        assert self._process is not None
        begun = monotonic()
        self._process.send_signal(how)
        try:
            return self._process.wait(PATIENCE_S), monotonic() - begun
        finally:
            self.kill()

    def rss_kb(self) -> int:
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text())
        assert found is not None
        return int(found[1])


class Books:
    """The terminal's ledger as it stands on the disk, read beside the running process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.queries = LedgerQueries(path)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=PATIENCE_S)) as connection:
            return connection.execute(sql).fetchall()

    def journal(self) -> list[dict[str, Any]]:
        return list(self.queries.journal())

    def sales(self) -> list[dict[str, Any]]:
        return [row for row in self.journal() if row["type"] == "sale.completed"]

    @property
    def sold(self) -> int:
        return int(self.rows("SELECT count(*) FROM sale")[0][0])

    @property
    def counter(self) -> Counter:
        found = self.rows("SELECT body FROM counter")
        return read_counter(found[0][0]) if found else Counter()

    @property
    def basket(self) -> int:
        """Standing lines of the open basket."""
        sale = self.counter.sale
        return len(sale.standing) if sale else 0

    def unsent(self, stream: str = "") -> int:
        """Rows of a stream, or of all, that the cloud has not acknowledged."""
        return sum(head - acked for name, head, acked in self.rows("SELECT * FROM pos") if stream in ("", name))

    def original_of(self, sale: str) -> str:
        """The state of the print job of a sale's one original."""
        return str(self.rows(f"SELECT state FROM print_job WHERE copy_no = 0 AND of = '{sale}'")[0][0])

    def epoch(self) -> str:
        return str(self.rows("SELECT v FROM meta WHERE k = 'epoch'")[0][0])


class Shop:
    """Settings, shelves, devices, terminal and cloud in one folder. Nothing runs until it is started."""

    def __init__(
        self, folder: Path, *, broker_port: int, answers: Answers = Answers.FULL, web_port: int = 0,
        entry: Sequence[str] = ("-m", "edge"), environment: Mapping[str, str] = EMPTY,
    ) -> None:  # fmt: skip
        self.folder = folder
        self.config = folder / "shop.toml"
        self.devices = Devices(folder, answers=answers)
        self.books = Books(folder / "data" / "ledger.db")
        self.cloud_file = folder / "cloud.db"
        self.terminal = Program(
            "run", "--config", str(self.config), log=folder / "terminal.log", entry=entry, environment=environment
        )
        self.cloud = Program(
            "cloud", "--url", f"mqtt://127.0.0.1:{broker_port}", "--db", str(self.cloud_file), log=folder / "cloud.log"
        )
        self._broker_port = broker_port
        self._web_port = web_port

    def furnish(self, *, terminal_port: int | None = None) -> None:
        """Plug the devices in, write the settings, fill the shelves. `terminal_port`: its own way to the broker."""
        self.devices.__enter__()
        self.config.write_text(
            _SETTINGS.format(
                tid=TID, broker_port=terminal_port or self._broker_port, web_port=self._web_port, folder=self.folder,
                printer=self.devices.printer_host.url,
            ),
            encoding="utf-8",
        )  # fmt: skip
        self.fill_shelves()

    def fill_shelves(self) -> None:
        """By the command line, as a shopkeeper's helper would; a running terminal takes it up by itself."""
        goods = self.folder / "goods.csv"
        goods.write_text(_GOODS, encoding="utf-8")
        assert main(["catalogue", "import", "--config", str(self.config), str(goods)]) == 0

    def sold_for_weeks(self, *skus: str) -> None:
        """Six pieces of each on every business day before today's, seven counted as left. The terminal is off."""
        today = business_day(SystemClock().wall(), ZONE, DAY_STARTS, None)
        days = [(sku, (today - timedelta(days=back)).isoformat()) for back in range(1, 40) for sku in skus]
        with closing(sqlite3.connect(self.books.path)) as ledger, ledger:
            ledger.executemany("INSERT INTO sales_day VALUES (?, ?, 6000, 0)", days)
            ledger.executemany("INSERT INTO stock(sku, on_hand, sold) VALUES (?, 7000, 0)", [(sku,) for sku in skus])

    def close(self) -> None:
        self.terminal.kill()
        self.cloud.kill()
        self.devices.__exit__()

    def open(self) -> None:
        """Power on, and every device there."""
        self.terminal.start()
        until(self._has_devices, "the terminal has its devices")

    def sell(self, *goods: str) -> str:
        """Scan, pay the exact amount; returns the receipt number."""
        sold = self.books.sold
        for code in goods:
            self.put_in_basket(code)
        self.devices.scan(EXACT_CASH)
        until(lambda: self.books.sold > sold, "the sale is booked")
        return str(self.books.rows("SELECT receipt FROM sale ORDER BY n DESC LIMIT 1")[0][0])

    def put_in_basket(self, code: str) -> None:
        lines = self.books.basket
        self.devices.scan(code)
        until(lambda: self.books.basket > lines, f"{code} is in the basket")

    def synced(self) -> bool:
        return self.books.unsent() == 0

    def cloud_upto(self, stream: str = "tx") -> int:
        """How far the cloud has committed a stream. The terminal's own file learns of it up to a second later."""
        with closing(sqlite3.connect(f"file:{self.cloud_file}?mode=ro", uri=True, timeout=PATIENCE_S)) as connection:
            ((upto,),) = connection.execute("SELECT coalesce(max(upto), 0) FROM lane WHERE stream = ?", (stream,))
        return int(upto)

    def cloud_rows(self) -> list[CloudRow]:
        report = CloudReport(self.cloud_file)
        return [row for stream in STREAMS for row in report.rows(TID, stream)]

    @property
    def page_url(self) -> str:
        """Of the terminal's own page, as it told at its last start."""
        return str(re.findall(r"page (\S+)/", self.terminal.text)[-1])

    def health(self) -> dict[str, Any]:
        """What its own page says."""
        try:
            with urllib.request.urlopen(f"{self.page_url}/health", timeout=PATIENCE_S) as answer:
                return dict(json.load(answer))
        except HTTPError as error:
            with error:  # 503: it is not ready, and says so in the same words
                return dict(json.load(error))

    def device(self, name: str) -> str:
        return next((str(d["state"]) for d in self.health().get("devices", ()) if d["name"] == name), "")

    def _has_devices(self) -> bool:
        devices = self.health().get("devices", ())
        return bool(devices) and all(device["state"] not in ("connecting", "offline") for device in devices)


@contextmanager
def shop_on(
    folder: Path, *, broker_port: int, answers: Answers = Answers.FULL, terminal_port: int | None = None,
    entry: Sequence[str] = ("-m", "edge"), environment: Mapping[str, str] = EMPTY, web_port: int = 0,
) -> Iterator[Shop]:  # fmt: skip
    """A furnished shop; everything of it ends with the block. `entry`, `environment`: of its terminal's process."""
    folder.mkdir(exist_ok=True)
    shop = Shop(
        folder, broker_port=broker_port, answers=answers, entry=entry, environment=environment, web_port=web_port
    )
    try:
        shop.furnish(terminal_port=terminal_port)
        yield shop
    finally:
        shop.close()


def disagreements(shop: Shop) -> list[str]:
    """Where the journal and the cloud differ, row by row; empty when they hold the same, each row once, in order."""
    journal, cloud = shop.books.journal(), shop.cloud_rows()
    found: list[str] = []
    stored = {row.id: row for row in cloud}
    if len(stored) != len(cloud):
        found.append(f"{len(cloud) - len(stored)} rows are doubled in the cloud")
    for row in journal:
        there = stored.pop(row["id"], None)
        if there is None:
            found.append(f"lost: {row['n']} {row['type']}")
        elif _told(row) != _kept(there):
            found.append(f"different: {row['n']}: {_told(row)} became {_kept(there)}")
    found += [f"not of this journal: {row.type} {row.id}" for row in stored.values()]
    for stream in STREAMS:
        ids = [row["id"] for row in journal if row["stream"] == stream]
        if ids != [row.id for row in cloud if row.stream == stream]:
            found.append(f"another order in stream {stream}")
    return found


def _told(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[key] for key in ("stream", "epoch", "seq", "type", "sv", "at", "clk", "boot", "up", "data"))


def _kept(row: CloudRow) -> tuple[Any, ...]:
    return (row.stream, row.epoch, row.seq, row.type, row.sv, row.at, row.clk, row.boot, row.up, row.data)
