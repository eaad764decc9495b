"""The ledger: numbers without gaps, a chain that tells, all of a message or nothing of it, and every boot alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from counter_bench import COLA, NOODLES, CounterBench, HandClock

from edge.errors import DiskFull, ModelError, StoreError
from edge.model.counter import Counter, Waiting
from edge.model.ledger_rows import EffectState, PrintJob
from edge.model.money import Fen
from edge.model.records import CatalogueApplied, ItemUnknown, PaperOut, Stream
from edge.store.disk import Disk
from edge.store.ledger import Ledger, connect, name_next_catalogue
from edge.store.queries import LedgerQueries
from edge.store.schema import MIGRATIONS


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger.db", HandClock(), Random(1))
    yield opened
    opened.close(clean=False)


def begun(ledger: Ledger) -> Any:
    return ledger.begin(lambda record, tx: None)


def written(ledger: Ledger, *records: Any) -> None:
    tx = begun(ledger)
    for record in records:
        tx.append(record)
    tx.commit()


def rows(path: Path) -> list[dict[str, Any]]:
    return list(LedgerQueries(path).journal())


def verdict(path: Path) -> str:
    chain, positions = LedgerQueries(path).verify()
    return chain.why or positions


def test_rows_are_numbered_without_a_gap_in_all_and_in_each_stream(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    for _ in range(3):
        shop.sell(COLA, NOODLES)
        shop.restart()
    journal = shop.records()
    assert [row["n"] for row in journal] == list(range(1, len(journal) + 1))
    for stream in ("tx", "ev"):
        seqs = [row["seq"] for row in journal if row["stream"] == stream]
        assert seqs == list(range(1, len(seqs) + 1))
    assert [sale["receipt"] for sale in shop.sales()] == [f"261123-1-000{n}" for n in (1, 2, 3)]
    assert shop.verdict() == ""


def test_a_transaction_rolled_back_leaves_nothing_on_the_disk_or_in_memory(ledger: Ledger) -> None:
    written(ledger, ItemUnknown("690", Fen(100)))
    before, epoch, counter = rows(ledger.path), ledger.epoch, begun(ledger).counter
    tx = begun(ledger)
    tx.append(ItemUnknown("691", Fen(200)))
    tx.outbox.acknowledge(Stream.EV, 1)
    tx.outbox.rotate("01KAQ5M2C4T8K1V6P0YBHZ3N7D")
    tx.keep(Counter(waiting=Waiting.REMOVE))
    tx.put("sess", "9")
    tx.print_jobs.queue(PrintJob("j", "s", 0, EffectState.QUEUED))
    tx.after_commit("an effect")
    tx.rollback()
    assert (rows(ledger.path), ledger.epoch, begun(ledger).counter) == (before, epoch, counter)
    assert (tx.effects, begun(ledger).get("sess"), begun(ledger).print_jobs.find("j")) == ([], None, None)
    assert begun(ledger).outbox.position(Stream.EV).acked == 0
    written(ledger, ItemUnknown("692", Fen(300)))
    assert [(row["n"], row["seq"], row["epoch"]) for row in rows(ledger.path)] == [(1, 1, epoch), (2, 2, epoch)]
    assert verdict(ledger.path) == ""


def test_a_transaction_sees_its_own_writes_and_others_only_after_the_commit(ledger: Ledger) -> None:
    tx = begun(ledger)
    tx.append(ItemUnknown("690", Fen(100)))
    tx.put("key", "value")
    assert (tx.get("key"), tx.outbox.position(Stream.EV).head) == ("value", 1)
    assert rows(ledger.path) == []
    tx.commit()
    assert len(rows(ledger.path)) == 1


def test_what_a_message_only_reads_writes_nothing(ledger: Ledger) -> None:
    wal = ledger.path.with_name("ledger.db-wal")
    before = wal.read_bytes()
    tx = begun(ledger)
    tx.keep(tx.counter)
    tx.commit()
    assert wal.read_bytes() == before


def test_records_that_append_records_stop_at_depth_four(ledger: Ledger) -> None:
    depth: list[int] = []

    def again(record: Any, tx: Any) -> None:
        depth.append(len(depth))
        tx.append(PaperOut("printer"))

    tx = ledger.begin(again)
    with pytest.raises(ModelError, match="without end"):
        tx.append(PaperOut("printer"))
    tx.rollback()
    assert len(depth) == 4
    assert rows(ledger.path) == []


def test_a_record_over_16_kib_is_refused(ledger: Ledger) -> None:
    tx = begun(ledger)
    with pytest.raises(ModelError, match="too large"):
        tx.append(ItemUnknown("字" * 6_000, Fen(1)))
    tx.rollback()


def test_a_clean_stop_is_known_at_the_next_boot_and_only_then(tmp_path: Path) -> None:
    path, clock = tmp_path / "ledger.db", HandClock()
    first = Ledger.open(path, clock, Random(1))
    assert (first.fresh, first.clean) == (True, False)
    first.close(clean=True)
    second = Ledger.open(path, clock, Random(1))
    assert (second.fresh, second.clean) == (False, True)
    second.close(clean=False)
    third = Ledger.open(path, clock, Random(1))
    assert (third.fresh, third.clean) == (False, False)
    assert third.epoch == first.epoch
    third.close(clean=True)


def test_a_kernel_boot_counts_once_however_often_the_terminal_starts(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.restart(clean=True)
    shop.clock.boots -= 1
    shop.restart(clean=True)
    assert [row["boot"] for row in shop.records("boot")] == [1, 2, 2]


def test_a_ledger_of_the_future_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Ledger.open(path, HandClock(), Random(1)).close(clean=True)
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=f"newer version.*schema {len(MIGRATIONS) + 1}"):
        Ledger.open(path, HandClock(), Random(1))
    assert path.read_bytes() == before
    assert not (tmp_path / "aside").exists()


def test_an_empty_file_is_migrated_to_the_newest_schema_step_by_step(tmp_path: Path) -> None:
    connection = connect(tmp_path / "ledger.db", Disk())
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_the_whole_chain_and_any_slice_of_it_can_be_verified(ledger: Ledger) -> None:
    for number in range(1, 26):
        written(ledger, CatalogueApplied(number, number))
    tx = begun(ledger)
    assert tx.check_chain(1, 10) == (11, "")
    assert tx.check_chain(11, 10) == (21, "")
    assert tx.check_chain(21, 10) == (1, "")
    tx.rollback()
    chain, positions = LedgerQueries(ledger.path).verify()
    assert (chain.first, chain.last, chain.why, positions) == (1, 25, "", "")


@pytest.mark.parametrize("column", ["id", "type", "at", "body", "sv", "boot", "up", "hash"])
def test_one_changed_field_is_found_by_slice_and_by_the_whole_check(ledger: Ledger, column: str) -> None:
    for number in range(1, 11):
        written(ledger, CatalogueApplied(number, number))
    value = b"x" * 32 if column == "hash" else "7"
    with sqlite3.connect(ledger.path) as other:
        other.execute(f"UPDATE journal SET {column} = ? WHERE n = 5", (value,))
    other.close()
    chain, _ = LedgerQueries(ledger.path).verify()
    assert (chain.broken_at, chain.last) == (5, 5)
    assert "row 5" in begun(ledger).check_chain(3, 5)[1]
    assert begun(ledger).check_chain(7, 4) == (11, "")


def test_a_row_that_is_missing_is_found(ledger: Ledger) -> None:
    for number in range(1, 11):
        written(ledger, CatalogueApplied(number, number))
    with sqlite3.connect(ledger.path) as other:
        other.execute("DELETE FROM journal WHERE n = 5")
    other.close()
    assert "row 5 is missing" in verdict(ledger.path)


def test_a_new_epoch_renumbers_what_the_cloud_lacks_and_breaks_no_link(ledger: Ledger) -> None:
    for number in range(1, 7):
        written(ledger, CatalogueApplied(number, number))
    ids, old, new = [row["id"] for row in rows(ledger.path)], ledger.epoch, "01KAQ5M2C4T8K1V6P0YBHZ3N7D"
    tx = begun(ledger)
    tx.outbox.acknowledge(Stream.EV, 4)
    assert tx.outbox.rotate(new) == old
    tx.append(CatalogueApplied(7, 7))
    tx.commit()
    moved = [(row["n"], row["epoch"], row["seq"], row["id"]) for row in rows(ledger.path)[4:6]]
    assert moved == [(5, new, 1, ids[4]), (6, new, 2, ids[5])]
    assert [row["seq"] for row in rows(ledger.path)] == [1, 2, 3, 4, 1, 2, 3]
    assert (ledger.epoch, verdict(ledger.path)) == (new, "")
    assert [row.seq for row in begun(ledger).outbox.rows(Stream.EV, 1, 9, epoch=old)] == [1, 2, 3, 4]


def test_the_command_line_names_the_next_catalogue_while_the_terminal_runs(ledger: Ledger) -> None:
    name_next_catalogue(ledger.path, "catalogue-7.db")
    assert begun(ledger).get("catalogue_next") == "catalogue-7.db"


def test_a_damaged_ledger_is_one_clear_error_for_those_who_only_read_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"this is not a database " * 400)
    queries = LedgerQueries(path)
    for look in (queries.verify, queries.unsent, lambda: queries.receipt("261123-1-0001"), lambda: rows(path)):
        with pytest.raises(StoreError, match=r"ledger\.db"):
            look()
    with pytest.raises(StoreError):
        name_next_catalogue(path, "catalogue-1.db")


def test_a_full_disk_is_not_taken_for_a_damaged_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Ledger.open(path, HandClock(), Random(1)).close(clean=True)

    class Full(Ledger):
        def _count_boot(self, clock: Any) -> int:
            self._connection.execute("PRAGMA max_page_count = 1")
            self._connection.execute("CREATE TABLE filler(x)")
            return 0

    with pytest.raises(DiskFull):
        Full.open(path, HandClock(), Random(1))
    assert not (tmp_path / "aside").exists()
