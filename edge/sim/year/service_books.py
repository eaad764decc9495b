"""Service orders as the rows of the journal tell them: what each was quoted, paid, asked for, and what went back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from edge.reference_cloud.providers import CANCEL_FEE_PERCENT
from edge.sim.year.bill import SERVICE, is_service

_FOLLOWS = {
    "service.quoted": ("",), "service.paid": ("quoted",), "service.submitted": ("paid",),
    "service.unknown": ("paid", "submitted"), "service.failed": ("submitted", "unknown", "completed"),
    "service.refunded": ("failed",), "service.reversed": ("completed", "cancelling"), "service.expired": ("quoted",),
}  # fmt: skip
"""Which states an order may come from by a row, where the row says that alone."""
_BY_WHY: dict[str, dict[str, tuple[str, ...]]] = {
    "service.completed": {"": ("submitted", "unknown"), "kept": ("cancelling",)},
    "service.cancelled": {"dropped": ("quoted",), "asked": ("completed",), "back": ("cancelling",)},
}
"""And where it says why."""
_MAY_GO_BACK = ("failed", "cancelling", "cancelled_refunded", "reversed")
TOLD_OF_SERVICES = frozenset(
    (*_FOLLOWS, *_BY_WHY, "sale.completed", "sale.refunded", "sale.voided")
)  # fmt: skip
"""Types of rows that these books are made of."""
CALLED_OFF = ("order",)
"""Kinds that can fail after they were done: goods that do not come."""
WITH_FEE = ("travel",)
ENDS = ("success", "decline", "time-out", "unknown", "restart", "offline", "expiry", "cancel")
"""What can become of an order, and on the way to it; one can have several."""
_UNKNOWN_BY = {"silence": "time-out", "power": "restart", "link": "offline", "offline": "offline"}


@dataclass(frozen=True, slots=True)
class Order:
    """`fee` is what its provider kept, `back` what the row says that went back."""

    kind: str
    offer: str
    price: int
    state: str = ""
    sale: str = ""
    fee: int = 0
    back: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """Of a completed sale, in fen. `rounded`: what cash did not have to pay of the whole sale; a line has a share."""

    sale: str
    fen: int
    rounded: int

    def is_back(self, back: int, *, fee: int) -> bool:
        """Whether so much is what was paid for it, less a fee."""
        return self.fen - fee - self.rounded <= back <= self.fen - fee


@dataclass(slots=True)
class ServiceBooks:
    """Turned back with the box when it is restored from a backup. `orders` by their ids."""

    orders: dict[str, Order] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    """What pays an order."""
    refunds: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Refund and fen of what went back of an order."""

    def copy(self) -> ServiceBooks:
        return ServiceBooks(dict(self.orders), dict(self.lines), dict(self.refunds))

    def fee_of(self, data: dict[str, Any]) -> int:
        """What providers keep of these lines that come back, in fen."""
        return sum(self._fee(order) for order in _ordered(data))

    def enter(self, kind: str, row_id: str, data: dict[str, Any]) -> Iterator[str]:
        """The next row of the journal; a sentence for each thing in it that does not agree with those before."""
        match kind:
            case "sale.completed":
                yield from self._sold(row_id, data)
            case "sale.refunded" | "sale.voided":
                yield from self._returned(row_id, data)
            case _:
                yield from self._moved(kind, data)

    def _sold(self, sale: str, data: dict[str, Any]) -> Iterator[str]:
        """An order lies once in one sale, at its price, while nobody has paid for it."""
        gone = {line["voids"] for line in data["lines"] if "voids" in line}
        for line in data["lines"]:
            if not is_service(line["sku"]) or "voids" in line or line["n"] in gone:
                continue
            soid = line["sku"].removeprefix(SERVICE)
            order = self.orders.get(soid)
            if soid in self.lines:
                yield f"order {soid} is paid by {sale} and by {self.lines[soid].sale}"
            if order is None or order.state != "quoted":
                yield f"sale {sale} pays for order {soid}, which is {order}"
            elif line["amt"] != order.price:
                yield f"order {soid} costs {order.price} fen, sale {sale} has it for {line['amt']}"
            self.lines[soid] = Line(sale, line["amt"], -data["rounding"])

    def _returned(self, refund: str, data: dict[str, Any]) -> Iterator[str]:
        """Once, the price or what its provider leaves of it, and only of what was not done or was undone."""
        for line in data["lines"]:
            if not is_service(line["sku"]):
                continue
            soid = line["sku"].removeprefix(SERVICE)
            order = self.orders.get(soid)
            if soid in self.refunds:
                yield f"order {soid} goes back by {refund} and by {self.refunds[soid][0]}"
            if order is None or order.state not in _MAY_GO_BACK:
                yield f"{refund} gives back order {soid}, which is {order}"
            elif (paid := self.lines.get(soid)) is None or not paid.is_back(line["amt"], fee=self._fee(soid)):
                yield f"{refund} gives {line['amt']} fen of order {soid} back, paid were {paid}"
            self.refunds[soid] = (refund, line["amt"])

    def _moved(self, kind: str, data: dict[str, Any]) -> Iterator[str]:
        soid, state, why = data["soid"], data["state"], data.get("why", "")
        before = self.orders.get(soid, Order(data["kind"], data["offer"], data["price"]))
        if before.state not in (_BY_WHY[kind].get(why, ()) if kind in _BY_WHY else _FOLLOWS[kind]):
            yield f"order {soid} was {before.state or 'nothing'} and is {state} by {kind} {why}"
        if kind == "service.failed" and before.state == "completed" and before.kind not in CALLED_OFF:
            yield f"order {soid} was completed and is failed, it is {before.kind}"
        if (data["kind"], data["offer"], data["price"]) != (before.kind, before.offer, before.price):
            yield f"order {soid} was {before} and is {data}"
        line = self.lines.get(soid)
        if before.state == "quoted" and data.get("sale") != (line.sale if line is not None else None):
            yield f"order {soid} is {state} by sale {data.get('sale')}, its line is {line}"
        elif before.sale and data.get("sale") != before.sale:
            yield f"order {soid} was paid by {before.sale}, and now by {data.get('sale')}"
        self.orders[soid] = replace(
            before, state=state, sale=data.get("sale", ""), fee=data.get("fee", 0), back=data.get("back", 0)
        )

    def _fee(self, soid: str) -> int:
        order = self.orders.get(soid)
        if order is None or order.state not in ("cancelling", "cancelled_refunded"):
            return 0
        return order.price * CANCEL_FEE_PERCENT // 100 if order.kind in WITH_FEE else 0


def ends_of(kind: str, data: dict[str, Any]) -> str | None:
    """Which of ENDS a row tells; None: none of them."""
    match kind:
        case "service.completed" if not data.get("why"):
            return "success"
        case "service.failed":
            return "decline"
        case "service.unknown":
            return _UNKNOWN_BY.get(data["why"], "unknown")
        case "service.expired":
            return "expiry"
        case "service.cancelled" if data["why"] != "asked":
            return "cancel"
        case _:
            return None


def count_end(ends: Counter[tuple[str, str]], kind: str, data: dict[str, Any]) -> None:
    """By kind of order and end."""
    if (end := ends_of(kind, data)) is not None:
        ends[data["kind"], end] += 1


def _ordered(data: dict[str, Any]) -> Iterator[str]:
    for line in data.get("lines", ()):
        if is_service(line["sku"]):
            yield line["sku"].removeprefix(SERVICE)
