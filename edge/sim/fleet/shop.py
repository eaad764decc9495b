"""A simulated shop: customers who come by a seed, and baskets that are sold by the till's own completion of a sale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from random import Random
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.codec.gtin import check_digit
from edge.messages import Started
from edge.model.item import Gtin14, Item
from edge.model.money import Fen, Milli, Rounding
from edge.model.platform import Platforms
from edge.model.sale import Event, Sale, add_item, moved
from edge.model.settlement import tender_cash
from edge.ports import Transaction
from edge.services.completion import Completion
from edge.services.link import Link
from edge.services.till_day import TillRules

GOODS = 2_000
LINES = (1, 1, 2, 2, 3, 4, 6)
"""Of a basket; three in the middle, as the contract's mean sale of 520 B has."""
PIECES = (1, 1, 1, 2, 3)
RULES = TillRules("1", Rounding.NONE, ZoneInfo("Asia/Shanghai"), time(4))


@dataclass(frozen=True, slots=True)
class CustomerDue:
    """Somebody comes to the till."""


@dataclass(frozen=True, slots=True)
class Sold:
    """This sale is on the disk."""

    sale_id: str


class NoServices:
    """The licences of a shop that sells goods only."""

    platforms = Platforms()

    def is_suspended(self) -> bool:
        return False

    def why_not(self, service: str, at: datetime) -> str | None:
        return "svc.offline"


class Shop:
    """A customer every `gap_s` on average, until `closed`."""

    def __init__(self, bus: Bus, link: Link, chance: Random, *, gap_s: float) -> None:
        self._bus = bus
        self._chance = chance
        self._gap_s = gap_s
        self._completion = Completion(RULES, NoServices(), online=link.online)
        self.closed = False
        bus.on(Started, lambda _, tx: self._wait())
        bus.on(CustomerDue, self._serve)

    def _wait(self) -> None:
        self._bus.after(self._chance.expovariate(1 / self._gap_s), CustomerDue())

    def _serve(self, _: CustomerDue, tx: Transaction) -> None:
        if self.closed:
            return
        self._wait()
        sale = basket(tx.new_id(), self._chance)
        self._completion.complete(sale, tx, asked_mono=tx.stamp.mono)
        tx.after_commit(Sold(sale.id))


def basket(sale_id: str, chance: Random) -> Sale:
    """Paid in cash, with change."""
    sale = Sale(sale_id)
    for _ in range(chance.choice(LINES)):
        digits = f"692{chance.randrange(GOODS):09d}"
        gtin, price = digits + check_digit(digits), Fen(chance.randrange(100, 9_900))
        item = Item(gtin, f"商品 {digits[-4:]} 号 500ml 装", price, gtin=Gtin14("0" + gtin), unit="件")
        sale = add_item(sale, item, qty=Milli(1000 * chance.choice(PIECES)))
    tendered = Fen(-(-sale.due // 1000) * 1000)
    return tender_cash(moved(sale, Event.SUBTOTAL), tendered, Rounding.NONE)
