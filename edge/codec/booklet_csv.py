"""The booklet of goods to order as CSV, as a platform sends it, or from a text editor or a spreadsheet.

    gtin,name,price_fen,days          then any of name_en, offer, in any order; UTF-8 (with or without byte order
    6901234500018,电饭锅 3L,15900,3    mark) or GB18030

The goods stand in the booklet in the order of the lines. Without an offer the first service of its kind brings them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from edge.codec.csv_text import Complaints, open_table
from edge.codec.gtin import is_gtin, to_gtin14
from edge.errors import CodecError, SettingsError
from edge.model.booklet import Booklet, BookletItem
from edge.model.item import Gtin14
from edge.model.money import MAX_FEN, Fen

MAX_OCTETS = 1024 * 1024
MAX_ITEMS = 1_000
"""Forty pages: who wants more wants a shop."""
MAX_DAYS = 60
MAX_NAME = 24
REQUIRED = ("gtin", "name", "price_fen", "days")
COLUMNS = (*REQUIRED, "name_en", "offer")
_NUMBERS: Mapping[str, tuple[int, int]] = MappingProxyType({"price_fen": (1, MAX_FEN), "days": (0, MAX_DAYS)})
"""(least, most) of each number."""


def read_booklet(octets: bytes, *, name: str, offers: Collection[str]) -> Booklet:
    """The goods of a CSV file called `name`; `offers` are the services that can bring them.

    Raises SettingsError with every wrong line, column, expected and got.
    """
    table = open_table(octets, name=name, what="booklet", most_octets=MAX_OCTETS, known=COLUMNS, required=REQUIRED)
    complaints = table.complaints
    found: dict[Gtin14, tuple[int, BookletItem]] = {}
    for line, cells in table.rows:
        item = _item(line, dict(zip(table.columns, (cell.strip() for cell in cells), strict=False)), complaints, offers)
        if item is None:
            continue
        if item.gtin in found:
            told = f"this gtin stands in line {found[item.gtin][0]} already"
            complaints.add(line, told, column="gtin", got=item.barcode)
        found[item.gtin] = line, item
    complaints.raise_all()
    if len(found) > MAX_ITEMS:
        raise SettingsError("too many goods", where=name, expected=f"at most {MAX_ITEMS}", got=str(len(found)))
    return Booklet([item for _, item in found.values()])


def _item(
    line: int, row: Mapping[str, str], complaints: Complaints, offers: Collection[str]
) -> BookletItem | None:  # fmt: skip
    """None, with a complaint for each cell that is wrong."""
    before = complaints.wrong
    for column in REQUIRED:
        if not row.get(column):
            complaints.add(line, f"the line has no {column}", column=column, expected=_EXPECTED[column])
    for column, cell in row.items():
        try:
            if cell:
                _check(column, cell, offers)
        except CodecError as error:
            complaints.add(line, error.what, column=column, expected=error.expected, got=error.got)
    if complaints.wrong > before:
        return None
    gtin, price = to_gtin14(row["gtin"]), Fen(int(row["price_fen"]))
    return BookletItem(
        gtin, gtin[1:], row["name"], row.get("name_en", ""), price, int(row["days"]), row.get("offer", "")
    )  # fmt: skip


_EXPECTED = MappingProxyType(
    {
        "gtin": "the 13 digits of a barcode, or 8 or 12",
        "name": f"1 to {MAX_NAME} characters",
        "price_fen": f"a whole number of 1 to {MAX_FEN}",
        "days": f"a whole number of 0 to {MAX_DAYS}",
    }
)


def _check(column: str, cell: str, offers: Collection[str]) -> None:
    got = repr(cell[:40])
    if column == "gtin" and not (is_gtin(cell) and to_gtin14(cell).startswith("0")):
        what = "this is no barcode of goods, or its check digit is wrong"
        raise CodecError(what, expected=_EXPECTED[column], got=got)
    if column in ("name", "name_en") and (len(cell) > MAX_NAME or not cell.isprintable()):
        raise CodecError("this is no name for a page", expected=_EXPECTED["name"], got=got)
    if column in _NUMBERS:
        least, most = _NUMBERS[column]
        if not (cell.isascii() and cell.isdigit() and len(cell) <= 10 and least <= int(cell) <= most):
            raise CodecError("this is no number that fits", expected=_EXPECTED[column], got=got)
    if column == "offer" and cell not in offers:
        raise CodecError("no active platform offers this", expected=f"one of {', '.join(sorted(offers))}", got=got)
