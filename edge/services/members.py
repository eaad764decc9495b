"""Members by pseudonym: tabs that were named by the number of a card are renamed, and follow a new key (row 90)."""

from __future__ import annotations

from edge.bus import Bus
from edge.codec.pseudonym import Pseudonyms
from edge.messages import MemberScanned, Started
from edge.ports import Transaction

_NAMED = "members.named"
"""In `meta`: no tab of this ledger is named by a number any more."""


class Members:
    """Built before whoever looks for a tab."""

    def __init__(self, bus: Bus, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        bus.on(Started, self._rename_all)
        bus.on(MemberScanned, self._follow)

    def _rename_all(self, _: Started, tx: Transaction) -> None:
        if tx.get(_NAMED):
            return
        for number in tx.tabs.numbers():
            tx.tabs.rename(number, self._pseudonyms.of(number))
        tx.put(_NAMED, "1")

    def _follow(self, scanned: MemberScanned, tx: Transaction) -> None:
        """The first time after a new key that this card is seen."""
        if not scanned.former or tx.tabs.find(scanned.member) is not None:
            return
        former = next((name for name in scanned.former if tx.tabs.find(name) is not None), None)
        if former is not None:
            tx.tabs.rename(former, scanned.member)
