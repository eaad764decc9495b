"""What a shop sold, from its closed events alone: baskets without buyers, and when goods had run out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from edge.codec.bodies import BODIES
from edge.model.item import is_goods
from edge.reference_cloud.report import CloudReport, CloudRow

_BACK = ("sale.refunded", "sale.voided")


@dataclass(frozen=True, slots=True)
class Basket:
    """One sale, net of what came back: milli-pieces (or grams) and fen by sku."""

    id: str
    at: datetime
    day: date
    goods: Mapping[str, int]
    money: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Out:
    """Goods that had run out; `until` None: still."""

    sku: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ShopSales:
    """Of the times in which the owner lets insight be drawn. `names` and `prices` are the newest that were told."""

    tid: str
    baskets: tuple[Basket, ...]
    outs: tuple[Out, ...]
    names: Mapping[str, str]
    prices: Mapping[str, int]

    def between(self, first: date, last: date) -> ShopSales:
        """Both days included; what had run out stays as it is."""
        return replace(self, baskets=tuple(b for b in self.baskets if first <= b.day <= last))

    def sold(self, sku: str) -> int:
        """Milli-pieces."""
        return sum(basket.goods.get(sku, 0) for basket in self.baskets)


def shop_sales(report: CloudReport, tid: str) -> ShopSales:
    tx, ev = (list(_understood(report.rows(tid, stream))) for stream in ("tx", "ev"))
    off = _switched_off(ev)
    back = _came_back(tx)
    names: dict[str, str] = {}
    prices: dict[str, int] = {}
    baskets: list[Basket] = []
    for row in tx:
        if row.type != "sale.completed" or _is_within(_at(row), off):
            continue
        for line in row.data["lines"]:
            if is_goods(line["sku"]) and line.get("kind") != "void":
                names[line["sku"]], prices[line["sku"]] = str(line.get("name") or ""), int(line["price"])
        if (basket := _basket(row, back.get(row.id))) is not None:
            baskets.append(basket)
    baskets.sort(key=lambda basket: (basket.at, basket.id))
    return ShopSales(tid, tuple(baskets), tuple(_outs(tx, ev)), names, prices)


def _understood(rows: Sequence[CloudRow]) -> Iterator[CloudRow]:
    """Those whose body was checked when it came."""
    return (row for row in rows if row.code is None and row.type in BODIES and row.sv <= BODIES[row.type].SV)


def _at(row: CloudRow) -> datetime:
    return datetime.fromisoformat(row.at_corrected)


def _switched_off(ev: Sequence[CloudRow]) -> list[tuple[datetime, datetime | None]]:
    spans: list[tuple[datetime, datetime | None]] = []
    for row in sorted((row for row in ev if row.type == "insight.switched"), key=_at):
        if spans and spans[-1][1] is None:
            if row.data["on"]:
                spans[-1] = (spans[-1][0], _at(row))
        elif not row.data["on"]:
            spans.append((_at(row), None))
    return spans


def _is_within(at: datetime, spans: Sequence[tuple[datetime, datetime | None]]) -> bool:
    return any(since <= at and (until is None or at < until) for since, until in spans)


def _came_back(tx: Sequence[CloudRow]) -> dict[str, list[CloudRow]]:
    """By the sale: its refunds."""
    found: dict[str, list[CloudRow]] = {}
    for row in tx:
        if row.type in _BACK:
            found.setdefault(str(row.data["of"]), []).append(row)
    return found


def _basket(row: CloudRow, back: Sequence[CloudRow] | None) -> Basket | None:
    """None: nothing of it is left, or it was never goods."""
    goods: Counter[str] = Counter()
    money: Counter[str] = Counter()
    for line in row.data["lines"]:
        if is_goods(line["sku"]):
            goods[line["sku"]] += _milli(line["qty"])
            money[line["sku"]] += int(line["amt"])
    for refund in back or ():
        if refund.type == "sale.voided" and not refund.data.get("lines"):
            return None
        for line in refund.data.get("lines", ()):
            if (sku := line.get("sku")) in goods:
                goods[sku] -= _milli(line["qty"])
                money[sku] -= int(line["amt"])
    left = {sku: qty for sku, qty in goods.items() if qty > 0}
    if not left:
        return None
    return Basket(row.id, _at(row), date.fromisoformat(row.data["bday"]), left, {sku: money[sku] for sku in left})


def _outs(tx: Sequence[CloudRow], ev: Sequence[CloudRow]) -> Iterator[Out]:
    """From each `stock.out` to the next event that shows one of these goods: sold, brought back, moved in, counted."""
    seen = _seen(tx)
    ends: dict[str, datetime | None] = {}
    for row in sorted((row for row in ev if row.type == "stock.out"), key=_at):
        sku, since = str(row.data["sku"]), _at(row)
        if sku in ends and (ends[sku] is None or since < (ends[sku] or since)):
            continue  # told again, before anything came
        until = min((at for at in seen.get(sku, ()) if at > since), default=None)
        ends[sku] = until
        yield Out(sku, since, until)


def _seen(tx: Sequence[CloudRow]) -> dict[str, list[datetime]]:
    found: dict[str, list[datetime]] = {}
    for row in tx:
        for sku in _shown_by(row):
            found.setdefault(sku, []).append(_at(row))
    return found


def _shown_by(row: CloudRow) -> Iterator[str]:
    data: Mapping[str, Any] = row.data
    if row.type in ("sale.completed", *_BACK):
        yield from (str(line["sku"]) for line in data.get("lines", ()) if line.get("sku"))
    elif row.type == "stock.counted":
        yield from (str(line["sku"]) for line in data["lines"] if Decimal(line["qty"]) > 0)
    elif row.type == "stock.moved":
        yield from (str(move["sku"]) for move in data["moves"] if not str(move["qty"]).startswith("-"))


def _milli(text: str) -> int:
    return int(Decimal(text) * 1000)
