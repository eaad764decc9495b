"""Kerong CU48 lock boards (devices 8.4): two sources, which disagree about the order of two bytes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from edge.codec.lock_cu48 import ADDRESSES, board_of
from edge.lock_bus import BOARDS, BusSettings, LockBus
from edge.messages import PulseDoor
from edge.ports import DeviceContext


class Settings(BusSettings):
    """`lock_first`: the lock stands in front of the board. Try it with board 0 and one lock."""

    boards: tuple[Annotated[int, Field(ge=ADDRESSES[0], le=ADDRESSES[-1])], ...] = BOARDS
    baud: int = Field(19200, ge=1200, le=115_200, description="bits a second, 1200 to 115200")
    lock_first: bool = Field(False, description="true or false")


class Driver(LockBus):
    def __init__(self, settings: Settings, context: DeviceContext) -> None:
        super().__init__(settings, board_of(lock_first=settings.lock_first), context)


OBEYS = (PulseDoor,)
_ANY = board_of(lock_first=False)
WIRING, LOCKS = _ANY.wiring, _ANY.locks
