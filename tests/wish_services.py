"""What the cloud may have printed, shown, said and done, wired as the terminal wires it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.model.receipt import ReceiptText
from edge.prompt_pack import shipped_prompts
from edge.services.cloud_wishes import WishParts, open_wishes
from edge.services.commands import CarryOut, Resumed

if TYPE_CHECKING:
    from counter_bench import CounterBench


def wish_services(
    bus: Bus, shop: CounterBench, text: ReceiptText
) -> tuple[Mapping[str, CarryOut], Mapping[str, Resumed]]:
    habits = shop.habits
    parts = WishParts(
        text, ZoneInfo(habits.zone), habits.has_printer, shipped_prompts(), lambda: shop.seen, habits.reboots
    )  # fmt: skip
    return open_wishes(bus, parts, shop.suspending)
