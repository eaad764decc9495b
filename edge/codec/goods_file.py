"""A shop's goods as a spreadsheet has them: what the page's export writes, and what people type (docs/goods-file.md).

    编码,商品,售价,目录价,库存,条码,单位,称重,PLU,年龄     in any order, in Chinese or English, with , or ; or a tab;
    6901234567892,可乐 330ml,3.50,,,,罐,,,             UTF-8 (with or without its mark) or GB18030

Read a line at a time: a file of any length takes as much memory as its longest line may have.
"""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from edge.codec.catalogue_row import gtin_of, read_cell
from edge.codec.gtin import is_digits, to_gtin14, wrong_check
from edge.errors import CodecError, ModelError
from edge.model.goods_plan import GoodsLine, Wrong
from edge.model.money import Fen, parse_yuan

MAX_LINES = 50_000
"""The largest shop that we plan for (performance, budget 13)."""
MAX_LINE = 4_096
"""Characters; a line with every cell at its longest has 400."""
MAX_PRICE = 10_000_000
"""Fen, as at the counter (`services.shop_prices`)."""
MAX_IGNORED = 10
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "code": ("编码", "商品编码", "货号", "code", "sku"),
    "barcode": ("条码", "商品条码", "条形码", "barcode", "gtin"),
    "name": ("商品", "商品名称", "名称", "品名", "goods", "name"),
    "price": ("售价", "价格", "零售价", "单价", "price"),
    "unit": ("单位", "unit"),
    "weighed": ("称重", "weighed"),
    "plu": ("plu",),
    "age": ("年龄", "age"),
})  # fmt: skip
"""What a column may be called in the first line."""
_BY_NAME = {name: column for column, names in COLUMNS.items() for name in names}
_MORE = ("unit", "weighed", "plu", "age")
_WHY = {"name": "text", "unit": "text", "weighed": "yes_no", "plu": "plu", "age": "age"}
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+?\d{1,2}", re.IGNORECASE)
_AS_TEXT = re.compile(r'="([^"]*)"')
"""How people keep a spreadsheet from taking a barcode for a number."""
_FORMULA = "=+-@＝＋－＠"
_MAX_CODE, _SHOWN = 32, 40
Blocks = Callable[[], Iterable[bytes]]
"""The octets of the file from its beginning, in blocks, as often as it is called."""


class GoodsFile:
    """`encoding`: utf-8, gb18030, or empty: neither. `ignored`: columns that nobody reads. Known once lines are."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self.encoding = ""
        self.ignored: tuple[str, ...] = ()

    def lines(self) -> Iterator[GoodsLine | Wrong]:
        """Each line that has anything in it, or what is wrong with it."""
        encoding = next((one for one in ("utf-8-sig", "gb18030") if _fits(self._blocks, one)), "")
        self.encoding = encoding.removesuffix("-sig")
        if not encoding:
            yield Wrong(1, "", "encoding")
            return
        found = _Lines(_decoded(self._blocks, encoding))
        first = next(found, "")
        reader = csv.reader(found.after(first), delimiter=_delimiter(first), strict=True)
        rows = _rows(reader, found)
        head = next(rows, None)
        if head is None or isinstance(head, Wrong):
            yield head or Wrong(1, "", "empty")
            return
        columns = [_column(cell) for cell in head[1]]
        self.ignored = tuple(
            cell.strip()[:_SHOWN] for cell, column in zip(head[1], columns, strict=True) if not column and cell.strip()
        )[:MAX_IGNORED]  # fmt: skip
        if (wrong := _wrong_head(head[0], columns)) is not None:
            yield wrong
            return
        yield from _read(rows, columns)


def _read(rows: Iterator[tuple[int, list[str]] | Wrong], columns: list[str]) -> Iterator[GoodsLine | Wrong]:
    for number, row in enumerate(rows, 1):
        if number > MAX_LINES:
            yield Wrong(row.line if isinstance(row, Wrong) else row[0], "", "many", expected=str(MAX_LINES))
            return
        if isinstance(row, Wrong):
            yield row
        elif any(cell.strip() for cell in row[1][len(columns) :]):
            yield Wrong(row[0], "", "cells", expected=str(len(columns)), got=str(len(row[1])))
        else:
            cells = {column: cell for column, cell in zip(columns, row[1], strict=False) if column}
            yield _line(row[0], {column: _plain(cell) for column, cell in cells.items()})


def _line(line: int, cells: Mapping[str, str]) -> GoodsLine | Wrong:
    code, barcode = cells.get("code", ""), cells.get("barcode", "")
    if not code and not barcode:
        return Wrong(line, "code", "missing")
    for column, text in (("code", code), ("barcode", barcode)):
        if (wrong := _wrong_code(line, column, text)) is not None:
            return wrong
    more: dict[str, Any] = {}
    for column in ("name", *_MORE):
        try:
            if cells.get(column):
                more[column] = read_cell(column, cells[column])
        except CodecError:
            return Wrong(line, column, _WHY[column], got=cells[column][:_SHOWN])
    price = _price(line, cells.get("price", ""))
    if isinstance(price, Wrong):
        return price
    gtin = to_gtin14(barcode) if barcode else gtin_of(code)
    return GoodsLine(line, code or barcode, gtin, str(more.pop("name", "")), price, more)


def _wrong_code(line: int, column: str, text: str) -> Wrong | None:
    """A code may be the shop's own; whether it ought to be a barcode shows once it is known whether the shop has it."""
    if _SHORTENED.fullmatch(text):
        return Wrong(line, column, "shortened", got=text[:_SHOWN])
    if text and (not text.isprintable() or len(text) > _MAX_CODE):
        return Wrong(line, column, "text", got=text[:_SHOWN])
    return wrong_barcode(line, column, text) if text and column == "barcode" else None


