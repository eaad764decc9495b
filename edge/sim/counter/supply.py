"""The shop as it was left last night: counted shelves, four weeks in which people came, what its suppliers ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib import resources
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from edge.clock import Clock
from edge.codec.gtin import check_digit
from edge.codec.supplier_offer_csv import read_offers
from edge.model.app_order import AppLine, AppOrder
from edge.model.app_order_records import OrderHandedOver
from edge.model.money import Fen, Milli
from edge.model.reorder import DAYS
from edge.model.stock_records import CountedLine, StockCounted
from edge.outside import Outside
from edge.platform_file import load_platforms
from edge.sim.counter.goods import Card, goods
from edge.sim.counter.shop_file import PLATFORMS, TIME_ZONE
from edge.store.ledger import import_offers
from edge.terminal_folder import LEDGER_FILE, open_terminal_folder

OFFERS = "offers.csv"
ENOUGH, SELDOM = 40, 2
"""Pieces of goods that nobody writes down here: on the shelf, and in ten days."""
LINES_A_COUNT = 30
CARTONS = ("Spring water 550ml", "Ham sausage 5x", "Beef noodles 110g")
"""Whose cartons lie beside the counter."""
_UNTIL = "demo.sold_until"


@dataclass(frozen=True, slots=True)
class _Ware:
    """Pieces that lie here, and that are sold in ten days."""

    here: int
    in_ten_days: int


_WARES: Mapping[str, _Ware] = MappingProxyType(
    {
        "Spring water 550ml": _Ware(26, 90),
        "Green tea 500ml": _Ware(48, 40),
        "Iced tea 500ml": _Ware(66, 38),
        "Soy milk 250ml": _Ware(70, 60),
        "Milk 250ml": _Ware(14, 50),
        "Beer 500ml": _Ware(96, 80),
        "Potato chips 75g": _Ware(44, 30),
        "Ham sausage 5x": _Ware(4, 20),
        "Beef noodles 110g": _Ware(18, 40),
        "Dried noodles 1kg": _Ware(22, 10),
        "Salt 400g": _Ware(30, 10),
        "Soy sauce 500ml": _Ware(17, 9),
        "Eggs 10x": _Ware(48, 25),
        "Pickles 70g": _Ware(60, 40),
        "Tissues 3x": _Ware(24, 8),
        "Toilet paper 10x": _Ware(14, 8),
        "Dish soap 500g": _Ware(14, 7),
        "Toothpaste 120g": _Ware(14, 6),
    }
)


def offers_bytes() -> bytes:
    return resources.files(__package__).joinpath(OFFERS).read_bytes()


def cartons() -> list[Card]:
    """Codes of whole cartons, by the names of what is in them."""
    by_name = {good.name_en: good for good in goods()}
    inside = [by_name[name] for name in CARTONS]
    return [Card(_carton(good.code), f"{good.name} 整箱", f"{good.name_en}, carton") for good in inside]


def stock_up(folder: Path, data_dir: Path, clock: Clock) -> str:
    """Before the terminal runs. Shelves are counted once a folder; days without anybody are caught up at each start.

    Raises StoreError as the ledger does.
    """
    today = clock.wall().astimezone(ZoneInfo(TIME_ZONE)).date()
    opened = open_terminal_folder(data_dir, Outside(clock=clock))
    try:
        tx = opened.ledger.begin(lambda _, __: None)
        known = tx.get(_UNTIL)
        if known is None:
            _count(tx)
        _sell(tx, date.fromisoformat(known) + timedelta(days=1) if known else today - timedelta(days=DAYS), today)
        tx.put(_UNTIL, max(known or "", (today - timedelta(days=1)).isoformat()))
        tx.commit()
    finally:
        opened.ledger.close(clean=opened.ledger.clean or opened.ledger.fresh)
        opened.lock.release()
    (folder / OFFERS).write_bytes(offers_bytes())
    offers = read_offers(offers_bytes(), name=OFFERS, suppliers=load_platforms(PLATFORMS).suppliers)
    import_offers(data_dir / LEDGER_FILE, offers)
    suppliers = len({offer.supplier for offer in offers})
    return f"{len(offers)} offers of {suppliers} suppliers, {DAYS} days of sales, shelves counted"


def _count(tx: Any) -> None:
    """Of all but what is weighed or has no price yet."""
    lines = [
        CountedLine(good.code, Milli(1000 * _ware(good.name_en).here), tx.stock.on_hand(good.code))
        for good in goods() if good.price is not None and not good.weighed
    ]  # fmt: skip
    for first in range(0, len(lines), LINES_A_COUNT):
        tx.append(StockCounted(tx.new_id(), tuple(lines[first : first + LINES_A_COUNT])))


def _sell(tx: Any, first: date, today: date) -> None:
    """Only what is remembered of each day: the receipts of a till that was here before are nobody's."""
    day = max(first, today - timedelta(days=DAYS))
    while day < today:
        chance = Random(f"people of {day}")
        lines = tuple(
            AppLine(good.code, good.name, sold, Fen(0), sold)
            for good in goods() if not good.weighed and good.price is not None
            for sold in [_pieces(_ware(good.name_en).in_ten_days, chance)]
        )  # fmt: skip
        at = datetime.combine(day, time(12), ZoneInfo(TIME_ZONE))
        record = OrderHandedOver(AppOrder("", "", "", "", lines, at), day)
        tx.sales_days.book_order(record, lambda _: Milli(1000))
        day += timedelta(days=1)


def _pieces(in_ten_days: int, chance: Random) -> int:
    """Of one day, by as many people as wanted one: nobody, now and then three at once."""
    return sum(chance.random() < in_ten_days / 200 for _ in range(20))


def _ware(name_en: str) -> _Ware:
    return _WARES.get(name_en, _Ware(ENOUGH, SELDOM))


def _carton(each: str) -> str:
    digits = "1" + each[:12]
    return digits + check_digit(digits)
