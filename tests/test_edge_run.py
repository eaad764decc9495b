"""`edge run` with a pty as scanner, a TCP socket as printer, a pty as display and a real mosquitto: it sells."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from broker_ear import Ear
from conftest import Mosquitto
from shop_bench import COLA, EXACT_CASH, NOODLES, ROOT, TID, WATER, Shop, disagreements, shop_on, until

from edge.__main__ import main
from edge.codec.sale_bodies import SaleCompletedBody
from edge.codec.topics import Topics
from edge.codec.wire import read_up
from edge.codec.wire_up import Batch, Event
from edge.sim.printer import Answers

DRAWER_PULSE = bytes.fromhex("1b70003232")
STOP_S = 2.0
RETRY_S = 60.0
"""Back-off is by chance: after a second failure up to 16 s."""
COMMANDS = re.compile(rb"\x1b[@2]|\x1b[!aEGdMt-].|\x1c[&.]|\x1cW.|\x1d[!BhwHf].|\x1dV[\x00\x01]|\x1dV[AB].", re.DOTALL)
"""What a receipt needs of ESC/POS, as its manuals give it; for a reader of five lines that shares nothing with ours."""


@pytest.fixture
def shop(broker: Mosquitto, tmp_path: Path) -> Iterator[Shop]:
    """Everything but power: terminal and cloud are off."""
    with shop_on(tmp_path / "shop", broker_port=broker.port) as shop:
        yield shop


def test_three_goods_paid_in_cash_reach_paper_drawer_display_and_cloud(
    shop: Shop, broker: Mosquitto, capsys: pytest.CaptureFixture[str]
) -> None:
    with Ear(broker.port) as ear:
        shop.cloud.start()
        shop.open()
        for code, line in ((WATER, "1 x 2.00"), (COLA, "1 x 3.50"), (NOODLES, "1 x 4.50")):
            shop.devices.scan(code)
            until(partial(shows, shop, line), f"the display shows {line}")
        until(lambda: shop.devices.shown[1].split() == ["TOTAL", "10.00"], "the display shows the total")
        assert shop.devices.pulses == 0
        shop.devices.scan(EXACT_CASH)
        until(lambda: shop.devices.shown[1].split() == ["CHANGE", "0.00"], "the display shows the change")
        until(lambda: len(shop.devices.slips) == 1, "the receipt is cut off")
        until(shop.synced, "the outbox is empty")
        batches = ear.payloads("/up/tx")

    receipt = shop.books.sales()[0]["data"]["receipt"]
    check_paper(shop, receipt)
    check_batches(shop, batches)
    sale = next(row for row in shop.cloud_rows() if row.type == "sale.completed")
    assert (sale.data["receipt"], sale.data["total"]) == (receipt, 1000)
    assert disagreements(shop) == []
    check_journal(shop, capsys)
    assert shop.books.original_of(sale.id) == "printed"
    assert shop.books.rows("SELECT why, state FROM drawer_kick") == [("sale", "done")]


def shows(shop: Shop, line: str) -> bool:
    return shop.devices.shown[0].strip() == line


def check_paper(shop: Shop, receipt: str) -> None:
    """By our paper, and by a reader that knows nothing of ours."""
    slip = shop.devices.slips[0]
    for word in ("农夫山泉 550ml", "可口可乐 330ml", "康师傅红烧牛肉面", receipt):
        assert word in slip.text
    assert not slip.is_copy
    assert shop.devices.printer.paper.trouble_count == 0
    assert shop.devices.tape.count(DRAWER_PULSE) == 1
    assert shop.devices.pulses == 1
    after_pulse = shop.devices.tape.partition(DRAWER_PULSE)[2]
    plain = COMMANDS.sub(b"", after_pulse).decode("gb18030", errors="replace")
    for line in (f"单号 {receipt}", "农夫山泉 550ml", "2.00", "康师傅红烧牛肉面", "￥10.00", "现金"):
        assert line in plain


def check_batches(shop: Shop, batches: list[bytes]) -> None:
    """Each is what the contract's own models say it is, and together they are the journal's stream."""
    events: list[Event] = []
    for octets in batches:
        tid, _, head = read_up(Topics(), f"stores/v1/{TID}/up/tx", octets)
        assert tid == TID
        batch = Batch.model_validate(head.model_dump())
        assert [event.seq for event in batch.evs] == list(range(batch.base, batch.base + batch.n))
        events += batch.evs
    journal = [row for row in shop.books.journal() if row["stream"] == "tx"]
    assert [(event.seq, event.id, event.type) for event in events] == [(r["seq"], r["id"], r["type"]) for r in journal]
    sale = next(event for event in events if event.type == "sale.completed")
    body = SaleCompletedBody.model_validate(sale.data)
    assert [(line.sku, line.qty, line.amt) for line in body.lines] == [
        (WATER, "1", 200), (COLA, "1", 350), (NOODLES, "1", 450)
    ]  # fmt: skip
    assert sum(payment.amt for payment in body.pay) == body.total == 1000


def check_journal(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """`edge journal` prints what the cloud holds, row by row, and says that it does."""
    capsys.readouterr()
    assert main(["journal", "--config", str(shop.config)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["n"] for row in rows] == list(range(1, len(rows) + 1))
    stored = {(row.stream, row.epoch, row.seq, row.id) for row in shop.cloud_rows()}
    assert {(row["stream"], row["epoch"], row["seq"], row["id"]) for row in rows} == stored
    assert all(row["acked"] for row in rows)


@pytest.mark.slow
def test_it_sells_without_a_broker_and_syncs_when_one_comes(broker: Mosquitto, shop: Shop) -> None:
    broker.kill()
    shop.open()
    shop.sell(WATER, NOODLES)
    until(lambda: len(shop.devices.slips) == 1, "the receipt is printed without a cloud")
    assert shop.books.unsent("tx") == 2, "the shift and its first sale"
    assert shop.books.sales()[0]["data"]["offline"] is True
    broker.start()
    shop.cloud.start()
    shop.sell(COLA)
    until(lambda: shop.books.unsent("tx") == 0, "the sales are acknowledged", patience_s=RETRY_S)
    stored = [(row.seq, row.data["receipt"]) for row in shop.cloud_rows() if row.type == "sale.completed"]
    assert stored == [(sale["seq"], sale["data"]["receipt"]) for sale in shop.books.sales()]


def test_a_planned_stop_says_sleep_and_the_will_stays_silent(shop: Shop, broker: Mosquitto) -> None:
    with Ear(broker.port) as ear:
        shop.cloud.start()
        shop.open()
        shop.sell(WATER)
        until(lambda: shop.books.unsent("tx") == 0, "the sale is acknowledged")
        code, seconds = shop.terminal.stop(signal.SIGTERM)
        assert (code, seconds < STOP_S) == (0, True), f"exit {code} after {seconds:.1f} s"
        until(lambda: states(ear)[-1] == "sleep", "the broker tells of the stop")
        assert states(ear) == ["online", "sleep"]
    with Ear(broker.port) as later:
        until(lambda: later.heard, "the last status is retained")
        topic, _, retained = later.heard[0]
        assert (topic, retained) == (f"stores/v1/{TID}/up/status", True)
        assert states(later) == ["sleep"]


def states(ear: Ear) -> list[object]:
    return [message["state"] for message in ear.messages("/up/status")]


def test_a_power_cut_between_scans_keeps_the_basket(shop: Shop) -> None:
    shop.open()
    shop.sell(NOODLES)
    for code in (WATER, COLA):
        shop.put_in_basket(code)
    shop.terminal.kill()
    shop.open()
    until(lambda: shop.devices.shown[1].split() == ["TOTAL", "5.50"], "the display shows the same basket")
    assert shop.terminal.said("voice: sys.power")
    shop.devices.scan(EXACT_CASH)
    until(lambda: shop.books.sold == 2, "the sale is booked")
    assert [sale["data"]["total"] for sale in shop.books.sales()] == [450, 550]
    assert main(["journal", "--config", str(shop.config), "--verify"]) == 0


@pytest.mark.slow
def test_a_silent_printer_prints_once_and_its_job_is_unknown(broker: Mosquitto, tmp_path: Path) -> None:
    with shop_on(tmp_path / "shop", broker_port=broker.port, answers=Answers.SILENT) as shop:
        shop.terminal.start()
        until(lambda: shop.device("receipt_printer") == "unknown", "the printer is found to be silent")
        receipt = shop.sell(WATER)
        until(lambda: len(shop.devices.slips) == 1, "the receipt is printed all the same")
        until(lambda: shop.books.original_of(shop.books.sales()[0]["id"]) == "unknown", "nobody says that it was")
        assert [receipt in slip.text for slip in shop.devices.slips] == [True]
        assert shop.devices.pulses == 1


def test_a_pulled_scanner_is_one_line_and_sells_after_it_is_plugged_in(shop: Shop) -> None:
    shop.open()
    shop.sell(WATER)
    shop.devices.scanner_host.pull()
    until(lambda: shop.device("counter_scanner") == "offline", "the page says that the scanner is gone")
    before = len(shop.terminal.said("counter_scanner: (?!open)"))
    shop.devices.scanner_host.plug()
    until(lambda: shop.device("counter_scanner") == "ready", "the page says that the scanner is back")
    shop.sell(COLA)
    assert before == len(shop.terminal.said("counter_scanner: (?!open)")) == 1


def test_a_wrong_settings_line_is_named_with_its_file_and_line(shop: Shop) -> None:
    text = shop.config.read_text().replace("language =", "langage =")
    shop.config.write_text(text)
    number = text.splitlines().index('langage = "zh-CN"') + 1
    code, said = edge_run(shop)
    assert code == 2
    assert f"{shop.config} line {number}:" in said
    assert "did you mean" in said
    assert "language" in said


def edge_run(shop: Shop) -> tuple[int, str]:
    """A start that fails: its exit code and all that it wrote."""
    ended = subprocess.run(
        [sys.executable, "-m", "edge", "run", "--config", str(shop.config)],
        cwd=ROOT, capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    return ended.returncode, ended.stdout + ended.stderr
