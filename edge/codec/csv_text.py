"""A table that a person keeps as CSV, in a text editor or a spreadsheet: its text, its lines, what is wrong with it."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from edge.codec.gtin import to_gtin14
from edge.errors import CodecError, SettingsError
from edge.model.item import Gtin14

MAX_COMPLAINTS = 20
"""Wrong lines told one by one; the others are counted."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(slots=True)
class Complaints:
    """What is wrong with the file `name`, a sentence each."""

    name: str
    told: list[str] = field(default_factory=list)
    wrong: int = 0

    def add(self, line: int, what: str, *, column: str = "", expected: str = "", got: str = "", cure: str = "") -> None:
        where = f"{self.name} line {line}" + (f", column {column}" if column else "")
        self.wrong += 1
        if self.wrong <= MAX_COMPLAINTS:
            self.told.append(str(SettingsError(what, where=where, expected=expected, got=got, cure=cure)))

    def raise_all(self) -> None:
        """SettingsError with all of them, if there are any."""
        if self.wrong > MAX_COMPLAINTS:
            self.told.append(f"{self.name}: and {self.wrong - MAX_COMPLAINTS} more. Nothing was changed.")
        if self.told:
            raise SettingsError("\n".join(self.told))


def decoded(octets: bytes, name: str) -> tuple[str, str]:
    """(text, encoding). Spreadsheets in China save GB18030 where they say CSV, and UTF-8 with a byte order mark where
    they say UTF-8. Raises SettingsError for neither.
    """
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


@dataclass(frozen=True, slots=True)
class Table:
    """`rows`: (line, cells) of each line below the first that is not blank."""

    columns: list[str]
    rows: Iterator[tuple[int, list[str]]]
    complaints: Complaints
    encoding: str


def open_table(
    octets: bytes, *, name: str, what: str, most_octets: int, known: Collection[str], required: Sequence[str]
) -> Table:
    """A CSV file called `name`, which is to be a `what`. Raises SettingsError for one that cannot be."""
    if len(octets) > most_octets:
        expected = f"at most {most_octets // 1024 // 1024} MiB"
        raise SettingsError(f"the file is too large for a {what}", where=name, expected=expected)
    text, encoding = decoded(octets, name)
    complaints = Complaints(name)
    rows = table_rows(text, complaints)
    first = next(rows, None)
    if first is None:
        complaints.raise_all()
        raise SettingsError(f"the {what} is empty", where=name, expected=f"a first line {','.join(required)}")
    columns = table_columns(first[1], f"{name} line {first[0]}", known=known, required=required)
    return Table(columns, rows, complaints, encoding)


def gtin_cell(text: str) -> Gtin14:
    """14 digits. Raises CodecError, which knows what spreadsheets do to long numbers."""
    try:
        return to_gtin14(text)
    except CodecError as error:
        cure = ""
        if "E+" in text.upper():
            cure = "A spreadsheet has shortened the number: format the column as text and write it again."
        raise CodecError(error.what, expected=error.expected, got=error.got, cure=cure) from error


def table_rows(text: str, complaints: Complaints) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each line that is not blank; what the csv module refuses ends it with a complaint."""
    reader = csv.reader((match.group() for match in _LINE.finditer(text)), strict=True)
    before = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            complaints.add(before + 1, f"this is not CSV: {error}")
            return
        line, before = before + 1, reader.line_num
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def table_columns(cells: list[str], where: str, *, known: Collection[str], required: Sequence[str]) -> list[str]:
    """The first line of a table. Raises SettingsError for a column that is unknown, that is missing, or there twice."""
    columns = [cell.strip().lower() for cell in cells]
    for number, column in enumerate(columns, 1):
        place = f"{where}, column {number}"
        if column not in known:
            near = difflib.get_close_matches(column[:40], known, n=1)
            meant = f"did you mean '{near[0]}'?" if near else f"known are: {', '.join(known)}"
            raise SettingsError(f"unknown column '{column[:40]}', {meant}", where=place)
        if columns.index(column) != number - 1:
            raise SettingsError(f"the column '{column}' stands there twice", where=place)
    if missing := [column for column in required if column not in columns]:
        what = f"the first line lacks {', '.join(missing)}"
        raise SettingsError(what, where=where, expected=",".join(required), got=",".join(columns)[:80])
    return columns
