"""The cloud checks the arithmetic of a terminal: its shifts and Z reports against the sales that came."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cloud_bench import Cloud, batch
from counter_bench import COLA, NOODLES, TISSUES, CounterBench
from tab_bench import enrol, on_the_tab, repay
from test_shifts import CLOSE, IN, OPEN, OUT

from edge.codec.command_card import card_code, receipt_code
from edge.reference_cloud.days import DayLine, day_lines, day_texts
from edge.reference_cloud.main import run

KEYS = ("seq", "id", "type", "sv", "at", "boot", "up", "clk", "data")


@pytest.fixture
def rows(tmp_path: Path) -> list[dict[str, Any]]:
    """A day of two shifts and two Z reports, the second without a sale."""
    shop = CounterBench(tmp_path / "shop")
    shop.scan(OPEN)
    shop.keys("100EE")
    shop.sell(COLA, NOODLES)
    shop.scan(IN)
    shop.keys("50E")
    shop.scan(card_code(110), receipt_code("261123-1-0001"), COLA)
    shop.keys("E")
    shop.pass_s(2)
    shop.keys("E")
    shop.scan(CLOSE)
    shop.keys("154.5EE")
    shop.sell(TISSUES)
    shop.scan(OUT)
    shop.keys("5E")
    shop.end_day()
    shop.scan(OUT)
    shop.keys("1E")
    shop.end_day()
    return shop.records()


def told(folder: Path, rows: list[dict[str, Any]]) -> list[DayLine]:
    """What the cloud makes of these rows, sent as a terminal sends them."""
    cloud = Cloud(folder / "cloud.db")
    for stream in ("tx", "ev"):
        for row in rows:
            if row["stream"] == stream:
                cloud.hear(stream, batch({key: row[key] for key in KEYS}, stream=stream))
    return day_lines(cloud.report)


def test_what_the_terminal_summed_is_what_the_cloud_has(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    lines = told(tmp_path, rows)
    assert [(line.what, line.business_day, line.sales, line.fen) for line in lines] == [
        ("shift", "2026-11-23", 1, 750), ("shift", "2026-11-23", 1, 1_251), ("shift", "2026-11-23", 0, 0),
        ("Z 1", "2026-11-23", 2, 2_001), ("Z 2", "2026-11-23", 0, 0),
    ]  # fmt: skip
    assert [line.wrong for line in lines] == [()] * 5
    assert run(["report", "--db", str(tmp_path / "cloud.db")]) == 0


def test_a_sale_that_is_not_in_the_cloud_is_missed_by_shift_and_report(
    tmp_path: Path, rows: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = told(tmp_path, [row for row in rows if row["data"].get("total") != 750])
    assert lines[0].wrong == (
        "cash_sales: the terminal says 750, its sales 0", "sales: the terminal says 1, its sales 0",
    )  # fmt: skip
    assert lines[3].wrong == (
        "cash: the terminal says 2001, its sales 1251", "sales: the terminal says 2, its sales 1",
        "total: the terminal says 2001, its sales 1251",
    )  # fmt: skip
    assert [line.wrong for line in (lines[1], lines[2], lines[4])] == [()] * 3
    assert run(["report", "--db", str(tmp_path / "cloud.db")]) == 1
    assert "2026-11-23  Z 1            2 sales        20.01  NOT AS ITS SALES SAY" in capsys.readouterr().out


def test_cash_that_moved_otherwise_than_the_shift_says_is_shown(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if row["type"] == "cash.moved" and row["data"]["why"] == "pay_in":
            row["data"] = row["data"] | {"amt": 4_000}
    lines = told(tmp_path, rows)
    assert [line.wrong for line in lines if line.wrong] == [("paid_in: the terminal says 5000, its sales 4000",)]
    assert sum("paid_in" in text for text in day_texts(lines)) == 1


def test_rows_of_a_newer_version_are_left_out_and_said(
    tmp_path: Path, rows: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    newer = {"shift.closed", "report.z", "cash.moved"}
    changed = [row | {"sv": 2, "data": {"new": 1}} if row["type"] in newer else row for row in rows]
    assert told(tmp_path, changed) == []
    assert run(["report", "--db", str(tmp_path / "cloud.db")]) == 0
    assert (
        "8 rows of a newer version are left out of its sums: 3 cash.moved sv 2, 2 report.z sv 2, 3 shift.closed sv 2"
        in capsys.readouterr().out
    )


def test_a_sale_of_a_newer_version_is_in_no_sum(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if row["type"] == "sale.completed":
            row |= {"sv": 2, "data": {"basket": []}}
    assert [line.what for line in told(tmp_path, rows) if line.wrong] == ["shift", "shift", "Z 1"]


def test_a_receipt_of_another_form_is_in_no_report(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if row["type"] == "sale.completed":
            row["data"] = row["data"] | {"receipt": "A/7"}
    assert [line.sales for line in told(tmp_path, rows) if line.wrong] == [2]


def test_money_that_went_back_otherwise_than_the_shift_says_is_shown(
    tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    lines = told(tmp_path, [row for row in rows if row["type"] != "sale.refunded"])
    assert [line.wrong for line in lines if line.wrong] == [("cash_refunds: the terminal says 300, its sales 0",)]


def test_who_only_pays_back_on_the_tab_buys_nothing_in_the_eyes_of_the_cloud_either(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    enrol(shop, "50")
    on_the_tab(shop, NOODLES)
    repay(shop, "2")
    shop.end_day()
    lines = told(tmp_path, shop.records())
    assert [(line.what, line.sales, line.fen, line.wrong) for line in lines] == [
        ("shift", 1, 200, ()), ("Z 1", 1, 450, ()),
    ]  # fmt: skip
