"""`edge export`: the shop's own books as CSV, without a cloud and while the terminal sells on (product row 94)."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from counter_bench import COLA, NOODLES, CounterBench, goods
from parcel_bench import OPENS_S, ParcelBench, waybill
from shop_bench import ROOT
from tab_bench import enrol, on_the_tab, repay

from edge.__main__ import main
from edge.codec.command_card import card_code, receipt_code
from edge.codec.own_books import HEADS, LINES, PARCELS, PAYMENTS, SALES, STOCK, money_rows, text_cell
from edge.codec.sale_bodies import SaleCompletedBody, SaleRefundedBody
from edge.errors import CodecError
from edge.model.manner import LANGUAGES
from edge.model.money import Milli

REFUND, ALL = card_code(110), card_code(206)
ZONE = ZoneInfo("Asia/Shanghai")
EVIL = "=HYPERLINK(0)"
SHELF = (goods(COLA, "可乐", 300), goods(NOODLES, EVIL, 450))
MANY = 20_000
MEMORY_MB = 8


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop", items=SHELF)


def config_of(shop: CounterBench, language: str = "zh-CN") -> str:
    path = shop.folder.with_name("shop.toml")
    own = {"tid": "T7K3M9Q2", "store": "S-00817", "data_dir": str(shop.folder), "language": language}
    path.write_text("\n".join(["[terminal]", *(f'{key} = "{value}"' for key, value in own.items()), ""]), "utf-8")
    return str(path)


def exported(shop: CounterBench, language: str = "zh-CN") -> dict[str, list[list[str]]]:
    """Every table's rows below its head."""
    folder = shop.folder.with_name("stick")
    folder.mkdir(exist_ok=True)
    assert main(["export", "--config", config_of(shop, language), "--to", str(folder)]) == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(HEADS[language])
    found = {}
    for name, head in HEADS[language].items():
        octets = (folder / name).read_bytes()
        assert octets.startswith(b"\xef\xbb\xbf"), "a spreadsheet would take it for another code"
        first, *rows = csv.reader(octets.decode("utf-8-sig").splitlines())
        assert tuple(first) == head and all(len(row) == len(head) for row in rows)
        found[name] = rows
    return found


def test_sales_lines_and_payments_agree_with_each_other(shop: CounterBench) -> None:
    shop.scan(COLA, COLA, NOODLES)
    shop.keys("20E")
    shop.sell(COLA)
    shop.scan(REFUND, receipt_code(str(shop.sales()[0]["receipt"])), ALL)
    shop.pass_s(1)
    shop.keys("E")
    books = exported(shop)
    assert [(row[0], row[3], row[5]) for row in books[SALES]] == [
        ("261123-1-0001", "completed", "10.50"), ("261123-1-0002", "completed", "3.00"),
        ("261123-1-0003", "refunded", "-10.50"),
    ]  # fmt: skip
    assert books[SALES][0][1:3] == ["2026-11-23", "2026-11-23 12:00:01"]
    for receipt, amount in ((row[0], row[5]) for row in books[SALES]):
        for table, place in ((LINES, 9), (PAYMENTS, 4)):
            fen = sum(round(float(row[place]) * 100) for row in books[table] if row[0] == receipt)
            assert fen == round(float(amount) * 100), (receipt, table)
    assert books[PAYMENTS][0][3:7] == ["现金", "10.50", "20.00", "9.50"]
    assert {row[6] for row in books[LINES] if row[0] == "261123-1-0003"} == {"-1"}


def test_a_goods_name_that_is_a_formula_is_a_text(shop: CounterBench) -> None:
    shop.sell(NOODLES)
    assert exported(shop)[LINES][0][5] == f"'{EVIL}"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝", "＋"])
def test_no_text_begins_like_a_formula(sign: str) -> None:
    assert text_cell(f"{sign}1+1") == f"'{sign}1+1" and text_cell("可乐 = 3") == "可乐 = 3"


def test_what_went_back_is_a_number_all_the_same() -> None:
    body = json.dumps(SaleRefundedBody.EXAMPLE)
    rows = list(money_rows("sale.refunded", "2026-11-23T04:00:00.000Z", body, ZONE, "en"))
    assert all(float(row[5]) < 0 for table, row in rows if table == SALES)


def test_stock_has_what_was_counted_and_its_name(shop: CounterBench) -> None:
    shop.sell(COLA, NOODLES)
    tx = shop.begin()
    tx._write("UPDATE stock SET on_hand = 7500 WHERE sku = ?", (COLA,))
    tx.commit()
    assert exported(shop)[STOCK] == [[COLA, "", "7.5"]], "no catalogue file here: no names"


