"""The shop's own data on the page of a terminal that runs: what is changed there, the counter does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from own_page_bench import PASSWORD, Browser

from edge.cli.catalogue import import_catalogue
from edge.clock import SystemClock
from edge.config import load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.messages import ScanData
from edge.services.technician import KeepAccount
from edge.terminal import Terminal
from edge.web.login import hash_pin

SHOP = """\
[terminal]
tid = "T7K3M9Q2"
store = "S-00817"
data_dir = "data"
[web]
bind = "127.0.0.1:0"
"""
COLA = "6901234567892"
GOODS = f"gtin,name,price_fen,unit\n{COLA},可口可乐 500ml,350,瓶\n"
LIMIT_S = 10.0


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    settings, goods = tmp_path / "shop.toml", tmp_path / "goods.csv"
    settings.write_text(SHOP, encoding="utf-8")
    goods.write_text(GOODS, encoding="utf-8")
    assert import_catalogue(str(settings), str(goods)) == 0
    terminal = build(load_settings(settings, load_driver))
    terminal.start()
    thread = threading.Thread(target=terminal.run)
    for name in ("technician", "owner"):
        terminal.bus.post(KeepAccount(name, hash_pin(PASSWORD), "2026-11-27T00:00:00.000Z", own=True))
    thread.start()
    yield terminal
    terminal.stop()
    thread.join()
    terminal.close()


def logged_in(terminal: Terminal, account: str) -> Browser:
    assert terminal.web is not None
    browser = Browser(int(terminal.web.url.rstrip("/").rsplit(":", 1)[1]))
    clock = SystemClock()
    until = clock.mono() + LIMIT_S
    while browser.log_in(account=account).status != 303:
        assert clock.mono() < until
    return browser


def test_a_price_that_is_set_at_the_page_is_what_the_next_scan_costs(terminal: Terminal) -> None:
    browser = logged_in(terminal, "technician")
    (goods,) = browser.get("/api/prices?word=%E5%8F%AF%E4%B9%90").json["goods"]
    assert goods["sku"] == COLA and goods["price_fen"] == 350 and not goods["own"]
    assert "只有店主能这样改" in browser.post("/prices/set", {"sku": COLA, "price": "0.10"}).text
    browser.post("/prices/set", {"sku": COLA, "price": "３.90"})
    assert "价格改好了：3.90 元" in browser.get("/prices").text
    terminal.bus.post(ScanData("scanner", COLA, terminal.clock.mono()))
    clock = SystemClock()
    until = clock.mono() + LIMIT_S
    while not (lines := browser.get("/api/live").json["basket"]["lines"]):
        assert clock.mono() < until
    assert lines[0]["amount_fen"] == 390
    browser.connection.close()


def test_every_page_of_the_shops_data_opens_on_a_shop_that_is_new(terminal: Terminal) -> None:
    browser = logged_in(terminal, "owner")
    for path in (
        "reports",
        "shifts",
        "prices",
        "prices/file",
        "promotions",
        "tabs",
        "parcels",
        "receipt",
        "cards",
        "export",
        "leaves",
    ):
        assert browser.get(f"/{path}").status == 200 and browser.get(f"/api/{path}").status == 200, path
    assert browser.get("/export/goods.csv").text.splitlines()[1] == f"{COLA},可口可乐 500ml,3.50,3.50,,,瓶,,,"
    assert browser.get("/export/lines.csv").text.count("\r\n") == 1
    browser.get("/cards")
    browser.post("/cards/issue", {"role": "owner", "name": "王小姐"})
    assert "这台终端没有这个功能" in browser.get("/cards").text, "there is no printer"
    browser.connection.close()
