"""The van before the shop: couriers with badges, and parcels of three carriers, of some of which the cloud has told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from edge.clock import Clock
from edge.codec.badge import BadgeCode, new_badge_code
from edge.codec.gtin import is_gtin
from edge.codec.wire_parcel import EXPECT, Expected
from edge.model.masking import Recipient
from edge.reference_cloud.marketplace import CARRIER, parcel_of
from edge.reference_cloud.orders import Orders
from edge.reference_cloud.parcels import Parcels
from edge.reference_cloud.store import CloudStore

TOLD_FOR_S = 86_400
"""So long the cloud tries to tell the terminal of what will come."""
FIRST_SERIAL = 2_611_260
ORDERED = "ordered"
"""The note on goods that were ordered for a customer."""
WHO_ORDERED = Recipient("139****2218", "周*", "2218")


@dataclass(frozen=True, slots=True)
class Courier:
    carrier: str
    name: str
    name_en: str
    badge: BadgeCode


COURIERS = tuple(
    # The same for every demo: these badges open nothing but a shop to play with.
    Courier(carrier, name, name_en, new_badge_code(Random(f"courier of {carrier}")))
    for carrier, name, name_en in (
        ("SF", "顺丰 小李", "SF, Li"), ("YTO", "圆通 小王", "YTO, Wang"), ("JD", "京东 小赵", "JD, Zhao")
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Delivery:
    """`note`: what is peculiar about it, for the page; empty: nothing."""

    waybill: str
    carrier: str
    to: str
    name: str
    size: str
    note: str = ""

    @property
    def is_announced(self) -> bool:
        return self.note not in ("unannounced", "two_carriers")


@dataclass(frozen=True, slots=True)
class _Kind:
    carrier: str
    to: str
    name: str
    size: str
    note: str = ""


_LOAD = (
    _Kind("SF", "138****5678", "张*", "S"),
    _Kind("SF", "138****5678", "张*", "M"),
    _Kind("SF", "139****3344", "李*", "S", "no_consent"),
    _Kind("YTO", "136****7712", "王*", "S"),
    _Kind("YTO", "135****0000", "陈*", "S", "no_phone"),
    _Kind("JD", "137****9021", "刘**", "L"),
    _Kind("JD", "186****4410", "赵*", "S", "unannounced"),
    _Kind("", "188****6688", "孙**", "S", "two_carriers"),
)
"""Of each van. A phone that ends with 0000 gets no message (`reference_cloud/parcels.py`)."""
VAN_LOAD = len(_LOAD)


def van(number: int) -> list[Delivery]:
    """What the `number`th van brings, from 0 on."""
    first = FIRST_SERIAL + number * VAN_LOAD
    return [
        Delivery(_waybill(kind.carrier, first + place), kind.carrier, kind.to, kind.name, kind.size, kind.note)
        for place, kind in enumerate(_LOAD)
    ]


class Vans:
    """How many came is known by the addresses that the cloud has. Raises StoreError as the cloud's file does."""

    def __init__(self, cloud_file: Path, tid: str, clock: Clock, chance: Random) -> None:
        self._cloud_file = cloud_file
        self._tid = tid
        self._clock = clock
        self._chance = chance
        self.deliveries: list[Delivery] = []
        """All that ever came, the newest van last."""
        self._vans = 0

    def begin(self) -> None:
        """Remember those of yesterday; where there were none, the first one comes."""
        store = CloudStore(self._cloud_file)
        store.open()
        try:
            ((count,),) = store.rows(
                "SELECT count(*) FROM address WHERE tid = ? AND waybill NOT LIKE ?", (self._tid, f"{CARRIER}%")
            )
            ordered = store.rows(
                "SELECT waybill FROM address WHERE tid = ? AND waybill LIKE ?", (self._tid, f"{CARRIER}%")
            )
        finally:
            store.close()
        self._vans = count // VAN_LOAD
        self.deliveries = [_of_order(str(waybill)) for (waybill,) in ordered]
        self.deliveries += [delivery for number in range(self._vans) for delivery in van(number)]
        if not self._vans:
            self.come()

    def come(self) -> list[Delivery]:
        """One more; the cloud knows whose its parcels are, and tells the terminal of those that are announced. With it
        come goods that were ordered for customers.
        """
        load = van(self._vans)
        store = CloudStore(self._cloud_file)
        store.open()
        try:
            ordered = self._ordered(store)
            expected = [*ordered, *(_expected(delivery) for delivery in load)]
            Parcels(store, self._clock).address(self._tid, expected)
            told = [*ordered, *(_expected(delivery) for delivery in load if delivery.is_announced)]
            args = {"parcels": [parcel.model_dump(mode="json", exclude_none=True) for parcel in told]}
            orders = Orders(store, self._clock, self._chance)
            orders.order(self._tid, EXPECT, args, ttl_s=TOLD_FOR_S, by="svc:parcels", hand_in=True)
            store.commit()
        finally:
            store.close()
        self._vans += 1
        brought = [*(_of_order(parcel.waybill) for parcel in ordered), *load]
        self.deliveries += brought
        return brought

    def _ordered(self, store: CloudStore) -> list[Expected]:
        """The parcels of what the marketplace has sent and no van has brought."""
        known = {delivery.waybill for delivery in self.deliveries}
        found = store.rows(
            "SELECT soid FROM service WHERE tid = ? AND kind = 'order' AND state = 'completed'", (self._tid,)
        )
        parcels = [parcel for (soid,) in found for parcel in parcel_of(str(soid), WHO_ORDERED)]
        return [parcel for parcel in parcels if parcel.waybill not in known]


def _of_order(waybill: str) -> Delivery:
    return Delivery(waybill, CARRIER, WHO_ORDERED.key, WHO_ORDERED.name, "M", ORDERED)


def of_note(deliveries: Sequence[Delivery], carrier: str, note: str = "") -> list[Delivery]:
    """Those of a carrier that have this peculiarity."""
    return [delivery for delivery in deliveries if (delivery.carrier, delivery.note) == (carrier, note)]


def _expected(delivery: Delivery) -> Expected:
    return Expected.model_validate({
        "parcel": f"demo-{delivery.waybill}", "waybill": delivery.waybill, "carrier": delivery.carrier or None,
        "to": delivery.to, "name": delivery.name, "tail": delivery.to[-4:], "consent": delivery.note != "no_consent",
        "size": delivery.size,
    })  # fmt: skip


def _waybill(carrier: str, serial: int) -> str:
    match carrier:
        case "SF":
            return f"SF1{serial:012d}"
        case "YTO":
            return f"YT{serial:013d}"
        case "JD":
            return f"JDX0{serial:011d}"
    # Thirteen digits that Yunda and the post both write, and that are no barcode of goods.
    return next(number for last in "09" if not is_gtin(number := f"51{serial:010d}{last}"))
