"""What tells of the shop and what the platform has it show, wired as the terminal wires it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from habits import Habits

from edge.bus import Bus
from edge.card_table import load_cards
from edge.ports import Catalogue
from edge.services.commands import CarryOut
from edge.services.drawer_count import SlipWords
from edge.services.insight_parts import open_insight
from edge.services.members import Members
from edge.services.scanning import Scanning
from edge.services.shelf_life import ShelfLife


def scanning_of(catalogue: Catalogue, bus: Bus, habits: Habits, double_read_s: float) -> Scanning:
    """From a scan to its meaning; members by the names that they have here."""
    zone = ZoneInfo(habits.zone)
    scanning = Scanning(
        bus, catalogue, load_cards(), habits.labels, ShelfLife(zone, habits.day_starts), habits.platforms,
        habits.deliveries, habits.members, double_read_s=double_read_s, station=habits.parcels,
    )  # fmt: skip
    Members(bus, habits.members)
    return scanning


def insight_services(bus: Bus, habits: Habits, *, tid: str, zone: ZoneInfo) -> dict[str, CarryOut]:
    """The commands that they carry out."""
    return open_insight(bus, SlipWords("小店", "zh-CN"), tid=tid, zone=zone, keys=habits.command_keys)
