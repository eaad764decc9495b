"""Shops on the disk with sales in them, their backups, and boxes into which those are put."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from hand_clock import HandClock
from shop_bench import Books

from edge.__main__ import main
from edge.clock import iso_ms
from edge.config import load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.keeping import backup_facts, finish_what_was_begun
from edge.messages import ScanData, Started
from edge.model.backup import FoundBackup, MadeBackup
from edge.model.stick import Stick
from edge.outside import Outside
from edge.settings_layers import effective_settings
from edge.store.backup import make_backup
from edge.store.disk import Disk
from edge.store.restore import Machine, stage
from edge.terminal import Terminal

PASSWORD = "sesame-2026-abc"
TID = "T7K3M9Q2"
SETTINGS = """\
[terminal]
tid = "{tid}"
store = "S-00817"
shop_name = "小王便利店"
data_dir = "data"
"""


def write_settings(folder: Path, tid: str = TID, more: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    config = folder / "shop.toml"
    config.write_text(SETTINGS.format(tid=tid) + more, encoding="utf-8")
    return config


def backed_up(folder: Path, password: str = PASSWORD) -> MadeBackup:
    """Of the shop whose settings are in `folder`."""
    clock = HandClock()
    facts = backup_facts(load_settings(folder / "shop.toml"))
    return make_backup(
        folder / "data", folder / "shop.edgebackup", password, facts, at=iso_ms(clock.wall()), chance=Random(5),
        progress=lambda done, of: None,
    )  # fmt: skip


def staged(box: Path, backup: Path, password: str = PASSWORD, tid: str = TID, disk: Disk | None = None) -> FoundBackup:
    machine = Machine(HandClock(), Random(6), disk or Disk())
    return stage(box / "data", backup, password, tid, machine)


COLA, EXACT_CASH = "6900000000014", "ZZ1021"
GOODS = f"gtin,name,price_fen,unit\n{COLA},可口可乐 330ml,350,罐\n"


class Box:
    """A real terminal without threads, that sells."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.folder = folder
        self.sticks: Callable[[], Sequence[Stick]] = tuple
        self.clock = HandClock()
        self.config = write_settings(folder, more=more)
        (folder / "goods.csv").write_text(GOODS, encoding="utf-8")
        assert main(["catalogue", "import", "--config", str(self.config), str(folder / "goods.csv")]) == 0

    def start(self) -> None:
        outside = Outside(clock=self.clock, chance=Random(3), sticks=self.sticks)
        finish_what_was_begun(self.folder / "data", outside)
        self.terminal: Terminal = build(effective_settings(self.config, load_driver), outside)
        self.tell(Started())

    def tell(self, *messages: object) -> None:
        for message in messages:
            self.terminal.bus.post(message)
            self.terminal.bus.run_pending()

    def sell(self, times: int = 1) -> None:
        for _ in range(times):
            for code in (COLA, EXACT_CASH):
                self.clock.pass_s(2)
                self.tell(ScanData("scanner", code, self.clock.mono()))

    def off(self) -> None:
        self.terminal.close()

    @property
    def books(self) -> Books:
        return Books(self.folder / "data" / "ledger.db")
