"""The real terminal, from files: goods and offers imported, four weeks sold, the slip printed, confirmed, placed."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hand_clock import HandClock

from edge.__main__ import main
from edge.codec.command_card import OwnSlip, SlipKind, card_code, slip_code
from edge.config import load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.messages import ScanData, Started
from edge.model.purchase import PurchaseState, slip_number
from edge.outside import Outside
from edge.terminal import Terminal

SHOP = """
[terminal]
tid = "T7K3M9Q2"
shop_name = "小店"
store = "S-1"
data_dir = "./data"
language = "zh-CN"
time_zone = "Asia/Shanghai"

[platforms]
active = ["alibaba", "china_post"]
"""
COLA, NOODLES = "6901234567892", "6901234567885"
GOODS = f"gtin,name,price_fen,unit\n{COLA},可乐 330ml,350,罐\n{NOODLES},方便面,450,桶\n"
OFFERS = (
    "supplier,gtin,pack,cost_fen,lead_days,discount_fen\n"
    f"LST,{COLA},24,4800,2,0\nULE,{COLA},24,4700,3,0\nLST,{NOODLES},12,3700,2,100\n"
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "shop.toml"
    path.write_text(SHOP)
    (tmp_path / "goods.csv").write_text(GOODS)
    (tmp_path / "offers.csv").write_text(OFFERS)
    return path


def started(config: Path, clock: HandClock) -> Terminal:
    terminal = build(load_settings(config, load_driver), Outside(clock=clock))
    terminal.bus.post(Started())
    terminal.bus.run_pending()
    return terminal


def scan(terminal: Terminal, clock: HandClock, *texts: str) -> None:
    for text in texts:
        clock.pass_s(1.0)
        terminal.bus.post(ScanData("counter_scanner", text, clock.mono_s))
        terminal.bus.run_pending()


def sold_for_weeks(terminal: Terminal, today: date) -> None:
    tx: Any = terminal.ledger.begin(lambda record, tx: None)
    for back in range(1, 40):
        day = (today - timedelta(days=back)).isoformat()
        tx._write("INSERT INTO sales_day VALUES (?, ?, ?, 0)", (COLA, day, 6_000))
        tx._write("INSERT INTO sales_day VALUES (?, ?, ?, 0)", (NOODLES, day, 2_000))
    for sku, pieces in ((COLA, 30), (NOODLES, 10)):
        tx._write("INSERT OR REPLACE INTO stock(sku, on_hand, sold) VALUES (?, ?, 0)", (sku, pieces * 1_000))
    tx.commit()


def orders(terminal: Terminal) -> list[Any]:
    tx: Any = terminal.ledger.begin(lambda record, tx: None)
    found = list(tx.purchases.in_states(tuple(PurchaseState)))
    tx.rollback()
    return found


def test_the_card_proposes_what_the_shops_files_say(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = config.parent
    assert main(["catalogue", "import", "--config", str(config), str(folder / "goods.csv")]) == 0
    assert main(["offers", "import", "--config", str(config), str(folder / "offers.csv")]) == 0
    assert capsys.readouterr().out.endswith("3 offers, file 1, used from the next suggestion slip on\n")
    clock = HandClock()
    terminal = started(config, clock)
    try:
        propose(terminal, clock)
    finally:
        terminal.close()


def propose(terminal: Terminal, clock: HandClock) -> None:
    sold_for_weeks(terminal, clock.wall().date())
    scan(terminal, clock, card_code(173))
    found = {order.supplier: order for order in orders(terminal)}
    # Cola costs 94.00 for 48 and 8.00 of delivery there, 48.00 for 24 and four sevenths of 15.00 here.
    skus = {name: [line.sku for line in order.lines] for name, order in found.items()}
    assert skus == {"ULE": [COLA], "LST": [NOODLES]}
    order = found["LST"]
    assert order.lines[0].cost == 3_600, "3700, less a discount of 100"
    scan(terminal, clock, slip_code(OwnSlip(SlipKind.PURCHASE, slip_number(order.number, 1))))
    assert {one.supplier: one.state for one in orders(terminal)}["LST"] is PurchaseState.EDITED


def test_offers_of_goods_that_nobody_knows_are_named(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = config.parent
    offers = ["offers", "import", "--config", str(config), str(folder / "offers.csv")]
    assert main(offers) == 0
    assert "not in the catalogue" not in capsys.readouterr().out, "there is none yet"
    assert main(["catalogue", "import", "--config", str(config), str(folder / "goods.csv")]) == 0
    with (folder / "offers.csv").open("a") as file:
        file.write("".join(OFFERS.splitlines(keepends=True)[1:2]).replace(COLA, "6900000000007"))
    assert main(offers) == 0
    assert "1 of them not in the catalogue: 06900000000007" in capsys.readouterr().out


def test_a_wrong_file_of_offers_changes_nothing(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = config.parent
    assert main(["offers", "import", "--config", str(config), str(folder / "offers.csv")]) == 0
    (folder / "wrong.csv").write_text(OFFERS.replace("ULE,", "JD_SUPPLY,").replace(",3700,", ",37.00,"))
    assert main(["offers", "import", "--config", str(config), str(folder / "wrong.csv")]) == 2
    told = capsys.readouterr().err
    assert "line 3, column supplier" in told
    assert "line 4, column cost_fen" in told
    assert main(["offers", "import", "--config", str(config), str(folder / "none.csv")]) == 2
    terminal = started(config, HandClock())
    tx: Any = terminal.ledger.begin(lambda record, tx: None)
    assert (tx.supplier_offers.version(), len(tx.supplier_offers.of(COLA, f"0{COLA}"))) == (1, 2)
    tx.rollback()
    terminal.close()
