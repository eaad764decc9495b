"""`edge export`: the shop's own books as CSV, without a network, while the terminal sells on.

A table has its name only when all of them are whole: until then they are `NAME.part`, and a stick that is pulled out or
full leaves the tables of the last time as they were.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from edge.codec.own_books import (
    HEADS,
    MONEY_TYPES,
    PARCEL_SIDES,
    PARCELS,
    STOCK,
    Cells,
    money_rows,
    parcel_side,
    stock_row,
    text_cell,
)
from edge.config import load_settings
from edge.devices import load_driver
from edge.errors import CodecError, StoreError
from edge.model.carrier import Carriers
from edge.shop_files import shop_platforms
from edge.store.catalogue import CatalogueFile
from edge.store.durability import disk_errors, sync_folder
from edge.store.own_books import OwnBooks, own_books
from edge.terminal_folder import LEDGER_FILE

NamesOf = Callable[[str], str]
Tables = Mapping[str, Callable[[Cells], object]]


def export(config: str, to: str) -> int:
    """0, or 1 where rows of the journal could not be read: the others are in the tables."""
    settings, folder = load_settings(Path(config), load_driver), Path(to)
    own, carriers = settings.terminal, shop_platforms(settings).carriers
    if not folder.is_dir():
        raise StoreError("there is no such folder", where=str(folder), cure="Plug the stick in, or make the folder.")
    language = own.language.value
    with own_books(own.data_dir / LEDGER_FILE) as books, tables_in(folder, HEADS[language]) as tables:
        unread = _write_money(books, tables, own.zone, language)
        unread += _write_parcels(books, tables, own.zone, carriers, language)
        with _names(own.data_dir, books.catalogue()) as name_of:
            for sku, on_hand in books.stock():
                tables[STOCK](stock_row(sku, name_of(sku), on_hand))
    print(f"{folder}: {', '.join(HEADS[language])}")
    if unread:
        print(f"{unread} rows of the journal cannot be read and are left out", file=sys.stderr)
    return 1 if unread else 0


def _write_money(books: OwnBooks, tables: Tables, zone: ZoneInfo, language: str) -> int:
    """How many rows could not be read. One row of the journal at a time is in memory."""
    unread = 0
    for kind, at, body in books.rows(MONEY_TYPES):
        try:
            for table, row in money_rows(kind, at, body, zone, language):
                tables[table](row)
        except CodecError:
            unread += 1
    return unread


def _write_parcels(books: OwnBooks, tables: Tables, zone: ZoneInfo, carriers: Carriers, language: str) -> int:
    """As above. What is counted is a row for each day and carrier, of 90 days at most."""
    counts: Counter[tuple[str, str, int]] = Counter()
    unread = 0
    for kind, at, body in books.rows(tuple(PARCEL_SIDES)):
        try:
            counts[parcel_side(kind, at, body, zone)] += 1
        except CodecError:
            unread += 1
    for day, carrier in sorted({(day, carrier) for day, carrier, _ in counts}):
        sides = (str(counts[day, carrier, side]) for side in PARCEL_SIDES.values())
        tables[PARCELS]((day, text_cell(carriers.named(carrier).spoken(language)), *sides))
    return unread


@contextmanager
def tables_in(folder: Path, heads: Mapping[str, Cells]) -> Iterator[Tables]:
    """A writer of rows for each table, with its head. Raises DiskFull, StoreError."""
    parts = {name: folder / f"{name}.part" for name in heads}
    try:
        with disk_errors(folder, "the tables cannot be written"), ExitStack() as files:
            writers = {}
            for name, head in heads.items():
                # With its mark UTF-8 is what a spreadsheet takes it for; a lone half of a sign is no text anywhere.
                file = files.enter_context(parts[name].open("w", encoding="utf-8-sig", errors="replace", newline=""))
                files.callback(os.fsync, file.fileno())
                files.callback(file.flush)
                writers[name] = csv.writer(file).writerow
                writers[name](head)
            yield writers
        with disk_errors(folder, "the tables cannot be named"):
            for name, part in parts.items():
                part.replace(folder / name)
            sync_folder(folder)
    finally:
        _drop(parts.values())


def _drop(parts: Iterable[Path]) -> None:
    """Of a stick that is gone nothing can be removed."""
    for part in parts:
        try:
            part.unlink(missing_ok=True)
        except OSError:
            return


@contextmanager
def _names(data_dir: Path, catalogue: str | None) -> Iterator[NamesOf]:
    """The catalogue's names; empty for goods that it does not have, or all where it cannot be read."""
    try:
        file = CatalogueFile.open(data_dir / catalogue) if catalogue else None
    except StoreError:
        file = None
    if file is None:
        yield lambda _: ""
        return
    try:
        yield lambda sku: item.name if (item := file.by_sku(sku)) is not None else ""
    finally:
        file.close()