def test_parcels_are_counted_by_day_and_carrier_and_nobody_is_named(tmp_path: Path) -> None:
    shop = ParcelBench(tmp_path / "shop")
    shop.go_online()
    shop.courier()
    shop.keys("1E")
    shop.scan(waybill(1))
    shop.pass_s(OPENS_S)
    shop.put_in(shop.open_doors[0])
    ((day, carrier, *counts),) = exported(shop)[PARCELS]
    assert (day, counts) == ("2026-11-23", ["1", "0", "0", "0"]) and carrier


def test_whose_debt_was_paid_is_masked(shop: CounterBench) -> None:
    enrol(shop, "50")
    on_the_tab(shop, COLA)
    repay(shop, "3")
    books = exported(shop)
    (deposit,) = [row for row in books[LINES] if row[4].startswith("tab:")]
    assert re.fullmatch(r"tab:\*{4}[0-9a-f]{4}", deposit[4]), "the end of a pseudonym"
    assert "87654321" not in str(books)


def test_an_empty_shop_has_empty_tables(shop: CounterBench) -> None:
    for language in LANGUAGES:
        assert set(map(len, exported(shop, language).values())) == {0}


def test_it_can_be_done_again_over_the_last_one(shop: CounterBench) -> None:
    shop.sell(COLA)
    exported(shop)
    shop.sell(COLA)
    assert len(exported(shop)[SALES]) == 2


def test_a_row_that_cannot_be_read_is_left_out_and_told(shop: CounterBench, capsys: pytest.CaptureFixture[str]) -> None:
    shop.sell(COLA)
    shop.sell(COLA)
    tx = shop.begin()
    tx._write("UPDATE journal SET body = '{}' WHERE n = (SELECT min(n) FROM sale)")
    tx.commit()
    folder = shop.folder.with_name("stick")
    folder.mkdir()
    assert main(["export", "--config", config_of(shop), "--to", str(folder)]) == 1
    assert "1 rows of the journal cannot be read" in capsys.readouterr().err
    assert len((folder / SALES).read_text("utf-8-sig").splitlines()) == 2


def test_a_stick_that_is_not_there_is_told(shop: CounterBench, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--config", config_of(shop), "--to", str(shop.folder / "stick")]) == 1
    assert "there is no such folder" in capsys.readouterr().err


def test_a_full_stick_leaves_the_tables_of_the_last_time(shop: CounterBench) -> None:
    """Each file may be no larger than 4 KB: so a full stick looks to who writes."""
    shop.sell(COLA)
    exported(shop)
    before = (shop.folder.with_name("stick") / SALES).read_bytes()
    for _ in range(60):
        shop.sell(COLA)
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096));"
        "from edge.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    folder = shop.folder.with_name("stick")
    command = [sys.executable, "-c", script, "export", "--config", config_of(shop), "--to", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and "the disk is full" in done.stderr
    assert (folder / SALES).read_bytes() == before
    assert not list(folder.glob("*.part"))


def test_it_needs_no_more_memory_for_many_sales(shop: CounterBench) -> None:
    """A process of its own: what it needs at most, for a shop with a few sales and with twenty thousand."""
    shop.sell(COLA)
    few = memory_mb(shop)
    tx = shop.begin()
    tx._write(
        "WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < ?)"
        " INSERT INTO journal SELECT j.n + i, j.stream, j.epoch, j.seq + i, j.id || i, j.type, j.sv, j.at, j.boot,"
        " j.up, j.clk, j.body, NULL, j.hash FROM k, (SELECT * FROM journal WHERE type = 'sale.completed' LIMIT 1) j",
        (MANY,),
    )
    tx.commit()
    assert memory_mb(shop) < few + MEMORY_MB
    assert len((shop.folder.with_name("stick") / SALES).read_text("utf-8-sig").splitlines()) > MANY


def memory_mb(shop: CounterBench) -> float:
    folder = shop.folder.with_name("stick")
    folder.mkdir(exist_ok=True)
    script = (
        "import re, sys; from edge.__main__ import main; main(sys.argv[1:]);"
        "print(re.search('VmHWM:\\\\s*([0-9]+)', open('/proc/self/status').read())[1])"
    )
    command = [sys.executable, "-c", script, "export", "--config", config_of(shop), "--to", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    return int(done.stdout.split()[-1]) / 1024


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"receipt": 1}', json.dumps(SaleCompletedBody.EXAMPLE)[:-2]])
def test_a_damaged_body_gives_no_row(body: str) -> None:
    with pytest.raises(CodecError):
        list(money_rows("sale.completed", "2026-11-23T04:00:00.000Z", body, ZONE, "en"))


def test_quantities_are_as_short_as_the_books_have_them() -> None:
    assert Milli(735) == 735
    rows = list(
        money_rows(
            "sale.completed", "2026-11-23T04:00:00.000Z", json.dumps(SaleCompletedBody.EXAMPLE, ensure_ascii=False),
            ZONE, "en",
        )
    )  # fmt: skip
    assert [row[6] for table, row in rows if table == LINES] == ["2", "0.735"]
