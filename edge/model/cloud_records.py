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


@dataclass(frozen=True, slots=True)
class ConfigApplied:
    """The cloud's settings are in force, and were confirmed."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "cfg.applied"
    version: int
    sha: str


@dataclass(frozen=True, slots=True)
class ConfigRejected:
    """The cloud's settings are not in force: `status` tells whether they were tried (rolled_back) or not (rejected)."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "cfg.rejected"
    version: int
    sha: str
    status: str
    code: str
    msg: str


@dataclass(frozen=True, slots=True)
class MessageRefused:
    """`times` messages `on` a topic of the cloud's were not believed or not understood, for the reason `code` (B6)."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "message.refused"
    code: str
    on: str
    times: int


CloudRecord = TerminalSuspended | ConfigApplied | ConfigRejected | MessageRefused
