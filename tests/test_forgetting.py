"""The table of what is kept and for how long: each row is waited for, and the disk is looked at (product row 91)."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from link_bench import online
from parcel_bench import OPENS_S, STOP, ParcelBench, waybill
from wallet_bench import ALIPAY, WalletBench

from edge.model.ledger_rows import EffectState
from edge.model.masking import recipient
from edge.model.money import Fen
from edge.model.parcel import ParcelState
from edge.model.records import Stream
from edge.model.shipment import Shipment
from edge.services.forgetting import (
    KEEP,
    KEEP_ASIDE,
    KEEP_CODES,
    KEEP_COMMANDS,
    KEEP_PARCELS,
    KEEP_PULSES,
    KEEP_UNPAID,
    TABLE,
)
from edge.store.aside import UNSENT, forget_aside, set_aside
from edge.store.logs import FILE, DayFiles
from edge.store.tables.tabs import TabTable

SYSTEMD = Path(__file__).resolve().parent.parent / "systemd"
A_DAY = timedelta(days=1)
NAME = "张三丰"


def test_the_page_has_each_row_of_the_table() -> None:
    page = (SYSTEMD.parent / "docs" / "insight.md").read_text()
    for row in TABLE:
        kept = "a day" if row.keep == A_DAY else f"{row.keep.days} days"
        assert f"| {row.what} | {kept} | {row.since} |" in page


@pytest.fixture
def shop(tmp_path: Path) -> ParcelBench:
    bench = ParcelBench(tmp_path / "shop")
    bench.go_online()
    bench.hush()
    return bench


def wait(shop: ParcelBench | WalletBench, time: timedelta) -> None:
    """The cloud has all; then so long passes, and the shop tidies up."""
    for _ in range(2):
        tx = shop.begin()
        for stream in Stream:
            tx.outbox.acknowledge(stream, tx.outbox.position(stream).head)
        tx.commit()
        shop.sleep_s(time.total_seconds() / 2)
    for _ in range(2):
        shop.sleep_s(650)
    shop.pass_s(2)


def rows(shop: ParcelBench | WalletBench, table: str) -> int:
    with closing(sqlite3.connect(shop.folder / "ledger.db")) as connection:
        ((found,),) = connection.execute(f"SELECT count(*) FROM {table}")
    return int(found)


def on_disk(shop: ParcelBench | WalletBench, text: str) -> bool:
    """In any file, free pages of the ledger and its WAL included."""
    with closing(sqlite3.connect(shop.folder / "ledger.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return any(text.encode() in path.read_bytes() for path in shop.folder.rglob("*") if path.is_file())


def collected(shop: ParcelBench, number: str) -> None:
    shop.in_cell(number, 1)
    shop.reset_code(number, "123456")
    shop.code("123456")
    shop.pass_s(OPENS_S)
    shop.take_out(1)
    assert shop.known(number).state is ParcelState.PICKED_UP


def test_each_row_says_what_and_since_when_and_no_two_the_same() -> None:
    assert all(row.what and row.since and row.keep > timedelta(0) for row in TABLE)
    assert len({row.what for row in TABLE}) == len(TABLE)
    assert {row.keep for row in TABLE} >= {KEEP, KEEP_PARCELS}
    assert (timedelta(days=90), timedelta(days=30)) == (KEEP, KEEP_PARCELS)


def test_a_payment_code_is_never_on_the_disk(tmp_path: Path) -> None:
    shop = WalletBench(tmp_path / "shop")
    online(shop)
    shop.pays(ALIPAY)
    assert not on_disk(shop, ALIPAY), "while it is asked for"
    shop.restart()
    assert not on_disk(shop, ALIPAY), "nor after a cut"


def test_a_clear_pickup_code_is_never_on_the_disk_and_its_hash_until_a_day_after(shop: ParcelBench) -> None:
    number = waybill(1)
    shop.in_cell(number, 1)
    clear = shop.codes()[number]
    assert not on_disk(shop, clear)
    shop.reset_code(number, "123456")
    shop.code("123456")
    shop.pass_s(OPENS_S)
    shop.take_out(1)
    mark = shop.known(number).code
    assert mark and on_disk(shop, mark)
    wait(shop, KEEP_CODES + A_DAY)
    assert shop.known(number).code == ""
    assert not on_disk(shop, mark)


def test_a_parcels_recipient_goes_thirty_days_after_it_is_gone(shop: ParcelBench) -> None:
    number = waybill(1)
    shop.expect(number, recipient("r-77", NAME, "13812344321"))
    collected(shop, number)
    wait(shop, KEEP_PARCELS - A_DAY)
    assert rows(shop, "parcel") == 1 and on_disk(shop, "r-77")
    wait(shop, 2 * A_DAY)
    assert rows(shop, "parcel") == 0
    assert not on_disk(shop, "r-77")


def test_a_parcel_that_lies_here_is_kept_however_long(shop: ParcelBench) -> None:
    shop.in_cell(waybill(1), 1)
    wait(shop, KEEP_PARCELS * 4)
    assert rows(shop, "parcel") == 1


def test_a_parcel_that_was_announced_and_never_came_is_forgotten_though_no_other_is_announced(
    shop: ParcelBench,
) -> None:
    shop.expect(waybill(1), recipient("r-88", NAME, "4321"))
    tx = shop.begin()
    tx._write("UPDATE parcel SET at = ?", (shop.clock.at.isoformat(timespec="milliseconds"),))
    tx.commit()
    wait(shop, KEEP_PARCELS - A_DAY)
    assert rows(shop, "parcel") == 1
    wait(shop, 2 * A_DAY)
    assert rows(shop, "parcel") == 0 and not on_disk(shop, "r-88")


def test_a_quote_that_nobody_paid_is_forgotten(shop: ParcelBench) -> None:
    tx = shop.begin()
    tx.shipments.keep(Shipment("s-1", "SF1000000000001", "SF", 900, Fen(1_800), shop.clock.at))
    tx.commit()
    wait(shop, KEEP_UNPAID - A_DAY)
    assert rows(shop, "shipment") == 1
    wait(shop, 2 * A_DAY)
    assert rows(shop, "shipment") == 0


def test_the_journal_stays_for_ninety_days_once_the_cloud_has_it(shop: ParcelBench) -> None:
    shop.sell()
    sold = shop.records("sale.completed")[0]["id"]
    wait(shop, KEEP - A_DAY)
    assert on_disk(shop, sold)
    shop.sell()
    wait(shop, 3 * A_DAY)
    shop.sell()
    wait(shop, A_DAY)
    assert not [row for row in shop.records() if row["id"] == sold]
    assert rows(shop, "sale") == 2


def test_answers_to_commands_and_door_pulses_go_in_their_time(shop: ParcelBench) -> None:
    collected(shop, waybill(1))
    shop.in_cell(waybill(2), 1)
    shop.in_cell(waybill(3), 2)
    tx = shop.begin()
    cid = tx.new_id()
    tx.commands.begin(cid, "print.text")
    tx.commands.finish(cid, "{}")
    tx.commit()
    before = rows(shop, "door_pulse")
    wait(shop, KEEP_PULSES + A_DAY)
    assert rows(shop, "door_pulse") < before
    assert rows(shop, "cmd") == 1
    wait(shop, KEEP_COMMANDS)
    assert rows(shop, "cmd") == 0


def test_that_a_slip_was_printed_goes_after_ninety_days_and_its_text_with_the_next(shop: ParcelBench) -> None:
    shop.printer_ready()
    shop.card("ZZ1243")
    shop.courier()
    shop.keys("1E")
    shop.card(STOP)
    wait(shop, KEEP + A_DAY)
    tx = shop.begin()
    old = [job for state in EffectState for job in tx.print_jobs.in_state(state) if job.slip is not None]
    tx.rollback()
    assert len(old) <= 1


def test_a_former_pseudonym_is_kept_as_long_as_papers_name_it(shop: ParcelBench) -> None:
    tx = shop.begin()
    table: TabTable = tx.tabs
    tx._write("INSERT INTO tab VALUES ('a', 100, 0)")
    table.rename("a", "b")
    tx.commit()
    wait(shop, KEEP - A_DAY)
    assert rows(shop, "tab_alias") == 1
    wait(shop, 2 * A_DAY)
    assert rows(shop, "tab_alias") == 0 and rows(shop, "tab") == 1


def test_damaged_files_that_lie_aside_go_after_ninety_days(tmp_path: Path) -> None:
    at = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    for name in ("ledger.db", "ledger.db-wal", "badges.json"):
        (tmp_path / name).write_text(NAME)
    set_aside(tmp_path / "ledger.db", at=at, reason="damaged")
    set_aside(tmp_path / "badges.json", at=at + A_DAY, reason="damaged")
    (tmp_path / "aside" / "notes.txt").write_text("a technician's own")
    (tmp_path / "aside" / "x.99999999T999999Z.y").write_text("no moment")
    assert forget_aside(tmp_path / "aside", at + KEEP_ASIDE - KEEP_ASIDE) == 0
    assert forget_aside(tmp_path / "aside", at + timedelta(seconds=1)) == 2
    assert sorted(path.name for path in (tmp_path / "aside").iterdir()) == [
        "badges.20261124T020000Z.damaged.json", "notes.txt", "x.99999999T999999Z.y"
    ]  # fmt: skip
    assert forget_aside(tmp_path / "nowhere", at) == 0


def test_what_lay_in_a_ledger_and_nowhere_else_is_kept(tmp_path: Path) -> None:
    at = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    for name, reason in (("ledger.db", f"{UNSENT} before restore"), ("badges.json", "before restore")):
        (tmp_path / name).write_text(NAME)
        set_aside(tmp_path / name, at=at, reason=reason)
    (tmp_path / "aside" / "ledger.20261123T020000Z.unsent-before-restore.db-wal").write_text(NAME)
    assert forget_aside(tmp_path / "aside", at + timedelta(days=1)) == 1
    assert len(list((tmp_path / "aside").iterdir())) == 2


def test_the_system_keeps_its_logs_for_fourteen_days() -> None:
    assert "MaxRetentionSec=14day" in (SYSTEMD / "journald-edge.conf").read_text()


def test_the_terminals_own_logs_go_after_fourteen_days(tmp_path: Path) -> None:
    files, at = DayFiles(tmp_path / FILE), time.time()
    for days in (0, 1, 2, 20):
        line = logging.makeLogRecord({"msg": f"day {days}", "levelno": logging.INFO, "created": at + days * 86_400})
        files.emit(line)
        os.utime(tmp_path / FILE, (line.created, line.created))
    files.close()
    kept = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert sorted(kept) == ["terminal.log", "terminal.log.1"]
    assert "day 20" in kept["terminal.log"] and "day 2" in kept["terminal.log.1"]
