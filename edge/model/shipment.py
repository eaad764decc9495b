"""What the cloud said of a parcel that a customer sends: its carrier and number, what it costs, and until when.

Its fee is a line of a sale like others, so that it can be paid by whatever pays; only that it is no goods. Whoever has
paid it has a label, in the same commit (product row 65).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from edge.model.item import SEND_SKU
from edge.model.masking import Recipient
from edge.model.money import Fen
from edge.model.parcel import Parcel, ParcelState
from edge.model.sale import Line, LineKind, Sale, add_open_price

MAX_GRAMS = 50_000
"""What one person can still lift onto a scale; no carrier here takes more over a counter."""


@dataclass(frozen=True, slots=True)
class Shipment:
    """`parcel` is the id that the cloud gave it. `until`: the fee is good until then, by our own clock.

    `lines` stand on its label. `sale` paid for it; empty: nobody has.
    """

    parcel: str
    waybill: str
    carrier: str
    grams: int
    fee: Fen
    until: datetime
    recipient: Recipient = field(default_factory=Recipient)
    lines: tuple[str, ...] = ()
    sale: str = ""

    @property
    def sku(self) -> str:
        return SEND_SKU + self.parcel

    def labelled(self, at: datetime) -> Parcel:
        """The parcel, now that its fee is paid."""
        return Parcel(
            self.parcel, self.waybill, self.carrier, ParcelState.LABELLED, Recipient("", *self._whom), at=at
        )  # fmt: skip

    @property
    def _whom(self) -> tuple[str, str]:
        """Without the key: a parcel that leaves is in nobody's list of parcels that lie here."""
        return self.recipient.name, self.recipient.tail


def add_fee(sale: Sale, shipment: Shipment) -> Sale:
    """`sale` with the fee as one more line; no promotion knows of it."""
    added = add_open_price(sale, name="寄快递运费", price=shipment.fee)
    fee = replace(
        added.lines[-1], kind=LineKind.SERVICE, sku=shipment.sku, name_en="Parcel fee", overridden=True
    )  # fmt: skip
    return replace(added, lines=(*added.lines[:-1], fee))


def sent_by(sku: str) -> str | None:
    """The id of the parcel that a line is the fee of; None for goods."""
    return sku.removeprefix(SEND_SKU) if sku.startswith(SEND_SKU) else None


def fees(lines: Iterable[Line]) -> list[Line]:
    """The fees among standing lines."""
    return [line for line in lines if line.kind is LineKind.SERVICE and sent_by(line.sku) is not None]


def spoken_name(recipient: Recipient, language: str) -> str:
    """As a voice says it: 张* is 张某. Without a name the end of the phone."""
    initial = recipient.name[:1].strip("*")
    return f"{initial}某" if initial and language != "en" else initial or recipient.tail


def weight_text(grams: int) -> str:
    """1250 → 1.25 kg."""
    return f"{grams / 1000:.3f}".rstrip("0").rstrip(".") + " kg"
