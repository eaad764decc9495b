"""What the cloud may have printed, shown, said and done, wired as the terminal wires it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.model.receipt import ReceiptText
from edge.prompt_pack import shipped_prompts
from edge.services.cloud_wishes import Wishes, WishParts, open_wishes
from edge.services.device_tests import TestParts
from edge.services.uploading import Sent, Ways

if TYPE_CHECKING:
    from counter_bench import CounterBench


def _nothing(kind: str, name: str, since: str, max_octets: int) -> Sent:
    raise AssertionError("nothing is sent from here")


NO_WAYS = Ways(_nothing, lambda bundle, url, tries: None, lambda: None, lambda url: False)
"""Of a box whose file names no host."""


def wish_services(bus: Bus, shop: CounterBench, text: ReceiptText) -> Wishes:
    habits = shop.habits
    parts = WishParts(
        text, ZoneInfo(habits.zone), habits.has_printer, shipped_prompts(), lambda: shop.seen, habits.reboots,
        shop.ways, shop._run,
        TestParts("T7K3M9Q2", ZoneInfo(habits.zone), "zh-CN", habits.has_printer, shop.device_states.get),
    )  # fmt: skip
    return open_wishes(bus, parts, shop.suspending)
