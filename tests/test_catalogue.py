"""Catalogue files: found by their keys, built beside the active one, and never trusted when damaged."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from edge.codec.catalogue_op import CatalogueOp, DeleteItem, PutItem, read_op
from edge.codec.gtin import check_digit
from edge.errors import CodecError, CorruptStore, SettingsError, StoreError
from edge.model.item import Gtin14, Item
from edge.model.money import Fen
from edge.ports import Catalogue
from edge.store.catalogue import CatalogueFile, seal
from edge.store.catalogue_build import build_delta, build_full, catalogue_files, clean, import_csv
from edge.store.durability import sync_folder

COLA = Item("6901234567892", "可乐", Fen(350), Gtin14("06901234567892"), unit="罐", tax="S9", age=18, cost=Fen(200))
APPLES = Item("A-1", "苹果", Fen(998), None, name_en="Apples", unit="kg", weighed=True, plu="123")


@pytest.fixture
def active(tmp_path: Path) -> Iterator[CatalogueFile]:
    with closing(CatalogueFile.open(build_full(tmp_path, [COLA, APPLES], version=7).path)) as catalogue:
        yield catalogue


def test_goods_are_found_by_gtin_sku_and_plu(active: CatalogueFile) -> None:
    catalogue: Catalogue = active
    assert catalogue.by_gtin("06901234567892") == COLA == catalogue.by_sku("6901234567892")
    assert active.by_plu("00123") == APPLES == catalogue.by_sku("A-1")
    assert catalogue.by_gtin("06909999999990") is None and catalogue.by_sku("") is None
    assert (catalogue.version, len(catalogue)) == (7, 2)


def test_a_delta_changes_what_it_names_and_nothing_else(tmp_path: Path, active: CatalogueFile) -> None:
    ops: list[CatalogueOp] = [
        PutItem("6901234567892", {"price": 360}),
        PutItem("A-1", {"blocked": True, "plu": None}),
        DeleteItem("nobody"),
        PutItem("69012341", {"name": "盐", "price": 200}),
        PutItem("B-1", {"name": "纸", "gtin": None}),
        DeleteItem("B-1"),
    ]
    built = build_delta(tmp_path, active, ops, version=8)
    assert (built.path.name, built.version, built.items, built.ignored) == ("catalogue-2.db", 8, 3, 1)
    with closing(CatalogueFile.open(built.path)) as newer:
        cola, apples = newer.by_sku("6901234567892"), newer.by_sku("A-1")
        assert cola is not None and (cola.price, cola.name, cola.cost) == (360, "可乐", 200)
        assert apples is not None and apples.blocked and newer.by_plu("123") is None
        salt = newer.by_gtin("00000069012341")
        assert salt is not None and (salt.sku, salt.weighed, salt.unit) == ("69012341", False, "")
    unchanged = active.by_sku("6901234567892")
    assert unchanged is not None and unchanged.price == 350


def test_a_full_catalogue_as_ndjson_begins_from_nothing(tmp_path: Path, active: CatalogueFile) -> None:
    built = build_delta(tmp_path, None, [read_op({"op": "put", "sku": "1", "name": "a"})], version=9)
    assert (built.items, built.version) == (1, 9)


@pytest.mark.parametrize(
    ("op", "told"),
    [
        (PutItem("new", {"price": 1}), "sku new: goods that the catalogue does not have need a name"),
        (PutItem("A-1", {"shelf_min": 9, "shelf_max": 8}), "sku A-1: the shelf holds less than it must show"),
        (PutItem("new", {"name": "a", "gtin": "06901234567892"}), "sku new: other goods have this gtin already"),
        (PutItem("6901234567892", {"plu": "123"}), "sku 6901234567892: other goods have this plu already"),
    ],
)
def test_a_delta_that_cannot_be_leaves_everything_as_it_was(
    tmp_path: Path, active: CatalogueFile, op: PutItem, told: str
) -> None:
    with pytest.raises(CodecError, match=told):
        build_delta(tmp_path, active, [PutItem("6901234567892", {"price": 1}), op], version=8)
    assert catalogue_files(tmp_path) == [active.path]
    assert not list(tmp_path.glob("*.new"))


def test_goods_twice_in_a_full_catalogue_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CodecError, match=r"sku A-1: other goods have this (sku|plu) already"):
        build_full(tmp_path, [APPLES, COLA, APPLES], version=1)
    assert catalogue_files(tmp_path) == []


def test_a_csv_becomes_a_catalogue_or_changes_nothing(tmp_path: Path) -> None:
    source, data = tmp_path / "goods.csv", tmp_path / "data"
    source.write_text("gtin,name,price_fen,unit\n6901234567892,可乐,350,罐\n", encoding="gb18030")
    result = import_csv(data, source)
    assert (result.path, result.version, result.items, result.encoding) == (data / "catalogue-1.db", 0, 1, "gb18030")
    source.write_text("gtin,name,price_fen,unit\n6901234567893,可乐,350,罐\n")
    with pytest.raises(SettingsError, match=r"goods\.csv line 2, column gtin: the check digit"):
        import_csv(data, source)
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        import_csv(data, tmp_path / "nothing.csv")
    assert catalogue_files(data) == [result.path]


def test_any_changed_octet_is_noticed_before_activation(tmp_path: Path, active: CatalogueFile) -> None:
    octets = active.path.read_bytes()
    damaged, chance = tmp_path / "damaged.db", Random(1)
    for place in [0, 16, 60, 63, 99, len(octets) - 1, *(chance.randrange(len(octets)) for _ in range(100))]:
        damaged.write_bytes(octets[:place] + bytes([octets[place] ^ 1 << chance.randrange(8)]) + octets[place + 1 :])
        with pytest.raises(CorruptStore):
            CatalogueFile.open(damaged)


@pytest.mark.parametrize("kept", [0, 1, 50, 100, 4096, 8000])
def test_a_file_cut_short_is_noticed(tmp_path: Path, active: CatalogueFile, kept: int) -> None:
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(active.path.read_bytes()[:kept])
    with pytest.raises(CorruptStore):
        CatalogueFile.open(damaged)


def test_a_delta_on_a_damaged_base_is_refused(tmp_path: Path, active: CatalogueFile) -> None:
    octets = bytearray(active.path.read_bytes())
    octets[octets.index("可乐".encode())] ^= 1
    active.path.write_bytes(octets)
    with pytest.raises(CorruptStore):
        build_delta(tmp_path, active, [DeleteItem("A-1")], version=8)
    assert catalogue_files(tmp_path) == [active.path]


def test_a_catalogue_that_is_gone_or_of_another_schema_is_a_store_error(tmp_path: Path, active: CatalogueFile) -> None:
    with pytest.raises(StoreError, match="the catalogue cannot be read: No such file"):
        CatalogueFile.open(tmp_path / "catalogue-9.db")
    with closing(sqlite3.connect(active.path)) as connection:
        connection.executescript("UPDATE meta SET v = 3 WHERE k = 'schema'; PRAGMA user_version = 0;")
    seal(active.path)
    with pytest.raises(StoreError, match="another version of this software, expected schema 2, got 3"):
        CatalogueFile.open(active.path)


def test_a_catalogue_of_the_schema_before_sells_and_takes_changes(tmp_path: Path, active: CatalogueFile) -> None:
    """A shop without a network has nobody who could send it another one."""
    known = active.by_sku("A-1")
    assert known is not None
    with closing(sqlite3.connect(active.path)) as connection:
        for column in ("shelf_min", "shelf_max"):
            connection.execute(f"ALTER TABLE item DROP COLUMN {column}")
        connection.executescript("UPDATE meta SET v = 1 WHERE k = 'schema'; PRAGMA user_version = 0;")
    seal(active.path)
    old = CatalogueFile.open(active.path)
    assert old.by_sku("A-1") == replace(known, shelf_min=None, shelf_max=None)
    built = build_delta(tmp_path, old, [PutItem("A-1", {"shelf_min": 2, "shelf_max": 9})], version=old.version + 1)
    new = CatalogueFile.open(built.path)
    assert new.by_sku("A-1") == replace(known, shelf_min=2, shelf_max=9) and len(new) == len(old)


def test_numbers_go_up_past_what_was_set_aside(tmp_path: Path, active: CatalogueFile) -> None:
    (tmp_path / "aside").mkdir()
    shutil.copy(active.path, tmp_path / "aside" / "catalogue-41.20261123T050359Z.damaged.db")
    (tmp_path / "catalogue-x.db").write_bytes(b"")
    assert build_full(tmp_path, [COLA], version=1).path.name == "catalogue-42.db"


def test_cleaning_keeps_the_active_one_the_one_before_it_and_what_waits(tmp_path: Path) -> None:
    built = [build_full(tmp_path, [COLA], version=n).path for n in range(1, 13)]
    half = tmp_path / "catalogue-13.db.new"
    half.write_bytes(b"half")
    assert set(clean(tmp_path, built[10])) == {*built[:9], half}
    assert catalogue_files(tmp_path) == [built[11], built[10], built[9]]
    assert clean(tmp_path, built[10]) == []


def test_two_builders_do_not_meet(tmp_path: Path, active: CatalogueFile) -> None:
    def second() -> Iterator[Item]:
        yield COLA
        half = tmp_path / "catalogue-2.db.new"
        assert half.exists() and clean(tmp_path, active.path) == [] and half.exists()
        with pytest.raises(StoreError, match="another catalogue is being built"):
            build_full(tmp_path, [APPLES], version=3)

    assert build_full(tmp_path, second(), version=2).path.name == "catalogue-2.db"


def test_a_build_that_was_killed_is_in_nobodys_way(tmp_path: Path, active: CatalogueFile) -> None:
    (tmp_path / "catalogue-2.db.new").write_bytes(b"half")
    assert build_full(tmp_path, [COLA], version=2).path.name == "catalogue-2.db"


def test_reading_leaves_no_files_beside_it_and_cannot_write(active: CatalogueFile, tmp_path: Path) -> None:
    active.by_sku("A-1")
    assert {path.name for path in tmp_path.iterdir()} == {"catalogue-1.db", "catalogue.lock"}
    with closing(sqlite3.connect(f"file:{active.path}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_disk_without_room_leaves_no_half_catalogue(tmp_path: Path, active: CatalogueFile) -> None:
    many = [Item(f"S-{n}", "x" * 80, Fen(n)) for n in range(2000)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, hard))
    try:
        with pytest.raises(StoreError, match="the catalogue cannot be written"):
            build_full(tmp_path, many, version=8)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert catalogue_files(tmp_path) == [active.path] and not list(tmp_path.glob("*.new"))


def test_a_folder_that_is_a_file_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        build_full(tmp_path / "data", [COLA], version=1)


@pytest.mark.chaos
def test_fifty_thousand_items_are_built_in_five_seconds_and_found_in_thirty_microseconds(tmp_path: Path) -> None:
    digits = [f"690{n:09d}" for n in range(50_000)]
    gtins = [body + check_digit(body) for body in digits]
    lines = [f"{gtin},商品名称 {n} 330ml,{n % 9999 + 1},瓶" for n, gtin in enumerate(gtins)]
    (tmp_path / "goods.csv").write_text("\n".join(["gtin,name,price_fen,unit", *lines]))
    sync_folder(tmp_path)
    began = time.perf_counter()
    result = import_csv(tmp_path, tmp_path / "goods.csv")
    assert time.perf_counter() - began < 5.0
    Random(1).shuffle(gtins)
    with closing(CatalogueFile.open(result.path)) as catalogue:
        took = []
        for gtin in gtins[:10_000]:
            began = time.perf_counter()
            assert catalogue.by_gtin(f"0{gtin}") is not None
            took.append(time.perf_counter() - began)
    assert sorted(took)[len(took) // 2] < 30e-6
