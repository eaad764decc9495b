"""The shop's own data as tables for any spreadsheet, without a cloud and for the owner alone (product row 94).

UTF-8 with its mark, as Excel and WPS want it. A table is written while it is sent: a part at a time is in memory.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from io import StringIO

from pydantic import Field
from starlette.exceptions import HTTPException

from edge.codec.own_books import HEADS as BOOKS
from edge.codec.own_books import LINES, PAYMENTS, SALES, Cells, money_rows
from edge.codec.shop_tables import GOODS, HEADS, TABS, goods_row, tab_row
from edge.errors import CodecError
from edge.model.goods_row import GoodsRow
from edge.model.tab_row import TabRow
from edge.web.shop_facts import ShopFacts
from edge.web.site import OWNER, Action, Asking, Doing, Download, End, Handed, Shown, Told, View
from edge.web.sources import PageSources
from edge.web.sticks import SaveShown, StickForm, save, save_shown

PATH = "/export"
TO_STICK = "stick.export"
MOST_DAYS = 366
USUAL_DAYS = 31
PART = 500
"""Rows that are read at once."""
MONEY = (SALES, LINES, PAYMENTS)
_MARK = "\ufeff"


class ExportPage(Shown):
    """The period of the tables of money, as dates; `wrong`: the key of what is wrong with it, empty: nothing."""

    first: str
    last: str
    wrong: str
    money: tuple[str, ...]
    others: tuple[str, ...]
    stick: SaveShown


class ToStickForm(StickForm):
    """All tables, those of money from `first` to `last`."""

    first: str = Field(max_length=32)
    last: str = Field(max_length=32)


def export_view(sources: PageSources) -> View:
    shop = sources.shop

    def read(asking: Asking) -> ExportPage:
        first, last, wrong = _period(asking.query, shop)
        typed = asking.query if wrong else {}
        return ExportPage(
            first=typed.get("first", first.isoformat())[:32], last=typed.get("last", last.isoformat())[:32],
            wrong=wrong, money=MONEY, others=(GOODS, TABS), stick=save_shown(sources.sticks, TO_STICK),
        )  # fmt: skip

    return View("export", PATH, ExportPage, read, OWNER)


def export_downloads(shop: ShopFacts) -> tuple[Download, ...]:
    def table(name: str) -> Download:
        def find(asking: Asking) -> Handed:
            first, last, wrong = _period(asking.query, shop)
            if wrong and name in MONEY:
                raise HTTPException(422)
            octets = export_tables(shop, first, last, asking.language)[name]
            return Handed("text/csv; charset=utf-8", octets, name)

        return Download(f"{PATH}/{name}", find, OWNER)

    return tuple(map(table, (*MONEY, GOODS, TABS)))


def export_action(sources: PageSources) -> Action:
    def to_stick(form: ToStickForm, doing: Doing) -> Told:
        first, last, wrong = _period({"first": form.first, "last": form.last}, sources.shop)
        if wrong:
            return Told(End.REFUSED, wrong, field="stick")
        args = {"stick": form.stick, "first": first, "last": last, "language": doing.language}
        return save(sources.sticks, sources.order, TO_STICK, args, doing)

    return Action(f"{PATH}/stick", PATH, ToStickForm, to_stick, OWNER)


def export_tables(shop: ShopFacts, first: date, last: date, language: str) -> Mapping[str, Iterator[bytes]]:
    """Each by its name, read while it is taken."""
    return {
        **{name: _octets(BOOKS[language][name], _money(name, first, last, shop, language)) for name in MONEY},
        GOODS: _octets(HEADS[language][GOODS], map(goods_row, _goods(shop))),
        TABS: _octets(HEADS[language][TABS], map(tab_row, _tabs(shop))),
    }


def _octets(head: Cells, rows: Iterable[Cells]) -> Iterator[bytes]:
    text = StringIO(_MARK, newline="")
    text.seek(0, 2)
    writer = csv.writer(text)
    writer.writerow(head)
    for number, row in enumerate(rows, 1):
        writer.writerow(row)
        if number % PART == 0:
            yield _taken(text)
    yield _taken(text)


def _taken(text: StringIO) -> bytes:
    """What is in it, which is empty then. A lone half of a sign is no text anywhere."""
    octets = text.getvalue().encode("utf-8", "replace")
    text.seek(0)
    text.truncate()
    return octets


def _money(name: str, first: date, last: date, shop: ShopFacts, language: str) -> Iterator[Cells]:
    """A row that cannot be read is left out: `edge journal --verify` tells of it."""
    for passed in range((last - first).days + 1):
        for kind, at, body in shop.money_of(first + timedelta(days=passed)):
            try:
                rows = [row for table, row in money_rows(kind, at, body, shop.zone, language) if table == name]
            except CodecError:
                continue
            yield from rows


def _goods(shop: ShopFacts) -> Iterator[GoodsRow]:
    """All of them, PART at a time: each is read on a connection of its own, and a slow browser holds nothing up."""
    last = ""
    while found := shop.goods_after(last, PART):
        yield from found
        last = found[-1].sku


def _tabs(shop: ShopFacts) -> Iterator[TabRow]:
    """All of them at one moment, once somebody takes them."""
    yield from shop.every_tab()


def _period(query: Mapping[str, str], shop: ShopFacts) -> tuple[date, date, str]:
    """(first, last, what is wrong); the last month where nothing was asked for."""
    last = shop.newest_day() or shop.local().date()
    usual = last - timedelta(days=USUAL_DAYS - 1), last
    try:
        first = date.fromisoformat(query.get("first") or usual[0].isoformat())
        last = date.fromisoformat(query.get("last") or usual[1].isoformat())
    except ValueError:
        return *usual, "export.no_day"
    if first > last:
        return *usual, "export.turned"
    return (*usual, "export.too_long") if (last - first).days >= MOST_DAYS else (first, last, "")
