"""The shop of the day of real parts: `edge run` and `edge cloud` as processes, a broker, drivers on ptys and TCP."""

from __future__ import annotations

import csv
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from conftest import Mosquitto
from counter_devices import WholeCounter
from day_eyes import Eyes, View
from day_script import Script
from day_settings import promotions_toml, shop_toml
from shop_bench import TID, Shop, until

from edge.__main__ import main
from edge.messages import Key
from edge.sim.counter.addresses import free_port
from edge.sim.fault_proxy import FaultProxy
from edge.sim.owner import hand_out

APART_S = 0.45
"""The same code sooner after it was seen to count is a double read."""
CALM_S = 0.85
"""A question is answered no sooner: a press that bounced would not count either."""
TAP_S = 0.08
PRINTER_S = 5.0
"""A receipt and the pulse behind it; without paper neither ever comes."""
NAMES = {"scanner": "counter_scanner", "keypad": "pad", "printer": "receipt_printer", "display": "customer_display",
         "scale": "scale"}  # fmt: skip
_SPOKEN = re.compile(r"edge\.voice: (\S+) ")
_COLUMNS = ("gtin", "name", "price_fen", "unit", "sku", "weighed", "plu", "dept", "age", "free_gift")


class DayShop(Shop):
    """See `Shop`; all devices are there, and the line to the broker can be cut."""

    devices: WholeCounter

    def __init__(self, folder: Path, script: Script, broker: Mosquitto) -> None:
        super().__init__(folder, broker_port=broker.port)
        self.devices = WholeCounter(folder)
        self.proxy = FaultProxy("127.0.0.1", broker.port, port=free_port())
        self._script = script

    def furnish(self, *, terminal_port: int | None = None) -> None:
        self.devices.__enter__()
        self.proxy.start()
        devices, folder = self.devices, self.folder
        ports = {name: str(folder / name) for name in ("scanner", "keypad", "display", "scale")}
        speaker = f'[devices.loudspeaker]\ndriver = "speaker"\nport = "{devices.speaker_host.url}"\nvoice = "tone"\n'
        more = f'[web]\nbind = "127.0.0.1:0"\n{speaker}'
        ports["printer"] = devices.printer_host.url
        self.config.write_text(
            shop_toml(TID, broker_port=self.proxy.port, names=NAMES, ports=ports, poll_s=1, more=more),
            encoding="utf-8",
        )  # fmt: skip
        (folder / "promotions.toml").write_text(promotions_toml(self._script), encoding="utf-8")
        hand_out(folder / "data", datetime.now(UTC))
        self.fill_shelves()

    def fill_shelves(self) -> None:
        file = self.folder / "goods.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            table = csv.DictWriter(out, _COLUMNS)
            table.writeheader()
            for goods in self._script.goods.values():
                gtin = goods.code if goods.has_barcode else ""
                price = "" if goods.fen is None else goods.fen
                more = {key: int(value) if isinstance(value, bool) else value for key, value in goods.more.items()}
                table.writerow({"gtin": gtin, "sku": goods.code, "name": goods.name, "price_fen": price} | more)
        assert main(["catalogue", "import", "--config", str(self.config), str(file)]) == 0

    def close(self) -> None:
        super().close()
        self.proxy.close()

    def papers(self, title: str) -> list[str]:
        """The text of each slip with these words, the oldest first."""
        with self.devices.printer_host.lock:
            return [slip.text for slip in self.devices.printer.paper.slips if title in slip.text]


@contextmanager
def day_shop(folder: Path, script: Script, broker: Mosquitto) -> Iterator[DayShop]:
    """Furnished, cloud and terminal up, the terminal welcomed; all of it ends with the block."""
    folder.mkdir()
    shop = DayShop(folder, script, broker)
    try:
        shop.furnish()
        shop.cloud.start()
        shop.open()
        until(lambda: shop.health().get("link") == "online", "it is welcomed")
        yield shop
    finally:
        shop.close()


class RealStage:
    """See `Stage`. No power is cut, and the clock is the world's: nobody waits for an hour of the script."""

    look_s = 0.02

    def __init__(self, shop: DayShop) -> None:
        self.eyes = Eyes(shop.books.path)
        self.cuts = 0
        self._shop = shop
        self._pause = threading.Event()
        self._last = ""
        self._asked_view = View()
        """The question that somebody took their time for."""
        self._prompts: Counter[str] = Counter()
        self._read = 0

    def scan(self, code: str) -> None:
        if self._last == code:
            self.pass_s(APART_S)
        self._calm()
        self._shop.devices.scan(code)
        self._last = code

    def press(self, key: Key) -> None:
        self._calm()
        self._shop.devices.press(key)
        self.pass_s(TAP_S)

    def weigh(self, grams: int) -> None:
        self._shop.devices.weigh(grams)
        self.pass_s(CALM_S)

    def paper(self, *, there: bool) -> None:
        with self._shop.devices.printer_host.lock:
            printer = self._shop.devices.printer
            printer.refill() if there else printer.out_of_paper()

    def cover(self, *, shut: bool) -> None:
        with self._shop.devices.printer_host.lock:
            printer = self._shop.devices.printer
            printer.close_cover() if shut else printer.open_cover()

    def network(self, *, up: bool) -> None:
        if up:
            self._shop.proxy.pass_on()
        else:
            self._shop.proxy.cut()

    def shut_drawer(self) -> None:
        """Once it is known to be open: no hand is quicker."""
        self._wait_while(self.eyes.pulses_waiting)
        with self._shop.devices.printer_host.lock:
            self._shop.devices.printer.drawer.shut()

    def is_online(self) -> bool:
        return self._shop.health().get("link") == "online"

    def said(self, prompt: str = "") -> int:
        self._hear()
        return self._prompts[prompt] if prompt else self._prompts.total()

    def pass_s(self, seconds: float) -> None:
        self._pause.wait(seconds)

    def until_clock(self, at_s: int) -> None:
        """Time is compressed by not waiting, but for what is being printed: minutes go by for the shop."""
        self._wait_while(self.eyes.papers_waiting)

    def wake(self) -> None:
        """It is on."""

    def _wait_while(self, busy: Callable[[], int]) -> None:
        until_mono = monotonic() + PRINTER_S
        while busy() and monotonic() < until_mono:
            self.pass_s(self.look_s)

    def _calm(self) -> None:
        """Hands take their time after a question of the till; `pass_s` brought its answer."""
        view = self.eyes.view()
        if view.waiting or view.state == "subtotal":
            self.pass_s(CALM_S if view != self._asked_view else 0.0)
            self._asked_view = view

    def _hear(self) -> None:
        """What the terminal's log has of its words since the last look."""
        with (self._shop.folder / "terminal.log").open("rb") as log:
            log.seek(self._read)
            text = log.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.decode("utf-8", errors="replace").splitlines():
            found = _SPOKEN.search(line)
            if found is not None:
                self._prompts[found[1]] += 1
