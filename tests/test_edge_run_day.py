"""A shop day on real processes, cables and a broker: X, Z, paper, journal and cloud say the same to the fen."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Mosquitto
from shop_bench import COLA, NOODLES, WATER, Shop, disagreements, shop_on, until

from edge.reference_cloud.days import day_lines
from edge.reference_cloud.main import run
from edge.reference_cloud.report import CloudReport
from edge.sim.owner import OWNERS_CARD, hand_out

X_REPORT, DAY_CLOSE, YES = "ZZ1663", "ZZ2011", "ZZ2332"


def papers(shop: Shop, title: str) -> list[str]:
    with shop.devices.printer_host.lock:
        return [slip.text for slip in shop.devices.printer.paper.slips if title in slip.text]


@pytest.mark.slow
def test_a_day_ends_once_on_paper_in_the_journal_and_in_the_cloud(broker: Mosquitto, tmp_path: Path) -> None:
    with shop_on(tmp_path / "shop", broker_port=broker.port) as shop:
        hand_out(shop.folder / "data", datetime(2026, 11, 23, tzinfo=UTC))
        shop.open()
        shop.sell(WATER, COLA)
        shop.devices.scan(X_REPORT)
        until(lambda: papers(shop, "今日报告"), "the X report is on paper")
        shop.terminal.kill()
        shop.open()
        shop.sell(NOODLES)
        shop.devices.scan(OWNERS_CARD.text)
        until(lambda: shop.terminal.said("店主"), "the owner's card opens what is the owner's")
        shop.devices.scan(DAY_CLOSE)
        until(lambda: shop.terminal.said("日结？"), "it asks whether the day shall end")
        shop.devices.scan(YES)
        until(lambda: papers(shop, "日结单"), "the Z report is on paper")
        shop.sell(WATER)
        shop.cloud.start()
        until(shop.synced, "the cloud has all")
        (z,) = [row["data"] for row in shop.books.journal() if row["type"] == "report.z"]
        assert disagreements(shop) == []
        lines = [(line.what, line.sales, line.fen, line.wrong) for line in day_lines(CloudReport(shop.cloud_file))]
    assert (z["no"], z["sales"], z["total"], z["pay"]) == (1, 2, 1_000, [{"m": "cash", "n": 2, "amt": 1_000}])
    assert "￥5.50" in papers(shop, "今日报告")[0] and "￥10.00" in papers(shop, "日结单")[0]
    assert lines == [("shift", 2, 1_000, ()), ("Z 1", 2, 1_000, ())]
    assert run(["report", "--db", str(shop.cloud_file)]) == 0
