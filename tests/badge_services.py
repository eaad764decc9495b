"""The services for badges, wired as the terminal wires them."""

from __future__ import annotations

from random import Random

from habits import Habits

from edge.bus import Bus
from edge.services.badge_desk import BadgeDesk, BadgeText
from edge.services.badges import BadgeReader
from edge.store.badges import BADGES, BadgeBook
from edge.store.documents import Documents


def badge_services(bus: Bus, documents: Documents, habits: Habits, chance: Random) -> BadgeBook:
    badges, text = BadgeBook(documents.collection(BADGES)), BadgeText("小店", "zh-CN")
    BadgeReader(bus, badges)
    BadgeDesk(bus, badges, text, chance=chance, printer=habits.printer, first_card=habits.first_card)
    return badges
