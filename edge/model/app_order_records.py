"""Records of orders that came from an app. None has the code that its bearer shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from edge.model.app_order import AppOrder
from edge.model.stream import Stream


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """The cloud told of it; its goods are put aside from now on."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "order.placed"
    order: AppOrder


@dataclass(frozen=True, slots=True)
class OrderPacked:
    """What is here is in its bag; the money of the rest, `order.back`, is the cloud's to give back."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "order.packed"
    order: AppOrder


@dataclass(frozen=True, slots=True)
class OrderHandedOver:
    """Its bag went to who showed its code, and its goods left the shop."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "order.handed_over"
    order: AppOrder
    business_day: date


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """Its goods are the shop's again. `why`: what the cloud said, or none: nothing of it was here."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "order.cancelled"
    order: AppOrder
    why: str


OrderRecord = OrderPlaced | OrderPacked | OrderHandedOver | OrderCancelled
ORDER_RECORDS: tuple[type, ...] = (OrderPlaced, OrderPacked, OrderHandedOver, OrderCancelled)
