"""Kerong CU16 lock boards (devices 8.3), on a serial line or on TCP port 5000 behind a converter."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from edge.codec.lock_cu16 import ADDRESSES, BOARD
from edge.lock_bus import BOARDS, BusSettings, LockBus
from edge.messages import PulseDoor
from edge.ports import DeviceContext


class Settings(BusSettings):
    boards: tuple[Annotated[int, Field(ge=ADDRESSES[0], le=ADDRESSES[-1])], ...] = BOARDS
    baud: int = Field(19200, ge=1200, le=115_200, description="bits a second, 1200 to 115200")


class Driver(LockBus):
    def __init__(self, settings: Settings, context: DeviceContext) -> None:
        super().__init__(settings, BOARD, context)


OBEYS = (PulseDoor,)
WIRING, LOCKS = BOARD.wiring, BOARD.locks
