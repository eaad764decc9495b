"""The licences of the counter's bench, as `edge.daemon` builds them."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from habits import Habits

from edge.bus import Bus
from edge.codec.topics import Topics
from edge.services.licence_desk import DeskText, LicenceDesk
from edge.services.licences import Shop, StoreLicences
from edge.store.documents import Documents
from edge.store.licences import LICENCES, LicenceBook

STORE = "S-00817"


def licence_services(
    bus: Bus, documents: Documents, habits: Habits, zone: ZoneInfo, *, tid: str, topics: Topics,
    online: Callable[[], bool],
) -> StoreLicences:  # fmt: skip
    shelf = LicenceBook(documents.collection(LICENCES))
    licences = StoreLicences(shelf, habits.platforms, habits.licence_keys, Shop(STORE, tid, zone))
    LicenceDesk(bus, licences, DeskText("小店", "zh-CN"), topics=topics, online=online)
    return licences
