"""Goods as the page lists them: what the catalogue says, what the shop says, what lies there."""

from __future__ import annotations

from dataclasses import dataclass

from edge.model.money import Fen, Milli


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """`listed`: the catalogue's price, `own`: the shop's, which goes before it; None: there is none.

    `on_hand` None: nobody ever counted. `name` is empty for goods that no catalogue names.
    """

    sku: str
    name: str
    listed: Fen | None
    own: Fen | None
    on_hand: Milli | None
    weighed: bool
    barcode: str = ""
    """Where the code is not the barcode itself."""
    unit: str = ""
    plu: str = ""
    age: int | None = None

    @property
    def price(self) -> Fen | None:
        """What they cost here; None: it is asked for at the counter."""
        return self.own if self.own is not None else self.listed or None
