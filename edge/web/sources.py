"""What the pages read and whom they give commands to. All of it can be called from any thread (decisions 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edge.messages import PageOrder
from edge.model.ledger_rows import CommandRow
from edge.model.sale import Sale
from edge.model.takings import Takings
from edge.ports import Snapshot


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """A device as the settings have it: its name, its driver, and where it is connected."""

    name: str
    driver: str
    port: str


@dataclass(frozen=True, slots=True)
class PageSources:
    """`snapshot`: None before the first message. `order`: see `web.orders`; None: it is on its way still."""

    snapshot: Callable[[], Snapshot | None]
    rows: Callable[[int], Sequence[Mapping[str, Any]]]
    """Rows of the journal from a number on, oldest first, with their data."""
    sale: Callable[[], Sale | None]
    """The open one."""
    takings: Callable[[], Takings]
    """Since the last Z report."""
    settings: Sequence[tuple[str, str, str]]
    """(key, value, where it comes from)."""
    devices: Sequence[DeviceFacts]
    commands: Callable[[int], Sequence[CommandRow]]
    """So many, newest first."""
    log_lines: Callable[[Callable[[str], bool], int], Sequence[str]]
    """(which fit, how many) → newest first."""
    broker: str
    """The address of the settings; empty without a cloud."""
    doors: Sequence[str]
    """Ids of the cells that have a door."""
    metrics: Callable[[], str]
    """The newest sample, as Prometheus reads it."""
    order: Callable[[PageOrder], Mapping[str, Any] | None]
