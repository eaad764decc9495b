"""A clock that moves when a test says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass
class HandClock:
    """Moves when a test says so. Noon in Shanghai, disciplined."""

    mono_s: float = 1000.0
    at: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    boots: int = 1
    disciplined: bool = True

    def pass_s(self, seconds: float) -> None:
        self.mono_s += seconds
        self.at += timedelta(seconds=seconds)

    def mono(self) -> float:
        return self.mono_s

    def wall(self) -> datetime:
        return self.at

    def up_ms(self) -> int:
        return int(self.mono_s * 1000)

    def boot_id(self) -> str:
        return f"boot-{self.boots}"

    def synced(self) -> bool:
        return self.disciplined
