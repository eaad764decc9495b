"""Tomorrow's order behind the evening's paper: a barcode a line, without a word over the summary (product row 93)."""

from __future__ import annotations

from pathlib import Path

from counter_bench import COLA
from purchase_bench import SUGGEST, PurchaseBench, Shelves, slip_of

from edge.codec.command_card import card_code
from edge.messages import ScanData
from edge.model.purchase import PurchaseState

REPORT, SCANNER = card_code(166), "counter_scanner"


def titles(shop: PurchaseBench) -> list[str]:
    """In no order: on the hand's clock both are of one millisecond."""
    return sorted(next(text for text in paper if text in ("今日报告", "补货建议")) for paper in shop.papers())


def test_what_runs_out_is_proposed_behind_the_report_and_each_line_can_be_scanned(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    shop.card(REPORT)
    assert titles(shop) == ["今日报告", "补货建议"]
    assert shop.prompts[-1] == "day.report", "the summary is not cut off"
    order = shop.order()
    assert order.state is PurchaseState.PROPOSED and slip_of(order, 1) in shop.paper_with("补货建议")
    shop.scan_slip(order, 1)
    assert shop.order().state is PurchaseState.EDITED and len(shop.order().taken) == 1


def test_where_nothing_runs_out_the_report_stands_alone(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path, shelves=Shelves({COLA: 1}, {COLA: 500}))
    shop.card(REPORT)
    assert titles(shop) == ["今日报告"] and shop.orders() == []


def test_a_slip_that_somebody_is_at_is_printed_as_it_stands(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    order = shop.suggested()
    shop.scan_slip(order, 1)
    shop.card(REPORT)
    assert titles(shop) == ["今日报告", "补货建议", "补货建议"]
    assert shop.order().id == order.id


def test_a_power_cut_between_them_leaves_the_report_and_the_card_brings_the_order(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path / "shop")
    shop.bus.post(ScanData(SCANNER, REPORT, shop.clock.mono_s + 1))
    steps = 0
    while not shop.papers() and steps < 10:
        shop.bus.run_once()
        steps += 1
    shop.restart()
    assert titles(shop) == ["今日报告"]
    shop.card(SUGGEST)
    assert titles(shop) == ["今日报告", "补货建议"]
