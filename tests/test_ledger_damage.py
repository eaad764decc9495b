"""A damaged ledger is set aside, what the cloud lacks is carried over, and the shop sells on, whatever was hit."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from counter_bench import COLA, NOODLES, CounterBench

from edge.codec.command_card import card_code
from edge.errors import CorruptStore, StoreError
from edge.model.records import Stream
from edge.store import aside
from edge.store.ledger import PAGE_OCTETS, Ledger

ACKED = 4
"""Sales that the cloud has; those after them it lacks."""
OPENED = 1
"""The row of the shift, which the first sale opens."""


def shop_with_history(folder: Path, *, sales: int = 10) -> CounterBench:
    """Ten sales, four of them acknowledged, a basket of one cola open; stopped in order, so all is in one file."""
    shop = CounterBench(folder)
    for _ in range(sales):
        shop.sell(COLA, NOODLES)
    tx = shop.begin()
    tx.outbox.acknowledge(Stream.TX, OPENED + ACKED)
    tx.put("sess", "41")
    tx.commit()
    shop.scan(COLA)
    shop.ledger.close(clean=True)
    return shop


def sql(*statements: str) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    return damage


def cut_to(share: float) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        octets = path.read_bytes()
        path.write_bytes(octets[: int(len(octets) * share)])

    return damage


def not_a_database(path: Path) -> None:
    path.write_bytes(b"\xff" * path.stat().st_size)


def rubbish(seed: int) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        chance, octets = Random(seed), bytearray(path.read_bytes())
        for _ in range(chance.choice((1, 3, 20, 200))):
            start = chance.randrange(len(octets))
            for at in range(start, min(len(octets), start + chance.choice((1, 4, 64)))):
                octets[at] = chance.randrange(256)
        path.write_bytes(octets)

    return damage


WHOLE_BUT_WRONG = {
    "a broken link": sql("UPDATE journal SET body = replace(body, '可乐', '可口') WHERE n = 3"),
    "a row is gone": sql("DELETE FROM journal WHERE n = 3"),
    "the head is behind": sql("UPDATE pos SET head = head - 1 WHERE stream = 'tx'"),
    "the head is ahead": sql("UPDATE pos SET head = head + 1 WHERE stream = 'tx'"),
    "a position is missing": sql("DELETE FROM pos WHERE stream = 'ev'"),
    "the basket is no basket": sql("UPDATE counter SET body = '[]'"),
    "the basket is no text": sql("UPDATE counter SET body = x'ff00'"),
    "the boot count is a word": sql("UPDATE meta SET v = 'many' WHERE k = 'boot'"),
    "the last time is no time": sql("UPDATE journal SET at = 'noon' WHERE n = (SELECT max(n) FROM journal)"),
    "a hash is no blob": sql("UPDATE journal SET hash = 5 WHERE n = (SELECT max(n) - 1 FROM journal)"),
    "a body is no UTF-8": sql("UPDATE journal SET body = CAST(x'7bff7d' AS TEXT) WHERE n = 3"),
    "how far the time is believed is no UTF-8": sql("UPDATE journal SET clk = CAST(x'ff6b' AS TEXT)"),
    "a refusal is no UTF-8": sql("UPDATE journal SET rej = CAST(x'ff' AS TEXT) WHERE n = 3"),
    "an epoch that is over is no UTF-8": sql("UPDATE journal SET epoch = CAST(x'ff30' AS TEXT) WHERE n = 1"),
    "the open shift's id is no UTF-8": sql("UPDATE shift SET id = CAST(x'ff6b' AS TEXT)"),
    "the open shift's day is no day": sql("UPDATE shift SET bday = x'00'"),
    "a column has another name": sql(
        "PRAGMA writable_schema = 1",
        "UPDATE sqlite_master SET sql = replace(sql, 'sold INTEGER', 'solf INTEGER') WHERE name = 'stock'",
    ),
    "the pruned mark is torn": sql("INSERT INTO meta VALUES ('pruned', '3:zz')"),
}


def test_held_sales_come_over_and_the_number_of_a_slip_is_never_given_again(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    hold, recall = card_code(107), card_code(108)
    shop.scan(COLA, hold, recall, hold)
    shop.sell(NOODLES)
    assert shop.begin().held.numbers() == [2]
    shop.scan(recall)
    shop.sell()
    shop.scan(NOODLES, hold)
    assert shop.begin().held.numbers() == [3]
    shop.ledger.close(clean=True)
    sql("UPDATE journal SET body = '{}' WHERE n = 3")(shop.ledger.path)
    shop.boot()
    assert shop.ledger.set_aside is not None
    shop.scan(recall)
    assert [line.name for line in shop.begin().counter.sale.standing] == ["方便面"]
    shop.scan(hold)
    assert shop.begin().held.numbers() == [4]
    shop.scan(recall)
    shop.ledger.close(clean=True)
    sql("UPDATE journal SET body = '{}' WHERE n = 1")(shop.ledger.path)
    shop.boot()
    shop.scan(hold)
    assert shop.begin().held.numbers() == [5], "none was held, and still no number comes again"


LEFT_BEHIND = ("the last time is no time",)
"""Here the last sale itself is damaged: it stays in the file that was set aside."""


@pytest.mark.parametrize("case", WHOLE_BUT_WRONG)
def test_a_ledger_that_can_be_read_but_is_wrong_gives_up_nothing_that_the_cloud_lacks(
    case: str, tmp_path: Path
) -> None:
    shop = shop_with_history(tmp_path / "shop")
    lacking = [row["id"] for row in shop.records("sale.completed")][ACKED:]
    if case in LEFT_BEHIND:
        lacking.pop()
    epoch = shop.ledger.epoch
    WHOLE_BUT_WRONG[case](shop.folder / "ledger.db")
    shop.boot()
    assert shop.ledger.set_aside is not None, "the damage was not seen"
    assert shop.ledger.set_aside.kept_as.exists()
    assert shop.ledger.epoch != epoch
    carried = shop.records("sale.completed")
    assert [row["id"] for row in carried] == lacking
    assert [row["seq"] for row in carried] == list(range(1, len(lacking) + 1))
    assert shop.begin().get("sess") == "41"
    assert shop.verdict() == ""
    sells_on(shop, [f"261123-1-00{n:02d}" for n in range(1, 11)])


@pytest.mark.parametrize(
    "damage",
    [not_a_database, cut_to(0.0), cut_to(0.02), cut_to(0.3), cut_to(0.9)],
    ids=["rubbish", "0 %", "2 %", "30 %", "90 %"],
)
def test_a_file_that_is_no_ledger_any_more_is_set_aside_and_the_shop_sells_on(
    damage: Callable[[Path], None], tmp_path: Path
) -> None:
    shop = shop_with_history(tmp_path / "shop")
    known = [sale["receipt"] for sale in shop.sales()]
    damage(shop.folder / "ledger.db")
    shop.boot()
    assert shop.ledger.set_aside is not None
    assert shop.ledger.set_aside.kept_as.read_bytes() is not None
    sells_on(shop, known)


@pytest.mark.parametrize("seed", range(20))
def test_rubbish_anywhere_in_the_file_never_keeps_the_shop_from_booting_and_selling(seed: int, tmp_path: Path) -> None:
    shop = shop_with_history(tmp_path / "shop")
    before = {row["id"]: row for row in shop.records()}
    known = [sale["receipt"] for sale in shop.sales()]
    rubbish(seed)(shop.folder / "ledger.db")
    try:
        shop.boot()
    except CorruptStore:
        shop.boot()  # Started itself met a page that the quick look at boot leaves out
    for row in shop.records("sale.completed"):
        if row["data"] == before.get(row["id"], row)["data"]:
            continue
        assert shop.ledger.set_aside is not None, "a changed sale was taken for a good one"
    sells_on(shop, known if shop.ledger.set_aside else [])


def test_one_torn_page_in_the_middle_costs_only_the_rows_that_stood_on_it(tmp_path: Path) -> None:
    shop = shop_with_history(tmp_path / "shop", sales=60)
    lacking = [row["id"] for row in shop.records("sale.completed")][ACKED:]
    path = shop.folder / "ledger.db"
    with closing(sqlite3.connect(path)) as connection:
        pages = [
            page for page, in connection.execute(
                "SELECT pageno FROM dbstat WHERE name = 'journal' AND pagetype = 'leaf' ORDER BY path"
            )
        ] if has_dbstat(connection) else leaves(path)  # fmt: skip
    assert len(pages) > 4
    octets = bytearray(path.read_bytes())
    octets[(pages[2] - 1) * PAGE_OCTETS : pages[2] * PAGE_OCTETS] = b"\xaa" * PAGE_OCTETS
    path.write_bytes(octets)
    shop.boot()
    assert shop.ledger.set_aside is not None
    carried = [row["id"] for row in shop.records("sale.completed")]
    assert len(carried) >= len(lacking) - 20
    assert carried[-30:] == lacking[-30:]
    assert shop.verdict() == ""


def test_damage_twice_on_one_day_repeats_no_receipt_number(tmp_path: Path) -> None:
    shop = shop_with_history(tmp_path / "shop")
    numbers = [sale["receipt"] for sale in shop.sales()]
    for _ in range(3):
        sql("UPDATE journal SET hash = x'00' WHERE n = 1")(shop.folder / "ledger.db")
        shop.boot()
        shop.sell(COLA)
        numbers.append(shop.sales()[-1]["receipt"])
        shop.ledger.close(clean=True)
    assert len(set(numbers)) == len(numbers)


def test_receipt_numbers_do_not_repeat_when_the_clock_is_wrong_while_the_ledger_is_replaced(tmp_path: Path) -> None:
    """A box without a clock boots in 1970, replaces its ledger, and gets the time a minute later."""
    shop = shop_with_history(tmp_path / "shop")
    numbers, today = [sale["receipt"] for sale in shop.sales()], shop.clock.at
    WHOLE_BUT_WRONG["a broken link"](shop.folder / "ledger.db")
    shop.clock.at, shop.clock.disciplined = datetime(1970, 1, 1, tzinfo=UTC), False
    shop.boot()
    shop.clock.at, shop.clock.disciplined = today, True
    sells_on(shop, numbers)
    assert shop.sales()[-1]["receipt"] not in numbers


def test_the_day_after_the_damage_begins_at_one_again(tmp_path: Path) -> None:
    shop = shop_with_history(tmp_path / "shop")
    WHOLE_BUT_WRONG["a broken link"](shop.folder / "ledger.db")
    shop.boot()
    shop.sell()
    shop.sleep_s(3 * 86_400)
    shop.sell()
    assert shop.sales()[-1]["receipt"] == "261126-1-0001"


def test_a_sale_whose_paper_was_in_doubt_is_still_in_doubt_after_the_damage(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.printer_ready()
    shop.sell(COLA)
    assert len(shop.printed) == 1
    shop.ledger.close(clean=False)
    WHOLE_BUT_WRONG["the head is behind"](shop.folder / "ledger.db")
    shop.boot()
    assert shop.ledger.set_aside is not None
    jobs = shop.begin().print_jobs.of(shop.records("sale.completed")[0]["id"])
    assert [job.state.value for job in jobs] == ["unknown"]
    shop.hush()
    shop.printer_ready()
    assert shop.printed == []
    shop.card("ZZ1113")
    assert [job.copy_no for job in shop.printed] == [1]


class PowerCut(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("stop_at", range(1, 12))
def test_a_power_cut_at_any_step_of_the_replacement_loses_nothing(
    stop_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = shop_with_history(tmp_path / "shop")
    lacking = [row["id"] for row in shop.records("sale.completed")][ACKED:]
    known = [sale["receipt"] for sale in shop.sales()]
    with_a_wal_of_its_own(shop.folder / "ledger.db")
    steps = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*values: Any, **more: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == stop_at:
                raise PowerCut
            return real(*values, **more)

        return step

    for owner, name in ((Path, "unlink"), (Path, "rename"), (os, "link"), (aside, "sync_folder")):
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))
    with suppress(PowerCut):  # the later cases find fewer steps than they cut at
        Ledger.open(shop.folder / "ledger.db", shop.clock, Random(3))
    monkeypatch.undo()
    shop.restart()
    assert [row["id"] for row in shop.records("sale.completed")] == lacking
    assert shop.verdict() == ""
    sells_on(shop, known)
    kept = sorted((shop.folder / "aside").glob("ledger.*.db"))
    assert kept
    with closing(sqlite3.connect(kept[0])) as old:
        assert old.execute("SELECT count(*) FROM journal WHERE type = 'sale.completed'").fetchone() == (10,)
    assert not (shop.folder / "ledger.new.db").exists()


def test_a_wal_left_of_the_damaged_ledger_is_not_played_into_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power goes after the damaged file has lost its name and before its WAL has."""
    shop = shop_with_history(tmp_path / "shop")
    lacking = [row["id"] for row in shop.records("sale.completed")][ACKED:]
    path, wal = shop.folder / "ledger.db", shop.folder / "ledger.db-wal"
    with_a_wal_of_its_own(path)
    left = wal.read_bytes()
    assert left

    def cut(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as power:
        power.setattr(Path, "rename", cut)
        with suppress(PowerCut):
            Ledger.open(path, shop.clock, Random(3))
    assert not path.exists()
    wal.write_bytes(left)
    shop.boot()
    assert [row["id"] for row in shop.records("sale.completed")] == lacking
    assert shop.verdict() == ""
    assert len(list((shop.folder / "aside").glob("ledger.*.db"))) == 1


def test_what_is_sold_after_a_replacement_survives_the_next_power_cut(tmp_path: Path) -> None:
    shop = shop_with_history(tmp_path / "shop")
    WHOLE_BUT_WRONG["a broken link"](shop.folder / "ledger.db")
    shop.boot()
    shop.sell(NOODLES)
    sold = shop.records("sale.completed")
    shop.restart()
    assert shop.records("sale.completed") == sold
    assert shop.ledger.set_aside is None


def test_a_ledger_that_the_disk_does_not_let_us_open_is_no_damage(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        Ledger.open(tmp_path / "ledger.db", CounterBench(tmp_path / "other").clock, Random(1))
    assert (tmp_path / "ledger.db").is_dir()


def sells_on(shop: CounterBench, known: list[str]) -> None:
    """A sale is booked under a number that no receipt of before has; it is there after a power cut too."""
    try:
        shop.sell(NOODLES)
    except CorruptStore:
        # A page that no boot looks at: the process ends, and the next boot reads the whole file.
        shop.restart()
        assert shop.ledger.set_aside is not None
    booked = len(shop.sales())
    shop.sell(NOODLES)
    assert len(shop.sales()) == booked + 1
    assert shop.sales()[-1]["receipt"] not in known
    shop.restart()
    assert len(shop.sales()) == booked + 1
    assert shop.verdict() == ""


def with_a_wal_of_its_own(path: Path) -> None:
    """Break a link in a commit that stands in the WAL only, as a power cut leaves it."""
    copy = path.with_name("copy.db")
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("UPDATE journal SET body = replace(body, '可乐', '可口') WHERE n = 3")
    for table, column in (("journal", "clk"), ("meta", "v"), ("pos", "head"), ("sale", "till"), ("print_job", "of")):
        connection.execute(f"UPDATE {table} SET {column} = {column}")  # so that the WAL has a page of each
    for suffix in ("", "-wal"):
        shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")
    connection.close()
    for suffix in ("", "-wal"):
        Path(f"{copy}{suffix}").rename(f"{path}{suffix}")


def has_dbstat(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM pragma_module_list WHERE name = 'dbstat'").fetchone()[0])


def leaves(path: Path) -> list[int]:
    """Leaf pages of a table with the journal's words on them."""
    octets = path.read_bytes()
    return [
        number // PAGE_OCTETS + 1
        for number in range(0, len(octets), PAGE_OCTETS)
        if octets[number] == 0x0D and b"sale.completed" in octets[number : number + PAGE_OCTETS]
    ]
