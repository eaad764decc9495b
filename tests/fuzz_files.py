"""Files of ours that a worn card has changed: the ledger at boot, a catalogue when it is opened."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from counter_bench import COLA, NOODLES, SHELF, CounterBench, HandClock
from fuzz_target import Read

from edge.codec.catalogue_op import PutItem
from edge.errors import CorruptStore, StoreError
from edge.model.records import Stream
from edge.store.atomic_storage import Schema
from edge.store.catalogue import CatalogueFile
from edge.store.catalogue_build import build_delta
from edge.store.documents import Documents
from edge.store.journal import GENESIS

Rows = dict[Any, tuple[Any, ...]]
"""Journal rows by number, or sales by id."""

SALES = 12
ACKED = 3
"""Sales that the cloud has; those after them it lacks."""
SECTOR = 512
GOOD_DOCUMENT = b'{"schema":{"1":{"number":1}},"documents":{"1":{"key":"a","value":1}}}'
VERSION = slice(60, 64)
"""Where SQLite keeps user_version."""
MAX_WOUNDS = 12
MAX_LIVES = 3
"""A damage that the first boot does not see, it sees after the life that met it."""


def wounded(octets: bytes, wounds: bytes) -> bytes:
    """Four octets a wound: where (three), what: one octet changed, a sector emptied or moved, the rest cut off."""
    body = bytearray(octets)
    for at in range(0, min(len(wounds), 4 * MAX_WOUNDS) - 3, 4):
        place, how = int.from_bytes(wounds[at : at + 3]) % max(1, len(body)), wounds[at + 3]
        sector = place - place % SECTOR
        if how < 128:
            body[place : place + 1] = bytes((how * 2 + 1,))
        elif how < 176:
            body[place : place + 1] = bytes(octet ^ 1 << how % 8 for octet in body[place : place + 1])
        elif how < 212:
            body[sector : sector + SECTOR] = bytes(len(body[sector : sector + SECTOR]))
        elif how < 248:
            body[sector : sector + SECTOR] = body[:SECTOR] if how % 2 else body[-SECTOR:]
        else:
            del body[place:]
    return bytes(body)


@contextmanager
def mutilated_ledgers(folder: Path) -> Iterator[Read]:
    """A boot on each wounded ledger never fails, and what can be read and was not sent is still there, and it sells."""
    shop = CounterBench(folder / "shop")
    for _ in range(SALES):
        shop.sell(COLA, NOODLES)
    tx = shop.begin()
    tx.outbox.acknowledge(Stream.TX, 1 + ACKED)  # the shift's row stands before them
    tx.commit()
    shop.scan(COLA)
    shop.ledger.close(clean=True)
    whole = shop.ledger.path.read_bytes()
    before = _readable(shop.ledger.path)

    def boot(wounds: bytes) -> None:
        ledger = wounded(whole, wounds)
        if ledger[VERSION] != whole[VERSION]:
            return  # it says that newer software wrote it: left alone, whatever it is
        home = folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        (home / "ledger.db").write_bytes(ledger)
        expected = _lacking(home / "ledger.db", before)
        clock = HandClock()
        for life in range(MAX_LIVES):
            clock.boots += 1
            try:
                _live(home, clock, expected, seed=life)
            except CorruptStore:
                continue  # a page that is read late: the process ends, and the next boot reads the whole file
            return
        raise AssertionError("it does not come up any more")

    yield boot


def _live(home: Path, clock: HandClock, expected: Rows, *, seed: int) -> None:
    """One life of the terminal, in which it sells, and the boot after it, which finds nothing to mend."""
    shop = CounterBench(home, clock=clock, seed=seed + 7)
    kept = {row["id"] for row in shop.records("sale.completed")}
    assert expected.keys() <= kept, f"{len(expected.keys() - kept)} sales are gone"
    assert shop.verdict() == ""
    shop.sell(NOODLES)
    sales = shop.sales()
    assert len(sales) == len(kept) + 1
    receipts = [sale["receipt"] for sale in sales if "receipt" in sale]  # the wound can be the key's own name
    sold = [row["data"] for row in shop.records("sale.completed") if row["id"] not in kept]
    assert [("receipt" in sale) for sale in sold] == [True], "the sale of this life has no receipt number"
    # A wound in another one's number may make it that of a third; a new one is nobody's all the same.
    assert receipts.count(sold[0]["receipt"]) == 1, "two sales share a receipt number"
    shop.ledger.close(clean=True)
    again = CounterBench(home, clock=clock, seed=seed + 8)
    assert shop.ledger.set_aside is None or again.ledger.set_aside is None, "set aside twice"
    again.ledger.close(clean=True)


def _readable(path: Path) -> Rows:
    """Each row that SQLite still gives when it is asked for this one alone."""
    found: Rows = {}
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        for n in range(1, 200):
            try:
                row = connection.execute(
                    "SELECT stream, epoch, seq, id, type, sv, at, boot, up, clk, body, hash FROM journal WHERE n = ?",
                    (n,),
                ).fetchone()
            except (sqlite3.Error, UnicodeDecodeError):
                row = None
            if row is not None:
                found[n] = row
        found[0] = _kept(connection)
    return found


def _kept(connection: sqlite3.Connection) -> tuple[Any, ...]:
    """What decides which rows count as sent."""
    try:
        epoch = connection.execute("SELECT v FROM meta WHERE k = 'epoch'").fetchone()
        return (epoch, connection.execute("SELECT * FROM pos ORDER BY stream").fetchall())
    except (sqlite3.Error, UnicodeDecodeError):
        return (GENESIS,)


def _lacking(path: Path, before: Rows) -> Rows:
    """Sales, by id, that read as they were written and that the cloud does not have."""
    try:
        now = _readable(path)
    except sqlite3.Error:
        return {}
    if now[0] != before[0]:
        return {}
    return {
        row[3]: row for n, row in now.items()
        if n and row == before[n] and row[0] == Stream.TX and row[4] == "sale.completed" and row[2] > _acked(before)
    }  # fmt: skip


def _acked(rows: Rows) -> int:
    return int(next(acked for stream, _, acked in rows[0][1] if stream == Stream.TX))


@contextmanager
def mutilated_catalogues(folder: Path) -> Iterator[Read]:
    """A wounded catalogue is refused as damaged, or serves exactly what was written."""
    ops = [PutItem(item.sku, {"name": item.name, "price": item.price, "gtin": item.gtin}) for item in SHELF]
    path = build_delta(folder, None, ops, version=1).path
    whole = path.read_bytes()

    def opened(wounds: bytes) -> None:
        changed = wounded(whole, wounds)
        path.write_bytes(changed)
        try:
            with closing(CatalogueFile.open(path)) as catalogue:
                assert changed == whole
                assert len(catalogue) == len(SHELF)
        except StoreError:
            assert changed != whole

    yield opened


@contextmanager
def mutilated_documents(folder: Path) -> Iterator[Read]:
    """A document of any content, its last copy whole, damaged or gone: it opens, and takes what is put."""
    home = folder / "documents"

    def opened(octets: bytes) -> None:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        (home / "settings.json").write_bytes(octets)
        if len(octets) % 3:
            (home / "settings.json.bak").write_bytes(octets if len(octets) % 3 == 1 else GOOD_DOCUMENT)
        documents, damaged = Documents.open(home, at=HandClock().wall(), schemas={"settings": Schema()})
        settings = documents.collection("settings")
        assert not damaged or settings.all() in ({}, {"a": 1})
        settings.put("new", [1])
        again, damaged = Documents.open(home, at=HandClock().wall(), schemas={"settings": Schema()})
        assert not damaged
        assert again.collection("settings").all() == settings.all()

    yield opened
