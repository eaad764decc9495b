"""The daemon itself: a shop receives goods and counts them, and they lie in its ledger after the next start."""

from __future__ import annotations

from pathlib import Path

from counter_bench import COLA, SCANNER
from stock_bench import COUNT, RECEIVE

from edge.clock import SystemClock
from edge.config import load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.messages import Key, KeyPressed, ScanData, Started
from edge.model.counter import Waiting
from edge.terminal import Terminal

SHOP = '[terminal]\ntid = "T7K3M9Q2"\nstore = "S-1"\ndata_dir = "data"\n'


def begin(folder: Path) -> Terminal:
    (folder / "shop.toml").write_text(SHOP)
    terminal = build(load_settings(folder / "shop.toml", load_driver))
    terminal.bus.post(Started())
    terminal.bus.run_pending()
    return terminal


def tell(terminal: Terminal, *told: str | Key) -> None:
    now = SystemClock().mono()
    for number, one in enumerate(told):
        at = now + number
        terminal.bus.post(KeyPressed("pad", one, at) if isinstance(one, Key) else ScanData(SCANNER, one, at))
        terminal.bus.run_pending()


def test_goods_are_received_and_counted_by_the_terminal_as_it_is_built(tmp_path: Path) -> None:
    first = begin(tmp_path)
    tell(first, COUNT, COLA, Key("7"), Key.ENTER, Key.ENTER, Key.ENTER)
    tell(first, RECEIVE, COLA, Key("5"), Key.ENTER)
    first.close()
    second = begin(tmp_path)
    tx = second.ledger.begin(lambda record, tx: None)
    assert (tx.stock.on_hand(COLA), tx.counter.waiting) == (7_000, Waiting.NOTHING)
    tx.rollback()
    tell(second, RECEIVE, Key.ENTER, Key.ENTER)
    tx = second.ledger.begin(lambda record, tx: None)
    assert tx.stock.on_hand(COLA) == 12_000
    tx.rollback()
    second.close()
