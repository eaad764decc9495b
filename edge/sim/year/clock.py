"""The time of a simulated year: what it is, and what the box believes it to be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

BEGIN = datetime(2026, 1, 1, 16, 0, tzinfo=UTC)
"""Midnight in Shanghai."""


class YearClock:
    """`edge.clock.Clock` of the box. `mono_s` is moved by the simulation; the wall clock can be wrong by `wrong_s`."""

    def __init__(self) -> None:
        self.mono_s = 0.0
        self.wrong_s = 0.0
        self.disciplined = True
        self._boots = 0
        self._boot_mono = 0.0

    def boot(self) -> None:
        """The kernel starts anew."""
        self._boots += 1
        self._boot_mono = self.mono_s

    def true_at(self) -> datetime:
        return BEGIN + timedelta(seconds=self.mono_s)

    def mono(self) -> float:
        return self.mono_s

    def wall(self) -> datetime:
        return BEGIN + timedelta(seconds=self.mono_s + self.wrong_s)

    def up_ms(self) -> int:
        return int((self.mono_s - self._boot_mono) * 1000)

    def boot_id(self) -> str:
        return f"boot-{self._boots}"

    def synced(self) -> bool:
        return self.disciplined


class TrueClock:
    """The same time as the cloud has it: never wrong."""

    def __init__(self, clock: YearClock) -> None:
        self._clock = clock

    def mono(self) -> float:
        return self._clock.mono_s

    def wall(self) -> datetime:
        return self._clock.true_at()

    def up_ms(self) -> int:
        return int(self._clock.mono_s * 1000)

    def boot_id(self) -> str:
        return "cloud"

    def synced(self) -> bool:
        return True
