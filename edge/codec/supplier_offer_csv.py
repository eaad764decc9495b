"""What suppliers ask for goods, as CSV from a text editor or a spreadsheet.

    supplier,gtin,pack,cost_fen       then any of sku, min_packs, lead_days, discount_fen, carton, in any order;
    alibaba,6901234567892,24,4800     UTF-8 (with or without byte order mark) or GB18030

The goods are named by gtin or by sku; `pack` are pieces in a pack, `cost_fen` is of a pack, `discount_fen` comes off
each; `carton` is the GTIN-14 on the pack. Without lead_days it is the supplier's own.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from edge.codec.csv_text import Complaints, gtin_cell, open_table
from edge.codec.gtin import is_digits, is_gtin, to_gtin14
from edge.errors import CodecError, SettingsError
from edge.model.money import MAX_FEN, Fen
from edge.model.platform import Supplier
from edge.model.purchase import MAX_PACKS
from edge.model.supplier_offer import SupplierOffer

MAX_OCTETS = 4 * 1024 * 1024
MAX_OFFERS = 20_000
"""A shop with 5,000 goods and four suppliers of each."""
MAX_PACK, MAX_LEAD_DAYS, MAX_SKU = 9_999, 90, 32
REQUIRED = ("supplier", "pack", "cost_fen")
_NUMBERS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "pack": (1, MAX_PACK),
        "cost_fen": (1, MAX_FEN),
        "min_packs": (1, MAX_PACKS),
        "lead_days": (0, MAX_LEAD_DAYS),
        "discount_fen": (0, MAX_FEN),
    }
)
"""(least, most) of each number."""
COLUMNS = ("supplier", "gtin", "sku", *_NUMBERS, "carton")


def read_offers(octets: bytes, *, name: str, suppliers: Sequence[Supplier]) -> tuple[SupplierOffer, ...]:
    """The offers of a CSV file called `name`. Raises SettingsError with every wrong line, column, expected and got."""
    table = open_table(
        octets, name=name, what="list of offers", most_octets=MAX_OCTETS, known=COLUMNS, required=REQUIRED
    )
    if "gtin" not in table.columns and "sku" not in table.columns:
        raise SettingsError("the first line names no goods", where=name, expected="a column gtin or sku")
    reading = _Reading(table.complaints, {supplier.id: supplier for supplier in suppliers})
    for line, cells in table.rows:
        reading.add(line, table.columns, cells)
    table.complaints.raise_all()
    if len(reading.offers) > MAX_OFFERS:
        expected, got = f"at most {MAX_OFFERS}", str(len(reading.offers))
        raise SettingsError("too many offers", where=name, expected=expected, got=got)
    return tuple(reading.offers)


class _Reading:
    """The offers so far; `suppliers` by their ids."""

    def __init__(self, complaints: Complaints, suppliers: Mapping[str, Supplier]) -> None:
        self._complaints = complaints
        self._suppliers = suppliers
        self._first_lines: dict[tuple[str, str, int], int] = {}
        self.offers: list[SupplierOffer] = []

    def add(self, line: int, columns: list[str], cells: list[str]) -> None:
        if len(cells) != len(columns):
            self._complaints.add(
                line, "the line does not fit its header", expected=f"{len(columns)} columns", got=str(len(cells))
            )
            return
        before = self._complaints.wrong
        row = {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
        values: dict[str, Any] = {}
        for column, cell in row.items():
            try:
                values[column] = self._cell(column, cell)
            except CodecError as error:
                self._complaints.add(
                    line, error.what, column=column, expected=error.expected, got=error.got, cure=error.cure
                )
        if self._complaints.wrong == before:
            self._take(line, values)

    def _cell(self, column: str, cell: str) -> Any:
        """The value of one cell, None for an empty one that may be empty. Raises CodecError."""
        if not cell and column not in REQUIRED:
            return None
        if column in _NUMBERS:
            return _number(cell, *_NUMBERS[column])
        if column == "supplier":
            return self._supplier(cell)
        if column in ("gtin", "carton"):
            return gtin_cell(cell)
        if not cell.isprintable() or len(cell) > MAX_SKU:
            raise CodecError("this is no sku", expected=f"1 to {MAX_SKU} printable characters", got=repr(cell[:40]))
        return to_gtin14(cell) if is_gtin(cell) else cell

    def _supplier(self, cell: str) -> str:
        if cell in self._suppliers:
            return cell
        near = difflib.get_close_matches(cell[:40], self._suppliers, n=1)
        known = ", ".join(self._suppliers) or "none: no platform of the shop has suppliers"
        cure = f"Did you mean {near[0]}?" if near else ""
        raise CodecError("no such supplier", expected=known, got=repr(cell[:40]), cure=cure)

    def _take(self, line: int, values: dict[str, Any]) -> None:
        sku = values.get("sku") or values.get("gtin")
        cost, discount = values["cost_fen"], values.get("discount_fen") or 0
        if not sku:
            self._complaints.add(line, "the line names no goods", column="gtin", expected="a gtin or a sku")
            return
        if discount >= cost:
            self._complaints.add(
                line, "the discount leaves no price", column="discount_fen", expected=f"less than {cost}",
                got=str(discount),
            )  # fmt: skip
            return
        supplier = self._suppliers[values["supplier"]]
        lead = values.get("lead_days")
        offer = SupplierOffer(
            supplier.id, sku, values["pack"], Fen(cost), supplier.lead_days if lead is None else lead,
            values.get("min_packs") or 1, Fen(discount), values.get("carton") or "",
        )  # fmt: skip
        first = self._first_lines.setdefault((offer.supplier, offer.sku, offer.pack), line)
        if first != line:
            what = f"this supplier has the goods in this pack in line {first} already"
            self._complaints.add(line, what, column="pack", got=str(offer.pack))
            return
        self.offers.append(offer)


def _number(text: str, least: int, most: int) -> int:
    if is_digits(text) and len(text) <= 12 and least <= int(text) <= most:
        return int(text)
    raise CodecError("this is not such a whole number", expected=f"{least} to {most}", got=repr(text[:40]))
