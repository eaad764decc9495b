"""The parcel station, wired: which of its services there are and in which order they hear of things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.model.carrier import Carriers
from edge.model.cell_map import CellMap
from edge.ports import Badges
from edge.services.cell_care import CellCare
from edge.services.cell_test import CellTest
from edge.services.check_in import CheckIn, StationText
from edge.services.deposit import Deposit
from edge.services.doors import Doors
from edge.services.find_parcel import FindingParcel
from edge.services.handing_out import HandingOut
from edge.services.overdue import Overdue
from edge.services.owner_doors import OwnerDoors
from edge.services.parcel_codes import ParcelCodes
from edge.services.parcel_desk import ParcelDesk
from edge.services.parcel_list import ParcelList
from edge.services.parcel_requests import ParcelRequests
from edge.services.pickup import Pickup
from edge.services.refusing import Refusing
from edge.services.remote_doors import RemoteDoors
from edge.services.take_back import TakingBack


@dataclass(frozen=True, slots=True)
class StationParts:
    """What the station works with. `wrong`: what of the cell map cannot be used; `key`: of its pick-up codes."""

    wall: CellMap
    wrong: tuple[str, ...]
    carriers: Carriers
    badges: Badges
    text: StationText
    zone: ZoneInfo
    key: bytes
    chance: Random


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
        bus, parts.carriers, zone=parts.zone, language=parts.text.language, has_cells=bool(parts.wall.places)
    )  # fmt: skip
    deposit = Deposit(bus, doors, parts.carriers, codes)
    CheckIn(bus, parts.carriers, codes, deposit, parts.text, zone=parts.zone, full=full)
    Pickup(bus, codes, code_days=parts.text.code_days)
    handing_out = HandingOut(bus, doors)
    owner = OwnerDoors(bus, doors, handing_out, zone=parts.zone, language=parts.text.language)
    RemoteDoors(bus, doors, owner)
    TakingBack(bus, doors, parts.carriers, parts.badges)
    ParcelList(bus, doors, zone=parts.zone, language=parts.text.language)
    Refusing(bus, doors)
    FindingParcel(bus, doors)
    Overdue(bus, parts.carriers)
    CellCare(bus, doors, deposit)
    CellTest(bus, doors, zone=parts.zone, language=parts.text.language)
    return doors
