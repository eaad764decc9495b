"""The store room with all its trades, as the counter has them (product rows 86-88)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.ports import Catalogue, Deliveries
from edge.services.cartons import Cartons
from edge.services.counting import Counting
from edge.services.dating import Dating
from edge.services.drawer_count import SlipWords
from edge.services.receiving import Receiving
from edge.services.store_room import StoreRoom
from edge.services.writing_off import WritingOff


def open_store_room(
    bus: Bus, catalogue: Catalogue, deliveries: Deliveries, words: SlipWords, zone: ZoneInfo, *, before_scan: bool
) -> None:  # fmt: skip
    """`before_scan`: the shop's habit with `n *`."""
    Cartons(bus, catalogue)
    trades = (
        Receiving(bus, deliveries, words, zone), Counting(words, zone), WritingOff(words, zone),
        Dating(bus, catalogue, words, zone),
    )  # fmt: skip
    StoreRoom(bus, catalogue, trades, before_scan=before_scan)
