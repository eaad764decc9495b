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


@dataclass(frozen=True, slots=True)
class PromotionsApplied:
    """The set `set_name` of the cloud's promotions is in force in its version, `count` of them, none: it is over."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "promo.applied"
    set_name: str
    version: int
    count: int


@dataclass(frozen=True, slots=True)
class CatalogueRejected:
    """A version of the catalogue that the cloud told of is not used, and why; the one before stays."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "cat.rejected"
    version: int
    code: str
    msg: str


@dataclass(frozen=True, slots=True)
class SupportOpened:
    """The owner allows help from afar for so many minutes. `by`: who asked for it, empty: nobody yet."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "support.opened"
    by: str
    minutes: int


@dataclass(frozen=True, slots=True)
class SupportClosed:
    """`why`: over, card or restart."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "support.closed"
    why: str


CloudRecord = (
    SupportOpened
    | SupportClosed
    | CatalogueRejected
    | TerminalSuspended
    | ConfigApplied
    | ConfigRejected
    | PromotionsApplied
    | MessageRefused
)
