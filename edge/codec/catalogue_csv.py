"""A shop's catalogue as CSV, from a text editor or a spreadsheet.

    gtin,name,price_fen,unit          then any of sku, name_en, weighed, plu, dept, tax, age, blocked, pack, cost_fen,
    6901234567892,可乐 330ml,350,罐    free_gift, in any order; UTF-8 (with or without byte order mark) or GB18030

An empty gtin needs a sku; an absent sku is the gtin as written; an empty price must be asked for at the counter.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from edge.codec.catalogue_row import FIELDS, gtin_of, item_of, read_cell
from edge.errors import CodecError, SettingsError
from edge.model.item import Item

MAX_OCTETS = 32 * 1024 * 1024
MAX_ITEMS = 200_000
"""Four times the largest shop that we plan for (performance, budget 13)."""
MAX_COMPLAINTS = 20
"""Wrong lines told one by one; the others are counted."""
REQUIRED = ("gtin", "name", "price_fen", "unit")

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_KEYS = ("gtin", "sku", "plu")
"""Columns in which no value may stand twice, by attribute of Item."""


@dataclass(frozen=True, slots=True)
class CatalogueTable:
    """`encoding` is what the file turned out to be: utf-8 or gb18030."""

    items: tuple[Item, ...]
    encoding: str


def read_catalogue(octets: bytes, *, name: str) -> CatalogueTable:
    """The items of a CSV file called `name`. Raises SettingsError with every wrong line, column, expected and got."""
    if len(octets) > MAX_OCTETS:
        expected = f"at most {MAX_OCTETS // 1024 // 1024} MiB"
        raise SettingsError("the file is too large for a catalogue", where=name, expected=expected)
    text, encoding = _decoded(octets, name)
    reading = _Reading(name)
    rows = _rows(text, reading)
    first = next(rows, None)
    if first is None and not reading.complaints:
        raise SettingsError("the catalogue is empty", where=name, expected=f"a first line {','.join(REQUIRED)}")
    if first is not None:
        columns = _columns(first[1], f"{name} line {first[0]}")
        for line, cells in rows:
            reading.add(line, columns, cells)
    return CatalogueTable(reading.finished(), encoding)


@dataclass(slots=True)
class _Reading:
    """What has been read so far, and everything that was wrong with it."""

    name: str
    items: list[Item] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    wrong: int = 0
    _first_lines: dict[tuple[str, str], int] = field(default_factory=dict)

    def complain(
        self, line: int, what: str, *, column: str = "", expected: str = "", got: str = "", cure: str = ""
    ) -> None:
        where = f"{self.name} line {line}" + (f", column {column}" if column else "")
        self.wrong += 1
        if self.wrong <= MAX_COMPLAINTS:
            self.complaints.append(str(SettingsError(what, where=where, expected=expected, got=got, cure=cure)))

    def add(self, line: int, columns: list[str], cells: list[str]) -> None:
        if len(cells) != len(columns):
            expected, got = f"{len(columns)} columns", str(len(cells))
            self.complain(line, "the line does not fit its header", expected=expected, got=got)
            return
        before, values = self.wrong, {}
        for column, cell in zip(columns, cells, strict=True):
            # A sku may be empty here: the gtin then stands for it.
            if column == "sku" and not cell.strip():
                continue
            try:
                values[FIELDS[column].attribute] = read_cell(column, cell)
            except CodecError as error:
                self.complain(line, error.what, column=column, expected=error.expected, got=error.got, cure=error.cure)
        if self.wrong == before:
            self._take(line, values, cells[columns.index("gtin")].strip())

    def _take(self, line: int, values: dict[str, Any], gtin: str) -> None:
        values.setdefault("sku", gtin)
        if not values["sku"]:
            self.complain(line, "the line has neither gtin nor sku", column="gtin", expected="one of them")
            return
        values["gtin"] = values["gtin"] or gtin_of(values["sku"])
        for key in _KEYS:
            value = values.get(key)
            if value is None:
                continue
            first = self._first_lines.setdefault((key, value), line)
            if first != line:
                self.complain(line, f"this {key} stands in line {first} already", column=key, got=str(value))
                return
        self.items.append(item_of(values))

    def finished(self) -> tuple[Item, ...]:
        if self.wrong > MAX_COMPLAINTS:
            self.complaints.append(f"{self.name}: and {self.wrong - MAX_COMPLAINTS} more. Nothing was changed.")
        if self.complaints:
            raise SettingsError("\n".join(self.complaints))
        if len(self.items) > MAX_ITEMS:
            raise SettingsError(
                "too many items", where=self.name, expected=f"at most {MAX_ITEMS}", got=str(len(self.items))
            )
        return tuple(self.items)


def _decoded(octets: bytes, name: str) -> tuple[str, str]:
    """Spreadsheets in China save GB18030 where they say CSV, and UTF-8 with a byte order mark where they say UTF-8."""
    try:
        return octets.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        not_utf8 = error
    try:
        return octets.decode("gb18030"), "gb18030"
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, not_utf8.start) + 1
        raise SettingsError(
            "the text is neither UTF-8 nor GB18030", where=f"{name} line {line}",
            got=f"byte 0x{octets[not_utf8.start]:02X}", cure="Save the file as CSV UTF-8.",
        ) from error  # fmt: skip


def _rows(text: str, reading: _Reading) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each line that is not blank; what the csv module refuses ends it with a complaint."""
    reader = csv.reader((match.group() for match in _LINE.finditer(text)), strict=True)
    before = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            reading.complain(before + 1, f"this is not CSV: {error}")
            return
        line, before = before + 1, reader.line_num
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _columns(cells: list[str], where: str) -> list[str]:
    columns = [cell.strip().lower() for cell in cells]
    for number, column in enumerate(columns, 1):
        place = f"{where}, column {number}"
        if column not in FIELDS:
            near = difflib.get_close_matches(column[:40], FIELDS, n=1)
            meant = f"did you mean '{near[0]}'?" if near else f"known are: {', '.join(FIELDS)}"
            raise SettingsError(f"unknown column '{column[:40]}', {meant}", where=place)
        if columns.index(column) != number - 1:
            raise SettingsError(f"the column '{column}' stands there twice", where=place)
    if missing := [column for column in REQUIRED if column not in columns]:
        what = f"the first line lacks {', '.join(missing)}"
        raise SettingsError(what, where=where, expected=",".join(REQUIRED), got=",".join(columns)[:80])
    return columns
