"""What is asked and told about purchase orders (contract P16, product B5).

    up/req  purchase.place     {po, agrees, number, supplier, cur, lines, fee, total}    answered by news
    up/req  purchase.cancel    {po}                    an id that the cloud never saw is cancelled from then on
    up/req  purchase.query     {po}
    dn/cmd  purchase.changed   news                    class N: whatever costs more than before waits for the owner
    dn/cmd  purchase.confirm   {po, total, lines}      class S: the owner's yes on the phone spends the shop's money

News is {po, rev, state, …}: `rev` counts what became of the order at the cloud, so that news that comes twice or late
is known. `po` is the same however often it is placed; `agrees` is the rev whose lines the owner takes, 0: the shop's.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError, model_validator

from edge.codec.purchase_bodies import LineNumber, OrderedLine, Pack, Parcel, Price, SlipNumber, Sum
from edge.codec.sale_bodies import Sku
from edge.codec.wire import checked
from edge.codec.wire_term import Part, Uuid7, Word
from edge.model.money import Fen
from edge.model.purchase import MAX_LINES, MAX_PACKS, MAX_WAYBILLS, PurchaseEvent, PurchaseLine, PurchaseOrder

PLACE, CANCEL, QUERY = "purchase.place", "purchase.cancel", "purchase.query"
CHANGED, CONFIRM = "purchase.changed", "purchase.confirm"
EXPIRES_S = 60

PaperText = Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""What the terminal prints as it is told."""
Rev = Annotated[int, Field(ge=0, le=10**6)]
State = Literal["placed", "accepted", "changed", "rejected", "shipped", "cancelled"]

EVENTS: dict[str, PurchaseEvent] = {
    "placed": PurchaseEvent.PLACE, "accepted": PurchaseEvent.ACCEPT, "changed": PurchaseEvent.CHANGE,
    "rejected": PurchaseEvent.REJECT, "shipped": PurchaseEvent.SHIP, "cancelled": PurchaseEvent.CANCEL,
}  # fmt: skip
"""What news of a state is to the order."""


class PlaceArgs(Part):
    """`total` is the sum of the lines and `fee`."""

    po: Uuid7
    agrees: Rev
    number: SlipNumber
    supplier: Word
    cur: Literal["CNY"]
    lines: Annotated[tuple[OrderedLine, ...], Field(strict=False, min_length=1, max_length=MAX_LINES)]
    fee: Price
    total: Sum


class PurchaseArgs(Part):
    """Of purchase.cancel and purchase.query."""

    po: Uuid7


class NewsLine(Part):
    """`packs` 0: the supplier does not deliver it. `name` of goods that were not ordered."""

    n: LineNumber
    sku: Sku
    pack: Pack
    packs: Annotated[int, Field(ge=0, le=MAX_PACKS)]
    cost: Price
    name: PaperText | None = None


class PurchaseNews(Part):
    """`out` of the Response to each of these, and the args of purchase.changed. `lines` and `fee` where it changed."""

    po: Uuid7
    rev: Rev
    state: State
    lines: Annotated[tuple[NewsLine, ...], Field(strict=False, max_length=MAX_LINES)] = ()
    fee: Price | None = None
    waybills: Annotated[tuple[Parcel, ...], Field(strict=False, max_length=MAX_WAYBILLS)] = ()
    why: PaperText | None = None

    @model_validator(mode="after")
    def _lines_are_told_apart(self) -> PurchaseNews:
        if len({line.n for line in self.lines}) != len(self.lines):
            raise ValueError("a line stands there twice")
        if self.state == "changed" and not self.lines:
            raise ValueError("changed, and no lines")
        return self

    def offered(self, order: PurchaseOrder) -> tuple[PurchaseLine, ...]:
        """Its lines as those of `order`, whose names and cartons they keep."""
        before = {line.n: line for line in order.lines}
        return tuple(_line(line, before.get(line.n)) for line in self.lines)


class ConfirmLine(Part):
    n: LineNumber
    packs: Annotated[int, Field(ge=0, le=MAX_PACKS)]


class ConfirmArgs(Part):
    """`total` is what the phone showed. Without `lines` it is all that the slip proposes, but for what is
    `too_much`, or what a hand has chosen.
    """

    po: Uuid7
    total: Sum
    lines: Annotated[tuple[ConfirmLine, ...], Field(strict=False, max_length=MAX_LINES)] = ()


Args = PlaceArgs | PurchaseArgs


def place_args(order: PurchaseOrder) -> PlaceArgs:
    """The same each time it is placed, until the owner agrees to something else."""
    lines = tuple(
        OrderedLine(n=line.n, sku=line.sku, pack=line.pack, packs=line.packs, cost=line.cost) for line in order.taken
    )
    return PlaceArgs(
        po=order.id, agrees=order.agrees, number=order.number, supplier=order.supplier, cur="CNY", lines=lines,
        fee=order.fee, total=order.total,
    )  # fmt: skip


def read_news(out: object) -> PurchaseNews | None:
    """News in an answer; None: nothing that can be read."""
    try:
        return PurchaseNews.model_validate(out)
    except ValidationError:
        return None


def read_changed(args: object) -> PurchaseNews:
    """Raises WireError."""
    return checked(PurchaseNews, args, where=CHANGED)


def read_confirm(args: object) -> ConfirmArgs:
    """Raises WireError."""
    return checked(ConfirmArgs, args, where=CONFIRM)


def _line(line: NewsLine, before: PurchaseLine | None) -> PurchaseLine:
    is_same = before is not None and before.sku == line.sku
    name = before.name if is_same and before is not None else line.name or line.sku
    return PurchaseLine(
        line.n, line.sku, name, line.pack, line.packs, Fen(line.cost), line.packs,
        on_hand=before.on_hand if is_same and before is not None else None,
        carton=before.carton if is_same and before is not None and before.pack == line.pack else "",
    )  # fmt: skip
