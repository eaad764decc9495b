"""What lies in the shop, as services see it, what is on its way there, and what was learned of its prices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol

from edge.model.money import Fen, Milli
from edge.model.stock import Act, Arrived, Delivery, Desk, Lot

if TYPE_CHECKING:
    from edge.ports.ledger import Transaction


class Stock(Protocol):
    """Moved by records: `sale.*`, `stock.moved`, `stock.counted`, `lot.noted`."""

    def on_hand(self, sku: str) -> Milli | None:
        """None: never counted (product decision 7). May be negative."""
        ...

    def net(self, sku: str) -> Milli:
        """What ever came less what ever left, known or not what was there before: the difference of two is what moved
        between them.
        """
        ...

    def last_cost(self, sku: str) -> Fen | None:
        """Of one piece, when it came last; None: nobody told."""
        ...

    def sold(self, moves: Sequence[tuple[str, Milli]]) -> None:
        """Add to what was sold since the last count, and to stock where it is known."""
        ...

    def wrong(self, *, limit: int) -> Sequence[tuple[str, Milli]]:
        """(sku, on hand) of what is below zero or no whole piece, by sku."""
        ...

    def pack(self, carton: str, sku: str, each: int) -> None:
        """One `carton` that is sold moves `each` pieces of `sku`."""
        ...

    def packed(self, carton: str) -> tuple[str, int] | None:
        """(sku, each) of a carton, as somebody said last."""
        ...

    def lots_until(self, until: date, *, limit: int) -> Sequence[Lot]:
        """Of goods that can be sold until then at the latest, the most urgent first."""
        ...

    def dated(self, sku: str) -> Milli:
        """How much of it has a date."""
        ...


class StockActs(Protocol):
    """What was scanned at a desk that is open, in the order of the beeps."""

    def add(self, desk: Desk, act: Act) -> None: ...
    def newest(self, desk: Desk) -> Act | None: ...
    def change(self, act: Act) -> None: ...
    def drop(self, no: int) -> None: ...
    def of(self, desk: Desk) -> Sequence[Act]: ...
    def about(self, desk: Desk, sku: str) -> Sequence[Act]: ...
    def total(self, desk: Desk, sku: str) -> Milli: ...
    def size(self, desk: Desk) -> int: ...
    def end(self, desk: Desk) -> None:
        """It is booked, or nobody wants it: forget its acts."""
        ...


class Deliveries(Protocol):
    """What suppliers were asked for and has not come. Each call is inside the transaction of who calls."""

    def of_waybill(self, waybill: str, tx: Transaction) -> str | None:
        """The order whose parcel has this number, cleaned as `waybill.waybill_number` does; None: no order's, and so it
        may be a customer's.
        """
        ...

    def expected(self, order: str, tx: Transaction) -> Delivery | None:
        """None: there is no such order, or nothing of it is to come any more."""
        ...

    def begun(self, order: str, tx: Transaction) -> None:
        """Its goods are being taken in from now on. Said again it changes nothing."""
        ...

    def arrived(self, delivery: Delivery, of: str, came: Sequence[Arrived], tx: Transaction) -> None:
        """It was received by the receiving `of`: whole, short, over or broken, as `came` says. Stock and claims are
        booked already.
        """
        ...


class LearnedPrices(Protocol):
    def price(self, barcode: str) -> Fen | None: ...
    def learn(self, barcode: str, price: Fen) -> None: ...
    def forget(self, barcode: str) -> None: ...
