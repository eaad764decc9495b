"""The active catalogue: one read-only SQLite file, `catalogue-N.db`, never changed once it has its name.

    item   sku, name, price, gtin, …: the fields of Item in their order; unique by sku, gtin and plu
    meta   k, v: schema, version
    file header, user_version (octets 60 to 63): CRC-32 of the file with these four octets zero

The checksum is read as fast as the file; SQLite's own check would not notice a price that a worn card has changed.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self
from urllib.parse import quote

from edge.codec.catalogue_row import canonical_plu
from edge.errors import CorruptStore, StoreError
from edge.model.item import Item
from edge.store.durability import disk_errors

SCHEMA = 2
LATER: Mapping[int, tuple[str, ...]] = MappingProxyType({1: ("shelf_min", "shelf_max"), SCHEMA: ()})
"""What items have now and had not by older schemas. Their files are read: a shop without a network keeps its own."""
CACHED_ITEMS = 512
"""Goods that are sold all day; 0.3 MB."""
ATTRIBUTES = tuple(field.name for field in fields(Item))
FLAGS = frozenset({"weighed", "blocked", "free_gift"})

_MAGIC = b"SQLite format 3\0"
_CRC_AT = 60
_CHUNK = 1 << 20


class CatalogueFile:
    """Implements `ports.Catalogue`. Build with `CatalogueFile.open`; used by one thread at a time."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path
        meta = dict(connection.execute("SELECT k, v FROM meta").fetchall())
        if meta.get("schema") not in LATER:
            raise StoreError(
                "the catalogue was written by another version of this software", where=str(path),
                expected=f"schema {SCHEMA}", got=str(meta.get("schema")), cure="Import the catalogue again.",
            )  # fmt: skip
        self._lacks = LATER[meta["schema"]]
        self._version = int(meta["version"])
        (self._count,) = connection.execute("SELECT count(*) FROM item").fetchone()
        self._by = {key: self._lookup(key) for key in ("gtin", "sku", "plu")}

    @classmethod
    def open(cls, path: Path) -> Self:
        """Check every octet and open. Raises CorruptStore: damaged; StoreError: gone, unreadable, another schema."""
        verify(path)
        # immutable: no locks and no files beside it, since a catalogue is replaced, never written.
        address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
        connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        try:
            return cls(connection, path)
        except sqlite3.DatabaseError as error:
            connection.close()
            raise CorruptStore(f"the catalogue cannot be read: {error}", where=str(path)) from error
        except StoreError:
            connection.close()
            raise

    @property
    def version(self) -> int:
        """The cloud's number of this catalogue; 0 when it was imported in the shop."""
        return self._version

    def __len__(self) -> int:
        return int(self._count)

    def by_gtin(self, gtin14: str) -> Item | None:
        return self._find("gtin", gtin14)

    def by_sku(self, sku: str) -> Item | None:
        return self._find("sku", sku)

    def by_plu(self, plu: str) -> Item | None:
        """The item of an in-store label or a keyed PLU; leading zeros do not count."""
        return self._find("plu", canonical_plu(plu))

    def close(self) -> None:
        self._connection.close()

    def _find(self, key: str, value: str) -> Item | None:
        found: Item | None = self._by[key](value)
        return found

    def _lookup(self, key: str) -> Any:
        """A cached look-up by one unique column; safe, since the file does not change."""
        columns = ("NULL" if name in self._lacks else name for name in ATTRIBUTES)
        sql = f"SELECT {', '.join(columns)} FROM item WHERE {key} = ?"

        @lru_cache(CACHED_ITEMS)
        def find(value: str) -> Item | None:
            try:
                row = self._connection.execute(sql, (value,)).fetchone()
            except sqlite3.DatabaseError as error:
                raise CorruptStore(f"the catalogue cannot be read: {error}", where=str(self.path)) from error
            return read_row(row) if row else None

        return find


def read_row(row: tuple[Any, ...]) -> Item:
    """A row of `item`, columns in the order of ATTRIBUTES."""
    values = dict(zip(ATTRIBUTES, row, strict=True))
    return Item(**{**values, **{flag: bool(values[flag]) for flag in FLAGS}})


def verify(path: Path) -> None:
    """Compare every octet with the checksum. Raises CorruptStore: damaged; StoreError: gone or unreadable."""
    with disk_errors(path, "the catalogue cannot be read"):
        crc, header = _checksum(path)
    if not header.startswith(_MAGIC):
        raise CorruptStore("this is not a catalogue", where=str(path), expected="a SQLite file")
    kept = int.from_bytes(header[_CRC_AT : _CRC_AT + 4])
    if crc != kept:
        raise CorruptStore("the catalogue is damaged", where=str(path), expected=f"CRC {kept:08x}", got=f"{crc:08x}")


def seal(path: Path) -> None:
    """Write the checksum into a finished file whose user_version is 0. Raises OSError."""
    with path.open("r+b") as file:
        crc, _ = _checksum(path)
        file.seek(_CRC_AT)
        file.write(crc.to_bytes(4))


def _checksum(path: Path) -> tuple[int, bytes]:
    """The CRC-32 without the four octets that hold it, and the first 100 octets as they are."""
    with path.open("rb") as file:
        header = file.read(100)
        crc = zlib.crc32(header[:_CRC_AT] + bytes(4) + header[_CRC_AT + 4 :])
        while chunk := file.read(_CHUNK):
            crc = zlib.crc32(chunk, crc)
    return crc, header
