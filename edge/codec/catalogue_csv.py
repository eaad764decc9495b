"""A shop's catalogue as CSV, from a text editor or a spreadsheet.

    gtin,name,price_fen,unit          then any of sku, name_en, weighed, plu, dept, tax, age, blocked, pack, cost_fen,
    6901234567892,可乐 330ml,350,罐    free_gift, shelf_min, shelf_max, in any order; UTF-8
                                      (with or without byte order mark) or GB18030

An empty gtin needs a sku; an absent sku is the gtin as written; an empty price must be asked for at the counter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from edge.codec.catalogue_row import FIELDS, gtin_of, item_of, read_cell
from edge.codec.csv_text import Complaints, open_table
from edge.errors import CodecError, SettingsError
from edge.model.item import Item

MAX_OCTETS = 32 * 1024 * 1024
MAX_ITEMS = 200_000
"""Four times the largest shop that we plan for (performance, budget 13)."""
REQUIRED = ("gtin", "name", "price_fen", "unit")

_KEYS = ("gtin", "sku", "plu")
"""Columns in which no value may stand twice, by attribute of Item."""


@dataclass(frozen=True, slots=True)
class CatalogueTable:
    """`encoding` is what the file turned out to be: utf-8 or gb18030."""

    items: tuple[Item, ...]
    encoding: str


def read_catalogue(octets: bytes, *, name: str) -> CatalogueTable:
    """The items of a CSV file called `name`. Raises SettingsError with every wrong line, column, expected and got."""
    table = open_table(octets, name=name, what="catalogue", most_octets=MAX_OCTETS, known=FIELDS, required=REQUIRED)
    reading = _Reading(table.complaints)
    for line, cells in table.rows:
        reading.add(line, table.columns, cells)
    return CatalogueTable(reading.finished(), table.encoding)


@dataclass(slots=True)
class _Reading:
    """What has been read so far, and everything that was wrong with it."""

    complaints: Complaints
    items: list[Item] = field(default_factory=list)
    _first_lines: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, line: int, columns: list[str], cells: list[str]) -> None:
        if len(cells) != len(columns):
            expected, got = f"{len(columns)} columns", str(len(cells))
            self.complaints.add(line, "the line does not fit its header", expected=expected, got=got)
            return
        before, values = self.complaints.wrong, {}
        for column, cell in zip(columns, cells, strict=True):
            # A sku may be empty here: the gtin then stands for it.
            if column == "sku" and not cell.strip():
                continue
            try:
                values[FIELDS[column].attribute] = read_cell(column, cell)
            except CodecError as error:
                self.complaints.add(
                    line, error.what, column=column, expected=error.expected, got=error.got, cure=error.cure
                )
        if self.complaints.wrong == before:
            self._take(line, values, cells[columns.index("gtin")].strip())

    def _take(self, line: int, values: dict[str, Any], gtin: str) -> None:
        values.setdefault("sku", gtin)
        if not values["sku"]:
            self.complaints.add(line, "the line has neither gtin nor sku", column="gtin", expected="one of them")
            return
        least, most = values.get("shelf_min"), values.get("shelf_max")
        if least is not None and most is not None and most < least:
            what = "the shelf holds less than it must show"
            self.complaints.add(line, what, column="shelf_max", expected=f"{least} or more", got=str(most))
            return
        values["gtin"] = values["gtin"] or gtin_of(values["sku"])
        for key in _KEYS:
            value = values.get(key)
            if value is None:
                continue
            first = self._first_lines.setdefault((key, value), line)
            if first != line:
                self.complaints.add(line, f"this {key} stands in line {first} already", column=key, got=str(value))
                return
        self.items.append(item_of(values))

    def finished(self) -> tuple[Item, ...]:
        self.complaints.raise_all()
        if len(self.items) > MAX_ITEMS:
            raise SettingsError(
                "too many items", where=self.complaints.name, expected=f"at most {MAX_ITEMS}", got=str(len(self.items))
            )
        return tuple(self.items)
