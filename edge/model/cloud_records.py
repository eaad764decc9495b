"""What the cloud did to this terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from edge.model.stream import Stream


@dataclass(frozen=True, slots=True)
class TerminalSuspended:
    """`on`: no new services and parcels from now on; else they are back. `by`: who ordered it."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "terminal.suspended"
    on: bool
    by: str
    why: str = ""


CloudRecord = TerminalSuspended
