"""Lock boards that speak WKLY (devices 8.5; three public sources)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from edge.codec.lock_wkly import ADDRESSES, BOARD
from edge.lock_bus import BOARDS, BusSettings, LockBus
from edge.messages import PulseDoor
from edge.ports import DeviceContext


class Settings(BusSettings):
    boards: tuple[Annotated[int, Field(ge=ADDRESSES[0], le=ADDRESSES[-1])], ...] = BOARDS


class Driver(LockBus):
    def __init__(self, settings: Settings, context: DeviceContext) -> None:
        super().__init__(settings, BOARD, context)


OBEYS = (PulseDoor,)
WIRING, LOCKS = BOARD.wiring, BOARD.locks
