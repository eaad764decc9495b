"""Records of counted, dated and claimed goods → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from edge.codec.day_record_body import CURRENCY
from edge.model.money import quantity_text
from edge.model.stock_records import ClaimLine, CountedLine, LotNoted, PriceSet, PurchaseClaimed, StockCounted


def _counted(record: StockCounted) -> dict[str, object]:
    return {"count": record.count, "lines": [_counted_line(line) for line in record.lines]}


def _counted_line(line: CountedLine) -> dict[str, object]:
    body: dict[str, object] = {"sku": line.sku, "qty": quantity_text(line.qty)}
    if line.was is not None:
        body["was"] = quantity_text(line.was)
    if line.moved:
        body["moved"] = quantity_text(line.moved)
    return body | ({"again": True} if line.again else {})


def _noted(record: LotNoted) -> dict[str, object]:
    return {
        "sku": record.sku, "qty": quantity_text(record.qty), "until": record.until.isoformat(), "how": record.how,
    }  # fmt: skip


def _claimed(record: PurchaseClaimed) -> dict[str, object]:
    body: dict[str, object] = {"of": record.of, "lines": [_claim(line) for line in record.lines]}
    return body | ({"order": record.order} if record.order else {})


def _claim(line: ClaimLine) -> dict[str, object]:
    found = (("short", line.short), ("over", line.over), ("damaged", line.damaged))
    body: dict[str, object] = {"sku": line.sku}
    return body | {name: quantity_text(qty) for name, qty in found if qty}


def _price(record: PriceSet) -> dict[str, object]:
    price: dict[str, object] = {} if record.price is None else {"price": record.price}
    return {"sku": record.sku, "cur": CURRENCY, **price, "by": record.by}


STOCK_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType(
    {StockCounted: _counted, LotNoted: _noted, PurchaseClaimed: _claimed, PriceSet: _price}
)
"""Their part of `record_body`."""
