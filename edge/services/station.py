"""The parcel station, wired: which of its services there are and in which order they hear of things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.model.carrier import Carriers
from edge.model.cell_map import CellMap
from edge.ports import Badges, Licences
from edge.services.authorizing import Authorizing
from edge.services.cell_care import CellCare
from edge.services.cell_test import CellTest
from edge.services.check_in import CheckIn
from edge.services.deposit import Deposit
from edge.services.doors import Doors
from edge.services.fee_expiry import FeeExpiry
from edge.services.fee_refunds import FeeRefunds
from edge.services.find_parcel import FindingParcel
from edge.services.handing_out import HandingOut
from edge.services.handing_over import HandingOver
from edge.services.labelling import Labelling, SendText
from edge.services.offers import Offers
from edge.services.overdue import Overdue
from edge.services.owner_doors import OwnerDoors
from edge.services.parcel_codes import ParcelCodes
from edge.services.parcel_desk import ParcelDesk
from edge.services.parcel_list import ParcelList
from edge.services.parcel_requests import ParcelRequests
from edge.services.pickup import Pickup
from edge.services.refusing import Refusing
from edge.services.remote_doors import RemoteDoors
from edge.services.sending import Sending
from edge.services.shelf import Shelf, StationText
from edge.services.take_back import TakingBack


@dataclass(frozen=True, slots=True)
class StationParts:
    """What the station works with. `wrong`: what of the cell map cannot be used; `key`: of its pick-up codes.

    `scale`: the name of the device, None where the shop has none.
    """

    wall: CellMap
    wrong: tuple[str, ...]
    carriers: Carriers
    badges: Badges
    text: StationText
    zone: ZoneInfo
    key: bytes
    chance: Random
    offers: Offers
    scale: str | None
    licences: Licences


def open_station(
    bus: Bus, parts: StationParts, requests: ParcelRequests, *, full: Callable[[], bool]
) -> Doors:  # fmt: skip
    """`full`: there is no room for drop-offs now (contract P11).

    A door's word is heard by who put a parcel in before who hands one out, then by who cares for the cells, and
    last by who tests the next one.
    """
    doors = Doors(bus, parts.wall, parts.wrong)
    codes = ParcelCodes(bus, requests, key=parts.key, chance=parts.chance)
    ParcelDesk(
        bus, parts.carriers, parts.badges, zone=parts.zone, language=parts.text.language,
        sizes=frozenset(place.size for place in parts.wall.places),
    )  # fmt: skip
    deposit = Deposit(bus, doors, parts.carriers, codes)
    shelf = Shelf(parts.carriers, parts.text, zone=parts.zone)
    CheckIn(bus, parts.carriers, codes, deposit, shelf, language=parts.text.language,
            licences=parts.licences, full=full)  # fmt: skip
    Pickup(bus, codes, code_days=parts.text.code_days, language=parts.text.language)
    Authorizing(bus, requests, parts.badges)
    handing_out = HandingOut(bus, doors)
    owner = OwnerDoors(bus, doors, handing_out, zone=parts.zone, language=parts.text.language)
    RemoteDoors(bus, doors, owner)
    taking_back = TakingBack(bus, doors, parts.carriers, parts.badges)
    ParcelList(bus, doors, zone=parts.zone, language=parts.text.language)
    Refusing(bus, doors, shelf)
    FindingParcel(bus, doors)
    _outgoing(bus, parts, requests, full=full)
    Overdue(bus, parts.carriers)
    CellCare(bus, doors, deposit, handing_out, taking_back)
    CellTest(bus, doors, zone=parts.zone, language=parts.text.language)
    return doors


def _outgoing(bus: Bus, parts: StationParts, requests: ParcelRequests, *, full: Callable[[], bool]) -> None:
    """What customers send: from the code on their phone to the courier's hands, or back into theirs."""
    text = SendText(parts.text.shop, parts.text.language, parts.zone, parts.licences.platforms)
    Sending(
        bus, requests, parts.licences, parts.offers, scale=parts.scale, language=parts.text.language, full=full
    )  # fmt: skip
    FeeExpiry(bus, parts.offers)
    Labelling(bus, text)
    HandingOver(bus, parts.badges, text)
    FeeRefunds(bus)
