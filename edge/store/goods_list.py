"""The shop's goods for the page: the active catalogue, its own prices and its stock side by side, read only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection
from typing import Any
from urllib.parse import quote

from edge.model.goods_plan import KnownGoods
from edge.model.goods_row import GoodsRow
from edge.model.money import Fen, Milli
from edge.store.reading import reading

_NOTHING = (
    "(SELECT '' AS sku, '' AS name, '' AS gtin, '' AS plu, 0 AS price, 0 AS weighed, '' AS unit, 0 AS age WHERE 0)"
)
_LEFT = "LEFT JOIN main.stock s ON s.sku = {key}"
_LISTED = (
    "SELECT i.sku AS sku, i.name AS name, i.price, p.price AS own, s.on_hand, i.weighed,"
    " i.gtin, i.unit, i.plu, i.age FROM {items} i"
    f" LEFT JOIN main.learned_price p ON p.barcode = i.sku {_LEFT.format(key='i.sku')}"
)
_STRANGE = (
    "SELECT p.barcode, '', NULL, p.price, s.on_hand, 0, NULL, '', NULL, NULL"
    f" FROM main.learned_price p {_LEFT.format(key='p.barcode')}"
    " WHERE NOT EXISTS (SELECT 1 FROM {items} i WHERE i.sku = p.barcode)"
)
_FITS = "(?1 = '' OR i.name LIKE ?2 ESCAPE '\\' OR i.sku LIKE ?2 ESCAPE '\\' OR i.gtin = ?3 OR i.plu = ?1)"
_FIND = (
    f"{_LISTED} WHERE {_FITS} UNION ALL {_STRANGE} AND (?1 = '' OR p.barcode LIKE ?2 ESCAPE '\\')"
    " ORDER BY name, sku LIMIT ?4 OFFSET ?5"
)
_AFTER = f"{_LISTED} WHERE i.sku > ?1 UNION ALL {_STRANGE} AND p.barcode > ?1 ORDER BY sku LIMIT ?2"
_KNOWN = (
    "SELECT i.sku, i.name, i.gtin, i.plu, coalesce(p.price, nullif(i.price, 0)), 1,"
    " coalesce(i.unit, ''), i.weighed, i.age FROM {items} i"
    " LEFT JOIN main.learned_price p ON p.barcode = i.sku WHERE i.sku IN (SELECT value FROM json_each(?1))"
    " OR i.gtin IN (SELECT value FROM json_each(?2)) OR i.plu IN (SELECT value FROM json_each(?3))"
    " UNION ALL SELECT p.barcode, '', NULL, NULL, p.price, 0, '', 0, NULL FROM main.learned_price p"
    " WHERE p.barcode IN (SELECT value FROM json_each(?1))"
    " AND NOT EXISTS (SELECT 1 FROM {items} i WHERE i.sku = p.barcode)"
)
_GTIN = 14


class GoodsList:
    """Called from any thread; each call opens its own connection."""

    def __init__(self, ledger: Path, folder: Path) -> None:
        """`folder`: where the catalogues are."""
        self._ledger = ledger
        self._folder = folder

    def find(self, word: str, skip: int, most: int) -> Sequence[GoodsRow]:
        """Those whose name or code holds `word`, or that have it as barcode; all for an empty one. By name."""
        like = "".join(f"\\{char}" if char in "%_\\" else char for char in word)
        with self._opened() as (connection, items):
            rows = connection.execute(
                _FIND.format(items=items), (word, f"%{like}%", word.zfill(_GTIN), most, skip)
            ).fetchall()
        return [_row(row) for row in rows]

    def after(self, sku: str, most: int) -> Sequence[GoodsRow]:
        """The next ones by sku. Whoever goes on behind the last one meets each once, whatever changes meanwhile."""
        with self._opened() as (connection, items):
            return [_row(row) for row in connection.execute(_AFTER.format(items=items), (sku, most))]

    def names(self, skus: Sequence[str]) -> dict[str, str]:
        """Of those that the catalogue has."""
        with self._opened() as (connection, items):
            sql = f"SELECT sku, name FROM {items} WHERE sku IN (SELECT value FROM json_each(?))"
            return dict(connection.execute(sql, (json.dumps(list(skus)),)).fetchall())

    def known(self, skus: Sequence[str], gtins: Sequence[str], plus: Sequence[str]) -> Sequence[KnownGoods]:
        """Those that have one of them."""
        with self._opened() as (connection, items):
            asked = tuple(json.dumps(list(one)) for one in (skus, gtins, plus))
            rows = connection.execute(_KNOWN.format(items=items), asked).fetchall()
        return [
            KnownGoods(sku, name, gtin, plu, None if price is None else Fen(price), bool(listed), unit, bool(kg), age)
            for sku, name, gtin, plu, price, listed, unit, kg, age in rows
        ]

    @contextmanager
    def _opened(self) -> Iterator[tuple[Connection, str]]:
        """The ledger with the catalogue beside it, and what to read items from. Without one there are none."""
        with reading(self._ledger) as connection:
            found = connection.execute("SELECT v FROM meta WHERE k = 'catalogue'").fetchone()
            path = self._folder / found[0] if found else None
            if path is None or not path.is_file():
                yield connection, _NOTHING
                return
            address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
            connection.execute("ATTACH ? AS c", (address,))
            yield connection, "c.item"


def _row(row: tuple[Any, ...]) -> GoodsRow:
    sku, name, listed, own, on_hand, weighed, gtin, unit, plu, age = row
    return GoodsRow(
        sku, name, None if listed is None else Fen(listed), None if own is None else Fen(own),
        None if on_hand is None else Milli(on_hand), bool(weighed),
        barcode="" if gtin is None or gtin == sku.zfill(_GTIN) else gtin, unit=unit or "", plu=plu or "", age=age,
    )  # fmt: skip
