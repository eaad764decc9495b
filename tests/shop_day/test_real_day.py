"""The shop day on real parts: processes, a broker, drivers on ptys and TCP. All books agree to the fen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from conftest import Mosquitto
from day_end import day_end, quarrels
from day_hands import Hands
from day_paper import rows_missing
from day_play import Played, calm_day
from day_script import Script, read_script
from day_shop import DayShop, RealStage, day_shop
from shop_bench import disagreements, until

from edge.model.money import yuan
from edge.reference_cloud.days import day_lines
from edge.reference_cloud.main import run
from edge.reference_cloud.report import CloudReport

REST_S = 120.0
"""The last back-off and the last paper."""
ORIGINAL_LOST = 1
"""The cover is opened in the middle of a receipt: the till knows that it does not know."""
_RECEIPT = re.compile(r"单号 (\S+)")


@pytest.mark.chaos
def test_journal_reports_stock_paper_and_cloud_agree_to_the_fen(broker: Mosquitto, tmp_path: Path) -> None:
    calm, script = calm_day(), read_script()
    with day_shop(tmp_path / "shop", script, broker) as shop:
        stage = RealStage(shop)
        hands = Hands(script, stage, calm.tape)
        hands.play()
        until(lambda: stage.eyes.unsent() == 0, "the cloud has all", patience_s=REST_S)
        until(lambda: stage.eyes.papers_waiting() == 0, "all is printed", patience_s=REST_S)
        assert hands.unsaid == []
        assert shop.devices.speaker.played > 0
        assert quarrels(stage.eyes, shop.cloud_file) == []
        assert day_end(stage.eyes, shop.cloud_file) == calm_end(calm, stage, shop)
        assert disagreements(shop) == []
        assert [line.wrong for line in day_lines(CloudReport(shop.cloud_file))] == [(), (), ()]
        assert run(["report", "--db", str(shop.cloud_file)]) == 0
        the_paper_is_right(shop, script)


def calm_end(calm: Played, stage: RealStage, shop: DayShop) -> object:
    """As in calm, but of today."""
    ours, theirs = calm.end, day_end(stage.eyes, shop.cloud_file)
    dates = {key: theirs.z[key] for key in ("bday", "first", "last")}
    return type(ours)(ours.booked, ours.sold, ours.tenders, ours.stock, {**ours.z, **dates}, ours.charged)


def the_paper_is_right(shop: DayShop, script: Script) -> None:
    (x,), (z,) = shop.papers("今日报告"), shop.papers("日结单")
    noon = next(n for n, deal in enumerate(script.deals) if deal.kind == "X report")
    assert rows_missing(x, [one for deal in script.deals[:noon] for one in deal.gives]) == []
    assert rows_missing(z, [one for deal in script.deals for one in deal.gives]) == []
    receipts = totals_on_paper(shop.papers("单号"))
    sold = {body["receipt"]: yuan(body["total"]) for body in bodies_of_money(shop)}
    assert receipts.keys() <= sold.keys()
    assert len(sold.keys() - receipts.keys()) <= ORIGINAL_LOST
    assert {receipt: total for receipt, total in sold.items() if receipt in receipts} == receipts


def bodies_of_money(shop: DayShop) -> list[dict[str, Any]]:
    kinds = ("sale.completed", "sale.refunded", "sale.voided")
    return [row["data"] for row in shop.books.journal() if row["type"] in kinds]


def totals_on_paper(papers: list[str]) -> dict[str, str]:
    """Of each receipt and refund slip its number and total."""
    found: dict[str, str] = {}
    for paper in papers:
        number, total = _RECEIPT.search(paper), re.search(r"(?:合计|退款|冲正)\s*￥(-?[\d.]+)", paper)
        assert number is not None and total is not None, paper
        found[number[1]] = total[1]
    return found
