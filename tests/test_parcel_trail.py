"""What is kept of a parcel, for how long, and how one is followed through the journal (product row 62)."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from parcel_bench import IN, OPENS_S, STOP, ParcelBench, waybill
from test_ledger_damage import sql

from edge.__main__ import main
from edge.clock import iso_ms
from edge.messages import Outcome
from edge.model.cell import CellState
from edge.model.parcel import ParcelState
from edge.model.records import Stream
from edge.services.forgetting import KEEP, KEEP_PARCELS, KEEP_PULSES
from edge.store.journal import link

A, B = waybill(1), waybill(2)
DAY_S = 86_400.0
ROWS = 1_000_000


@pytest.fixture
def shop(tmp_path: Path) -> ParcelBench:
    shop = ParcelBench(tmp_path / "data")
    shop.go_online()
    shop.hush()
    (tmp_path / "shop.toml").write_text(f'[terminal]\ntid = "T7K3M9Q2"\nstore = "S-1"\ndata_dir = "{shop.folder}"\n')
    return shop


@pytest.fixture
def config(tmp_path: Path) -> str:
    return str(tmp_path / "shop.toml")


def through(shop: ParcelBench, number: str, code: str = "123456") -> None:
    """In a cell and out again."""
    shop.courier()
    shop.keys("1E")
    shop.scan(number)
    shop.pass_s(OPENS_S)
    shop.put_in(1)
    shop.card(STOP)
    shop.reset_code(number, code)
    shop.code(code)
    shop.pass_s(OPENS_S)
    shop.take_out(1)
    assert shop.known(number).state is ParcelState.PICKED_UP


def on_shelf(shop: ParcelBench, number: str) -> None:
    shop.card(IN)
    shop.scan(number)
    shop.card(STOP)


def acknowledge_all(shop: ParcelBench) -> None:
    tx = shop.begin()
    for stream in Stream:
        tx.outbox.acknowledge(stream, tx.outbox.position(stream).head)
    tx.commit()


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def count(shop: ParcelBench, table: str) -> int:
    tx = shop.begin()
    ((rows,),) = tx._read(f"SELECT count(*) FROM {table}")
    tx.rollback()
    return int(rows)


# --- one waybill -----------------------------------------------------------------------------------------------------


def test_a_waybill_is_told_in_order_with_its_links_and_nothing_of_another(
    shop: ParcelBench, config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    through(shop, A)
    on_shelf(shop, B)
    assert main(["journal", "--config", config, "--waybill", A]) == 0
    rows = told(capsys)
    kinds = [row["type"] for row in rows]
    assert kinds == ["locker.opened", "locker.closed", "parcel.stored", "locker.opened", "locker.closed",
                     "parcel.collected"]  # fmt: skip
    assert [row["n"] for row in rows] == sorted(row["n"] for row in rows)  # type: ignore[type-var]
    whole = {row["n"]: row for row in shop.queries.journal()}
    for row in rows:
        body = json.dumps(row["data"], ensure_ascii=False, separators=(",", ":"))
        r = whole[row["n"]]
        digest = link(
            bytes.fromhex(str(row["prev"])), r["n"], r["id"], r["type"], r["sv"], r["at"], r["boot"], r["up"], body
        )
        assert digest.hex() == row["hash"], "anybody can check the link by hand"


def test_a_waybill_that_nobody_knows_is_said(
    shop: ParcelBench, config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["journal", "--config", config, "--waybill", "SF000000000000"]) == 1
    assert "nothing is known" in capsys.readouterr().err


@pytest.mark.parametrize("damage", ["UPDATE journal SET body = replace(body, 'B01', 'B02')",
                                    "UPDATE journal SET body = CAST(x'31ca32' AS TEXT)", "DELETE FROM journal",
                                    "UPDATE journal SET hash = NULL"])  # fmt: skip
def test_a_damaged_row_is_said_and_the_others_are_told(
    shop: ParcelBench, config: str, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    through(shop, A)
    (collected,) = shop.records("parcel.collected")
    shop.ledger.close(clean=True)
    if "hash = NULL" in damage:
        damage = "UPDATE journal SET hash = x'00'"
    sql(f"{damage} WHERE n = {collected['n']}")(shop.ledger.path)
    assert main(["journal", "--config", config, "--waybill", A]) == 1
    out = capsys.readouterr()
    assert f"broken: row {collected['n']}" in out.err
    rows = [json.loads(line) for line in out.out.splitlines()]
    assert [row["n"] for row in rows if "damaged" in row] == [collected["n"]]
    assert len(rows) == 6


def test_a_waybill_is_told_after_the_station_has_forgotten_its_parcel(
    shop: ParcelBench, config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    through(shop, A)
    tx = shop.begin()
    tx._write("DELETE FROM parcel")
    tx.commit()
    assert main(["journal", "--config", config, "--waybill", A]) == 0
    assert len(told(capsys)) == 6


@pytest.mark.chaos
@pytest.mark.parametrize("forgotten", [False, True])
def test_among_a_million_rows_a_waybill_is_told(
    shop: ParcelBench,
    config: str,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
    *,
    forgotten: bool,
) -> None:
    through(shop, A)
    shop.ledger.close(clean=True)
    fill(shop.ledger.path, ROWS, forgotten=forgotten)
    began = time.perf_counter()
    assert main(["journal", "--config", config, "--waybill", A]) == 0
    took_s = time.perf_counter() - began
    assert len(told(capsys)) == 6
    record_property(f"a waybill among {ROWS} rows, forgotten: {forgotten}", f"{took_s:.2f} s")


def fill(path: Path, rows: int, *, forgotten: bool) -> None:
    """So many rows of other parcels, four of each; their links are not told, and nobody reads them."""
    with closing(sqlite3.connect(path, isolation_level=None)) as ledger:
        ledger.execute("BEGIN")
        ((first, seq),) = ledger.execute("SELECT max(n) + 1, max(seq) FROM journal").fetchall()
        ((epoch,),) = ledger.execute("SELECT v FROM meta WHERE k = 'epoch'").fetchall()
        ledger.executemany(
            "INSERT INTO journal(n, stream, epoch, seq, id, type, sv, at, boot, up, clk, body, rej, hash)"
            " VALUES (?, 'pk', ?, ?, ?, 'parcel.stored', 1, '2026-11-23T02:20:31.120Z', 1, 1, 'ok', ?, NULL, ?)",
            ((first + k, epoch, seq + 1000 + k, f"id-{k}", f'{{"parcel":"p-{k // 4}","waybill":"YT{k // 4:013d}"}}',
              bytes(32)) for k in range(rows)),
        )  # fmt: skip
        ledger.executemany("INSERT INTO parcel_row VALUES (?, ?)", ((f"p-{k // 4}", first + k) for k in range(rows)))
        if forgotten:
            ledger.execute("DELETE FROM parcel")
        ledger.execute("COMMIT")


# --- what is forgotten -----------------------------------------------------------------------------------------------


def test_a_parcel_that_is_gone_is_forgotten_when_it_is_old_and_acknowledged(shop: ParcelBench) -> None:
    through(shop, A)
    on_shelf(shop, B)
    shop.sleep_s(2 * DAY_S)
    before = iso_ms(shop.clock.at - timedelta(days=1))

    def forget(before_at: str, limit: int = 100) -> int:
        tx = shop.begin()
        gone: int = tx.retention.forget_parcels(before_at, limit=limit)
        tx.commit()
        return gone

    assert forget(before) == 0, "the cloud has not heard of it yet"
    acknowledge_all(shop)
    assert forget(iso_ms(shop.clock.at - timedelta(days=3))) == 0
    assert forget(before, limit=0) == 0
    assert (forget(before), forget(before)) == (1, 0)
    assert shop.known(B).state is not None, "it lies here"
    assert count(shop, "parcel") == 1


def test_the_index_of_a_parcels_rows_goes_with_the_rows(shop: ParcelBench) -> None:
    through(shop, A)
    shop.sleep_s(2 * DAY_S)
    on_shelf(shop, B)
    acknowledge_all(shop)
    before = count(shop, "parcel_row")
    tx = shop.begin()
    assert tx.retention.prune(iso_ms(shop.clock.at - timedelta(days=1)), limit=10_000) > 0
    tx.commit()
    assert (before - count(shop, "parcel_row"), count(shop, "parcel_row")) == (6, 1)
    assert shop.verdict() == ""


def test_pulses_that_ended_go_after_a_day_and_the_newest_of_each_door_stays(shop: ParcelBench) -> None:
    for number in range(3):
        through(shop, waybill(number))
    assert count(shop, "door_pulse") == 6
    newest = shop.begin().pulses.of_cell("B01")
    before = iso_ms(shop.clock.at + KEEP_PULSES)
    for limit, left in ((2, 4), (100, 1)):
        tx = shop.begin()
        tx.retention.forget_pulses(before, limit=limit)
        tx.commit()
        assert count(shop, "door_pulse") == left
    assert shop.begin().pulses.of_cell("B01") == newest


def test_the_shop_forgets_parcels_and_pulses_by_itself(shop: ParcelBench) -> None:
    for number in range(3):
        through(shop, waybill(number))
    on_shelf(shop, waybill(9))
    acknowledge_all(shop)
    shop.sleep_s(KEEP_PARCELS.total_seconds() + DAY_S)
    acknowledge_all(shop)
    shop.sleep_s(1300)
    shop.sleep_s(1300)
    assert count(shop, "parcel") == 1
    assert count(shop, "door_pulse") == 1
    assert count(shop, "parcel_row") > 12, "the journal has them for longer"
    shop.sleep_s(KEEP.total_seconds())
    acknowledge_all(shop)
    shop.sleep_s(1300)
    shop.sleep_s(1300)
    assert count(shop, "parcel_row") <= 5


def test_the_shop_forgets_the_jobs_of_stickers_and_keeps_what_is_still_to_be_printed(shop: ParcelBench) -> None:
    for number in range(5):
        on_shelf(shop, waybill(number))
    shop.sell()
    waiting = count(shop, "print_job")
    shop.sleep_s(KEEP.total_seconds() + DAY_S)
    shop.sleep_s(1300)
    assert count(shop, "print_job") == waiting, "no paper came out yet"
    shop.printer_ready()
    papers = -1
    while len(shop.printed) > papers:
        papers = len(shop.printed)
        shop.paper(Outcome.DONE)
    shop.sell()
    shop.sleep_s(1300)
    shop.sleep_s(1300)
    assert 2 <= count(shop, "print_job") <= 3, "of the two sales, and the paper in hand"


# --- a damaged ledger ------------------------------------------------------------------------------------------------


def test_what_lies_here_comes_out_of_a_damaged_ledger(shop: ParcelBench) -> None:
    on_shelf(shop, A)
    shop.reset_code(A, "111111")
    shop.courier()
    shop.keys("1E")
    shop.scan(B)
    shop.pass_s(OPENS_S)
    shop.put_in(1)
    shop.card(STOP)
    shop.ledger.close(clean=True)
    sql("UPDATE journal SET hash = x'00' WHERE n = 1")(shop.ledger.path)
    sql("UPDATE parcel SET state = 'nowhere' WHERE cell = 'B01'")(shop.ledger.path)
    shop.boot()
    shop.pass_s(3)
    assert shop.ledger.set_aside is not None
    assert shop.known(A).state is ParcelState.STORED
    assert shop.cell(1).state is CellState.CHECK, "what lies in it nobody can read"
    assert shop.cell(2).state is CellState.FREE
    assert len(shop.queries.waybill(A)) >= 1
    shop.code("111111")
    shop.scan(A)
    assert shop.known(A).state is ParcelState.PICKED_UP
