"""The only reader of time: monotonic, boot and wall clocks, and whether the wall clock can be believed."""

from __future__ import annotations

import ctypes
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_STA_UNSYNC = 0x40
_SYNC_CACHE_S = 1.0
"""adjtimex is asked once a second at most: synchronisation does not change faster than that."""


STEP_MS = 2000
"""A wall clock that moves by more than this against the monotonic one has been stepped (contract P12)."""


_UTC = "+00:00"


class Clk(StrEnum):
    """How far a row's wall time can be believed (contract P12)."""

    OK = "ok"
    UNSYNC = "unsync"
    CERT = "cert"


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a message was handled: `at` aware UTC, `boot` counts kernel boots, `up_ms` since boot, `mono` in seconds."""

    at: datetime
    boot: int
    up_ms: int
    clk: Clk
    mono: float


class Clock(Protocol):
    """What the system clock and the simulation's clock both are."""

    def mono(self) -> float:
        """Seconds that never jump; the only source for timers."""
        ...

    def wall(self) -> datetime:
        """Aware UTC as the kernel has it, right or wrong."""
        ...

    def up_ms(self) -> int:
        """CLOCK_BOOTTIME in milliseconds."""
        ...

    def boot_id(self) -> str:
        """Changes with each kernel boot."""
        ...

    def synced(self) -> bool:
        """Whether something disciplines the wall clock."""
        ...


class SystemClock:
    """The clocks of this machine."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._synced = False
        self._asked_mono = float("-inf")

    def mono(self) -> float:
        return time.monotonic()

    def wall(self) -> datetime:
        return datetime.now(UTC)

    def up_ms(self) -> int:
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

    def boot_id(self) -> str:
        return _BOOT_ID.read_text().strip()

    def synced(self) -> bool:
        now = self.mono()
        if now - self._asked_mono >= _SYNC_CACHE_S:
            self._asked_mono = now
            self._synced = self._ask_kernel()
        return self._synced

    def _ask_kernel(self) -> bool:
        """STA_UNSYNC of adjtimex; no D-Bus and no privilege needed (devices.md 9)."""
        timex = _Timex()
        if self._libc.adjtimex(ctypes.byref(timex)) < 0:
            return False
        return not timex.status & _STA_UNSYNC


def set_wall_clock(to: datetime) -> bool:
    """False where this process may not: the service unit gives it CAP_SYS_TIME."""
    try:
        time.clock_settime(time.CLOCK_REALTIME, to.timestamp())
    except OSError:
        return False
    return True


class _Timex(ctypes.Structure):
    """The head of struct timex; the rest is room for the kernel to write into."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_int * 64),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """The wall clock jumped: what it would have said, what it says."""

    before: datetime
    after: datetime

    @property
    def step_ms(self) -> int:
        return round((self.after - self.before).total_seconds() * 1000)


class Timeline:
    """Stamps for the dispatcher, by the rules of contract P12.

    `boot` is the stored count of kernel boots. `floor` is the latest time the ledger has seen: while nothing
    disciplines the clock, no stamp lies below floor + 1 s. `steps` holds jumps found and not yet recorded.
    """

    def __init__(self, clock: Clock, *, boot: int, floor: datetime | None) -> None:
        self._clock = clock
        self._boot = boot
        wall = clock.wall()
        self._floor = floor + timedelta(seconds=1) if floor else wall
        self._lift = max(self._floor - wall, timedelta(0))
        self._last_at: datetime | None = None
        self._last_mono = 0.0
        self._is_told = False
        self.steps: list[Step] = []

    def told(self) -> None:
        """The wall clock was set by the broker's certificate: it is at least that late, and believed (decisions 2)."""
        self._is_told, self._lift = True, timedelta(0)

    def moved(self) -> None:
        """The wall clock was set by a person: it goes on from there, and is believed as little as before."""
        self._lift = timedelta(0)

    def stamp(self) -> Stamp:
        """Now. A jump against the monotonic clock since the last stamp is added to `steps`."""
        synced, mono = self._clock.synced(), self._clock.mono()
        at = self._clock.wall() if synced else max(self._clock.wall() + self._lift, self._floor)
        if self._last_at is not None:
            passed_s = mono - self._last_mono
            if abs((at - self._last_at).total_seconds() - passed_s) * 1000 > STEP_MS:
                self.steps.append(Step(before=self._last_at + timedelta(seconds=passed_s), after=at))
        self._last_at, self._last_mono = at, mono
        clk = Clk.OK if synced else Clk.CERT if self._is_told else Clk.UNSYNC
        return Stamp(at=at, boot=self._boot, up_ms=self._clock.up_ms(), clk=clk, mono=mono)


def iso_ms(at: datetime) -> str:
    """Contract B3: `YYYY-MM-DDTHH:MM:SS.mmmZ`, always milliseconds, always Z. Raises ValueError for another zone."""
    text = at.isoformat(timespec="milliseconds")
    if not text.endswith(_UTC):
        raise ValueError(f"a moment that is not in UTC: {text}")
    return text.removesuffix(_UTC) + "Z"
