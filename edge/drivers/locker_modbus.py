"""Lock and relay boards with Modbus RTU and a timed pulse of their own (devices 8.6; Waveshare's relay boards).

A board without such a pulse must not drive a solenoid: the box that dies between "on" and "off" leaves it under power.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from edge.codec.lock_modbus import ADDRESSES, LOCKS_MAX, PULSE_MAX_TENTHS, board_of
from edge.lock_bus import BOARDS, BusSettings, LockBus
from edge.messages import PulseDoor
from edge.ports import DeviceContext


class Settings(BusSettings):
    """`locks`: contacts of each board. `pulse_ms`: how long a coil is under power, in steps of 100."""

    boards: tuple[Annotated[int, Field(ge=ADDRESSES[0], le=ADDRESSES[-1])], ...] = BOARDS
    locks: int = Field(8, ge=1, le=LOCKS_MAX, description=f"1 to {LOCKS_MAX}")
    pulse_ms: int = Field(
        500, ge=100, le=100 * PULSE_MAX_TENTHS, multiple_of=100, description="milliseconds, 100 to 1000 in hundreds"
    )


class Driver(LockBus):
    def __init__(self, settings: Settings, context: DeviceContext) -> None:
        super().__init__(settings, board_of(locks=settings.locks, pulse_tenths=settings.pulse_ms // 100), context)


OBEYS = (PulseDoor,)
WIRING, LOCKS = board_of(locks=8, pulse_tenths=1).wiring, LOCKS_MAX
