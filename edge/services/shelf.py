"""The station's shelf: each parcel that lies in no cell has a place of its own there, and a sticker that says it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from edge.model.carrier import Carriers
from edge.model.parcel import Parcel
from edge.model.parcel_slip import shelf_label
from edge.ports import Transaction
from edge.services.parcel_desk import shelf_place
from edge.services.slips import local_time, print_slip
from edge.services.spoken_manner import manner_of


@dataclass(frozen=True, slots=True)
class StationText:
    shop: str
    language: str
    shelf: str
    """Where parcels go before anybody keyed a place."""
    code_days: int = 7
    """How long a code is good after the free time of its parcel."""


class Shelf:
    def __init__(self, carriers: Carriers, text: StationText, *, zone: ZoneInfo) -> None:
        self._carriers = carriers
        self._text = text
        self._zone = zone

    def placed(self, parcel: Parcel, tx: Transaction) -> Parcel:
        """With the next place, and out of any cell."""
        place = shelf_place(tx, self._text.shelf)
        return replace(parcel, shelf=f"{place}-{tx.parcels.next_serial(place):04d}", cell="")

    def label(self, parcel: Parcel, tx: Transaction, *, of: str) -> None:
        """Print its sticker; `of` is the row that it belongs to."""
        language, carrier = manner_of(tx, self._text.language).language, self._carriers.named(parcel.carrier)
        day = local_time(tx.stamp.at, self._zone)[5:10]
        label = shelf_label(parcel, carrier=carrier.spoken(language), lines=carrier.label.lines(language), day=day)
        print_slip(label, tx, of=of)
