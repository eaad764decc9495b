"""What is read beside the dispatcher: the snapshot and the read-only queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from edge.model.ledger_rows import (
    CompletedSale,
)
from edge.model.problem import Problem
from edge.model.records import Stream


@dataclass(frozen=True, slots=True)
class DeviceState:
    """One configured device as the page shows it: `state` is connecting, ready, or what the device complains of."""

    name: str
    driver: str
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ScanSeen:
    """One scan: what was read, what it was taken for, and what became of it. Codes that open or pay are cut short.

    `fate` is taken, repeated, flood, or why it was no text (messages.ScanTrouble). `mode`, `kind` and `rule` are those
    of codec.classification; empty where nobody looked.
    """

    device: str
    at: str
    text: str
    aim: str
    mode: str
    kind: str
    rule: str
    fate: str
    is_hidden: bool = True
    """Whether `text` is less than what was read."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the terminal is doing, frozen; swapped by the dispatcher, read by any thread. No names, no codes."""

    tid: str
    version: str
    at: str
    clk: str
    uptime_s: float
    ready: bool
    link: str
    epoch: str
    journal_n: int
    unsent: int
    positions: tuple[tuple[str, int, int], ...]
    """(stream, head, acked)."""
    basket_lines: int
    items: int
    waiting_prints: int
    unknown_prints: int
    refused_scans: int
    refused_messages: int
    devices: tuple[DeviceState, ...]
    troubles: tuple[Problem, ...]
    certificate_until: str = ""
    """ISO 8601; empty where the box has none."""
    synced_at: str = ""
    """When the cloud last confirmed records, since this start; ISO 8601, empty: it has not yet."""
    cloud_ms: int | None = None
    """How far ahead of the cloud's this clock is, as compared at `greeted_at`; None: not since the start."""
    greeted_at: str = ""
    licences: tuple[tuple[str, str, str], ...] = ()
    """(platform, number, what it is worth), of each platform that sells services here."""

    @property
    def problems(self) -> tuple[str, ...]:
        """`troubles`, a line each."""
        return tuple(trouble.text for trouble in self.troubles)


class Queries(Protocol):
    """A read-only view of the ledger on a connection of its own, for the page and the command line."""

    def journal(self, *, stream: Stream | None = None, since: int = 0) -> Iterator[dict[str, object]]: ...
    def receipt(self, receipt: str) -> CompletedSale | None: ...
