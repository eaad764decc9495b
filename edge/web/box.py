"""What the pages of the box itself read: its accounts, its papers, its network, its clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.model.account import Account
from edge.model.ledger_rows import CompletedSale, PrintJob
from edge.model.network import Hotspot, Network
from edge.web.album import Album


@dataclass(frozen=True, slots=True)
class BoxFacts:
    """Callable from any thread, as all of `sources.PageSources`."""

    album: Album
    account: Callable[[str], Account | None]
    last_sale: Callable[[], CompletedSale | None]
    doubtful_papers: Callable[[], Sequence[tuple[PrintJob, CompletedSale | None]]]
    """Of which nobody knows; each with its sale, if it is of one."""
    network: Callable[[], Network | None]
    """None: nothing here tells of it."""
    addresses: Callable[[], Sequence[str]]
    """What this machine has, whoever gave it."""
    hotspot_url: str = ""
    """Of the page in the box's own Wi-Fi; empty: the settings have no address for one."""
    hotspot_kept: Callable[[], Hotspot | None] | None = None
    """In a shop without a printer: the one that is there or coming up. None: a slip tells of it."""