def wrong_barcode(line: int, column: str, text: str) -> Wrong | None:
    """What is wrong with a barcode; None where nothing is."""
    try:
        to_gtin14(text)
    except CodecError:
        check = wrong_check(text, of="") if is_digits(text) and len(text) in (8, 12, 13, 14) else None
        if check is not None:
            return Wrong(line, column, "check", expected=check.expected, got=text)
        return Wrong(line, column, "barcode", got=text[:_SHOWN])
    return None


def _price(line: int, text: str) -> Fen | Wrong | None:
    """None: empty. Digits as wide as Chinese signs are digits, too."""
    plain = unicodedata.normalize("NFKC", text).replace("。", ".").strip("￥¥元 ")
    if not plain:
        return None
    try:
        fen = parse_yuan(plain)
    except ModelError:
        return Wrong(line, "price", "price", got=text[:_SHOWN])
    return fen if 0 < fen <= MAX_PRICE else Wrong(line, "price", "bounds", got=text[:_SHOWN])


def _plain(cell: str) -> str:
    """Without what a spreadsheet needs to take it for a text (`own_books.text_cell`), and without blanks around it."""
    text = cell.strip()
    if (kept := _AS_TEXT.fullmatch(text)) is not None:
        return kept[1].strip()
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in _FORMULA else text


# --- the first line ----------------------------------------------------------------------------------------------


def _delimiter(line: str) -> str:
    outside = "".join(line.split('"')[::2])
    return max(",;\t", key=outside.count)


def _column(cell: str) -> str:
    """Which column it is; empty: none that is read. What stands in brackets behind it does not count."""
    name = unicodedata.normalize("NFKC", cell).strip().lower()
    return _BY_NAME.get(name) or _BY_NAME.get(name.partition("(")[0].strip(), "")


def _wrong_head(line: int, columns: list[str]) -> Wrong | None:
    twice = next((one for number, one in enumerate(columns) if one and one in columns[:number]), None)
    if twice is not None:
        return Wrong(line, twice, "column_twice")
    has_all = ("code" in columns or "barcode" in columns) and "price" in columns
    return None if has_all else Wrong(line, "", "head")


# --- from octets to lines ----------------------------------------------------------------------------------------


def _fits(blocks: Blocks, encoding: str) -> bool:
    try:
        return all(True for _ in _decoded(blocks, encoding))
    except UnicodeDecodeError:
        return False


def _decoded(blocks: Blocks, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    for block in blocks():
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


class _Lines:
    """One at a time, each with its end; one that is too long as an empty one, and its number in `long`."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._lines = _split(texts)
        self._number = 0
        self.long: list[int] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._number += 1
        if len(line) <= MAX_LINE:
            return line
        self.long.append(self._number)
        return "\n"

    def after(self, first: str) -> Iterator[str]:
        if first:
            yield first
        yield from self


def _split(texts: Iterable[str]) -> Iterator[str]:
    rest = ""
    for text in texts:
        rest += text
        cut = max(rest.rfind("\n"), rest.rfind("\r", 0, -1)) + 1  # a \r at the very end may be half of \r\n
        yield from (match.group() for match in _LINE.finditer(rest[:cut]))
        rest = rest[cut:][: MAX_LINE + 1]
    if rest:
        yield rest


def _rows(reader: Any, found: _Lines) -> Iterator[tuple[int, list[str]] | Wrong]:
    """(line, cells) of each that is not blank. What the csv module refuses ends it."""
    before = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            yield Wrong(before + 1, "", "quote")
            return
        line, before = before + 1, reader.line_num
        while found.long:
            yield Wrong(found.long.pop(0), "", "long", expected=str(MAX_LINE))
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells
