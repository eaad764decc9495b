"""A backup says what is wrong with it before anything changes; put in, it is the same shop in a new epoch."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from keep_bench import PASSWORD, TID, Box, backed_up, staged, write_settings
from shop_bench import Books

from edge.__main__ import main
from edge.codec.backup_head import FIXED_OCTETS, FORMAT
from edge.errors import BackupRefused, EdgeError
from edge.store.disk import Disk, Space
from edge.store.documents import Documents
from edge.store.restore import arm, put_in
from edge.store.wipe import Wiped, mark, wipe


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Box]:
    """Three sales, of which the cloud knows none."""
    box = Box(tmp_path / "shop")
    box.start()
    box.sell(3)
    yield box
    box.off()


@pytest.fixture
def spare(tmp_path: Path) -> Path:
    """A box with settings of the same terminal, and nothing else."""
    write_settings(tmp_path / "spare")
    (tmp_path / "spare" / "data").mkdir()
    return tmp_path / "spare"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_backup_of_a_shop_that_sells_is_put_into_a_spare_box(shop: Box, spare: Path, tmp_path: Path) -> None:
    made = backed_up(shop.folder)
    shop.sell()
    assert shop.books.sold == 4 and made.journal_n < shop.terminal.ledger.last_n
    found = staged(spare, Path(made.path))
    assert (found.tid, found.shop, found.sales) == (TID, "小王便利店", 3)
    assert contents(spare / "data").keys() >= {"restore/new/ledger.db"} and not (spare / "data/ledger.db").exists()
    arm(spare / "data", found.id)
    box = Box.__new__(Box)
    box.__dict__ |= {"folder": spare, "clock": shop.clock, "config": spare / "shop.toml", "sticks": tuple}
    box.start()
    assert box.books.sold == 3 and box.terminal.goods == 1
    assert box.books.epoch() != shop.books.epoch()
    assert box.books.queries.verify()[0].broken_at is None
    ids = {row["id"] for row in shop.books.sales()}
    assert {row["id"] for row in box.books.sales()} < ids
    box.sell()
    numbers = [row["data"]["receipt"] for row in box.books.sales()]
    assert numbers[-1].endswith("-5004"), "far above what the shop may have printed since"
    assert not (spare / "data/restore").exists()
    box.off()


@pytest.mark.parametrize(("spoil", "code"), [
    (lambda octets: b"", "no_backup"),
    (lambda octets: b"PK\x03\x04" + octets, "no_backup"),
    (lambda octets: octets[:5], "truncated"),
    (lambda octets: octets[:300], "truncated"),
    (lambda octets: octets[:-1], "truncated"),
    (lambda octets: octets[: len(octets) // 2], "truncated"),
    (lambda octets: octets + b"x", "broken"),
    (lambda octets: octets[:-20] + b"\0" * 20, "password"),
    (lambda octets: octets[:9] + b"\x02" + octets[10:], "newer"),
    (lambda octets: octets[:FIXED_OCTETS] + b"[" + octets[FIXED_OCTETS + 1 :], "broken"),
    (lambda octets: octets.replace(b'"ledger": ', b'"ledger":9', 1), "newer"),
    (lambda octets: octets.replace(TID.encode(), b"T7K3M9Q3", 1), "other_shop"),
    (lambda octets: octets.replace(b"65536", b"65535", 1), "password"),
    (lambda octets: octets.replace(b"65536", b"65537", 1), "broken"),
    (lambda octets: octets.replace(b'"passes": 3', b'"passes": 4', 1), "broken"),
    (lambda octets: octets.replace(b'"lanes": 1', b'"lanes": 2', 1), "broken"),
    (lambda octets: octets.replace(b"65536", b"99999", 1), "broken"),
])  # fmt: skip
def test_what_is_wrong_is_said_before_anything_changes(
    shop: Box, spare: Path, spoil: Callable[[bytes], bytes], code: str
) -> None:
    made = Path(backed_up(shop.folder).path)
    made.write_bytes(spoil(made.read_bytes()))
    before = contents(spare / "data")
    with pytest.raises(BackupRefused) as refused:
        staged(spare, made)
    assert refused.value.code == code
    assert contents(spare / "data") == before


def test_a_wrong_password_opens_nothing_and_a_right_one_is_in_no_file(shop: Box, spare: Path) -> None:
    made = Path(backed_up(shop.folder).path)
    with pytest.raises(BackupRefused) as refused:
        staged(spare, made, PASSWORD + "x")
    assert refused.value.code == "password"
    octets = made.read_bytes()
    assert FORMAT == 1 and "可口可乐".encode() not in octets and b"sale.completed" not in octets
    assert PASSWORD.encode() not in b"".join(contents(shop.folder / "data").values())


def test_where_there_is_no_room_nothing_is_begun(shop: Box, spare: Path) -> None:
    class Small(Disk):
        def space(self, folder: Path) -> Space:
            return Space(total=2**30, free=2**20)

    made = Path(backed_up(shop.folder).path)
    with pytest.raises(BackupRefused) as refused:
        staged(spare, made, disk=Small())
    assert refused.value.code == "room" and "MB" in str(refused.value)


def test_who_the_box_is_stays_out_of_it(shop: Box, spare: Path) -> None:
    keys = shop.folder / "data" / "keys" / "cloud" / "pair-1"
    keys.mkdir(parents=True)
    (keys / "key.pem").write_text("PRIVATE")
    staged(spare, Path(backed_up(shop.folder).path))
    assert not [name for name in contents(spare / "data") if "keys" in name or "key.pem" in name]


def test_papers_that_waited_are_not_printed_once_more(shop: Box, spare: Path) -> None:
    with closing(sqlite3.connect(shop.books.path)) as ledger, ledger:
        ledger.execute("UPDATE print_job SET state = 'queued'")
        (waiting,) = ledger.execute("SELECT count(*) FROM print_job").fetchone()
    staged(spare, Path(backed_up(shop.folder).path))
    with closing(sqlite3.connect(spare / "data/restore/new/ledger.db")) as ledger:
        assert ledger.execute("SELECT DISTINCT state FROM print_job").fetchall() == [("unknown",)]
        told = ledger.execute("SELECT count(*) FROM journal WHERE type = 'print.ended'").fetchone()
    assert told == (waiting,)


def test_no_cell_of_an_old_copy_is_believed_to_be_free(shop: Box, spare: Path) -> None:
    states = [("A01", "free", ""), ("A02", "occupied", "p-1"), ("A03", "fault", ""), ("A04", "check", "p-2")]
    with closing(sqlite3.connect(shop.books.path)) as ledger, ledger:
        ledger.executemany("INSERT INTO cell VALUES (?, ?, ?)", states)
    staged(spare, Path(backed_up(shop.folder).path))
    books = Books(spare / "data/restore/new/ledger.db")
    assert books.rows("SELECT id, state, parcel FROM cell ORDER BY id") == [
        ("A01", "check", ""), ("A02", "check", "p-1"), ("A03", "fault", ""), ("A04", "check", "p-2"),
    ]  # fmt: skip
    told = [row["data"] for row in books.journal() if row["type"] == "cell.changed"]
    assert [(row["box"], row["state"], row["why"]) for row in told] == [
        ("A01", "check", "restored"), ("A02", "check", "restored"),
    ]  # fmt: skip
    assert books.queries.verify()[0].broken_at is None


class Cut(Exception):
    """The power goes."""


def test_a_cut_at_each_step_leaves_the_old_box_or_the_new_one(shop: Box, tmp_path: Path) -> None:
    """Over a box that has a life of its own: a ledger, documents, a catalogue."""
    made = Path(backed_up(shop.folder).path)
    at, steps, cut = shop.clock.wall(), 0, True
    while cut:
        old = Box(tmp_path / f"old-{steps}")
        old.start()
        old.sell()
        old.off()
        data, left = old.folder / "data", steps
        documents, _ = Documents.open(data / "documents", at=at)
        documents.collection("cells").put("wall", {"only": "the old one has it"})
        id = staged(old.folder, made).id

        def step(name: str) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Cut(name)

        cut, is_armed = False, False
        try:
            arm(data, id, step)
            put_in(data, at, step)
        except Cut as name:
            cut, is_armed = True, (data / "restore/armed").exists() or str(name) == "put in"
        put_in(data, at)
        sold = 3 if is_armed or not cut else 1
        assert old.books.sold == sold, f"after step {steps}"
        assert not (data / "restore/armed").exists()
        documents, damaged = Documents.open(data / "documents", at=at)
        assert not damaged and (documents.collection("cells").get("wall") is None) == (sold == 3)
        old.start()
        assert old.terminal.goods == 1
        old.off()
        steps += 1
    assert steps > 8


def test_an_own_file_of_another_kind_is_no_backup_whatever_it_holds(spare: Path, tmp_path: Path) -> None:
    given = tmp_path / "given"
    for octets in (
        b"\x89EDGEBK\n",
        json.dumps({"tid": TID}).encode(),
        b"\x89EDGEBK\n\0\1\xff\xff\xff\xff",
        b"\0" * 70_000,
    ):
        given.write_bytes(octets)
        with pytest.raises(EdgeError):
            staged(spare, given)


def test_the_command_line_makes_one_and_puts_it_in(
    shop: Box, spare: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    words = ["--password-file", str(tmp_path / "password"), "--config"]
    assert main(["backup", *words, str(shop.config), str(tmp_path)]) == 0, "beside a terminal that runs"
    (made,) = tmp_path.glob("T7K3M9Q2-*.edgebackup")
    assert main(["restore", *words, str(shop.config), str(made)]) == 2, "a terminal runs there"
    assert "Stop it first" in capsys.readouterr().err
    assert main(["restore", "--look", *words, str(spare / "shop.toml"), str(made)]) == 0
    assert "3 sales" in capsys.readouterr().out and not (spare / "data/ledger.db").exists()
    (tmp_path / "password").write_text("another-one-2026\n")
    assert main(["restore", *words, str(spare / "shop.toml"), str(made)]) == 1
    assert "password is wrong" in capsys.readouterr().err
    (tmp_path / "password").write_text("short\n")
    assert main(["backup", *words, str(shop.config), str(tmp_path)]) == 2
    (tmp_path / "password").write_text(PASSWORD)
    assert main(["restore", *words, str(spare / "shop.toml"), str(made)]) == 0
    assert Books(spare / "data/ledger.db").sold == 3
    assert (spare / "data/restored-settings/shop.toml").read_bytes() == shop.config.read_bytes()


def test_a_folder_that_somebody_made_among_the_documents_stops_nobody(shop: Box, tmp_path: Path) -> None:
    made = Path(backed_up(shop.folder).path)
    old = Box(tmp_path / "old")
    old.start()
    old.off()
    data = old.folder / "data"
    (data / "documents" / "copies" / "deep").mkdir(parents=True)
    (data / "documents" / "copies" / "deep" / "cells.json").write_text("mine")
    arm(data, staged(old.folder, made).id)
    assert put_in(data, shop.clock.wall()) and old.books.sold == 3
    assert "mine" in [path.read_text() for path in (data / "aside").glob("cells.*.json")]


def test_a_document_of_newer_software_is_told_from_a_damaged_one(shop: Box, spare: Path) -> None:
    documents, _ = Documents.open(shop.folder / "data/documents", at=shop.clock.wall())
    documents.collection("cells").put("wall", {"doors": 1})
    path = shop.folder / "data/documents/cells.json"
    for text, code in ((path.read_text().replace('"number": 1', '"number": 99').replace('"number":1', '"number":99'),
                        "newer"), ('{"newer": 1}', "broken")):  # fmt: skip
        path.write_text(text)
        with pytest.raises(BackupRefused) as refused:
            staged(spare, Path(backed_up(shop.folder).path))
        assert refused.value.code == code


def test_a_cut_at_each_step_of_erasing_leaves_a_box_that_goes_on_erasing(tmp_path: Path) -> None:
    steps, cut = 0, True
    while cut:
        box = Box(tmp_path / f"box-{steps}")
        box.start()
        box.sell()
        box.off()
        data, left = box.folder / "data", steps
        (data / "keys" / "cloud").mkdir(parents=True)
        (data / "keys" / "cloud" / "key.pem").write_text("PRIVATE")

        def step(name: str) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Cut(name)

        cut, is_marked = False, True
        try:
            mark(data, "A1", step)
            assert wipe(data, step) == Wiped("A1")
        except Cut as name:
            cut, is_marked = True, (data / "erase").exists()
            is_done = str(name) == "erased"
            assert wipe(data) == Wiped("A1" if is_marked else ""), name
            assert is_marked or is_done
        assert [path.name for path in data.iterdir()] == ["terminal.lock"], f"after step {steps}"
        box.start()
        assert box.books.sold == 0
        box.off()
        steps += 1
    assert steps > 6
