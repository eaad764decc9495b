"""Parcels that customers send, as the rows of the journal tell them: a fee that is paid once has its label, at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from edge.sim.year.bill import SENDING

TOLD_OF_SENDING = frozenset(("sale.completed", "sale.refunded", "sale.voided", "parcel.labelled", "parcel.accepted"))
"""Types of rows that these books are made of."""


@dataclass(frozen=True, slots=True)
class Fee:
    """Which sale paid how many fen for a parcel."""

    sale: str
    fen: int


@dataclass(slots=True)
class SendBooks:
    """By the parcel's id: the fee that was paid, the label that was printed for it, and which came back."""

    fees: dict[str, Fee] = field(default_factory=dict)
    labels: dict[str, Fee] = field(default_factory=dict)
    waybills: dict[str, str] = field(default_factory=dict)
    """By the number that it travels by, the parcel."""
    back: set[str] = field(default_factory=set)

    def copy(self) -> SendBooks:
        return SendBooks(dict(self.fees), dict(self.labels), dict(self.waybills), set(self.back))

    def enter(self, kind: str, row_id: str, data: dict[str, Any]) -> Iterator[str]:
        """The next row of the journal; a sentence for each thing in it that does not agree with those before."""
        match kind:
            case "sale.completed":
                yield from self._sold(row_id, data)
            case "sale.refunded" | "sale.voided":
                yield from self._returned(data)
            case "parcel.labelled":
                yield from self._labelled(data)
            case "parcel.accepted" if data["parcel"] not in self.labels:
                yield f"parcel {data['parcel']} is taken in without a label"

    def _sold(self, sale: str, data: dict[str, Any]) -> Iterator[str]:
        gone = {line["voids"] for line in data["lines"] if "voids" in line}
        for line in data["lines"]:
            if not line["sku"].startswith(SENDING) or "voids" in line or line["n"] in gone:
                continue
            parcel = line["sku"].removeprefix(SENDING)
            if parcel in self.fees:
                yield f"the fee of parcel {parcel} is paid by {sale} and by {self.fees[parcel].sale}"
            self.fees[parcel] = Fee(sale, line["amt"])

    def _returned(self, data: dict[str, Any]) -> Iterator[str]:
        for line in data["lines"]:
            if line["sku"].startswith(SENDING):
                parcel = line["sku"].removeprefix(SENDING)
                if parcel in self.back:
                    yield f"the fee of parcel {parcel} goes back twice"
                self.back.add(parcel)

    def _labelled(self, data: dict[str, Any]) -> Iterator[str]:
        parcel, waybill, fee = data["parcel"], data["waybill"], Fee(data["sale"], data["fee"])
        if parcel in self.labels:
            yield f"parcel {parcel} is labelled for {fee}, and was for {self.labels[parcel]}"
        if self.waybills.setdefault(waybill, parcel) != parcel:
            yield f"{waybill} is the number of parcel {parcel} and of {self.waybills[waybill]}"
        self.labels[parcel] = fee

    def unlike(self) -> Iterator[str]:
        """Fees without a label, labels without a fee: both come with the payment, in one commit."""
        for parcel in self.fees.keys() | self.labels.keys():
            paid, label = self.fees.get(parcel), self.labels.get(parcel)
            if paid != label:
                yield f"the fee of parcel {parcel} was paid as {paid}, its label is for {label}"
