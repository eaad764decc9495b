"""Guessing takes for ever: a ladder of waits for each device at which something wrong was shown or keyed in a row.

Kept in the ledger: a rollback takes a try back, a restart ends no wait (product rows 50, 59).
"""

from __future__ import annotations

import json
import logging

from edge.errors import CodecError
from edge.model.badge import Ladder
from edge.ports import Transaction

MAX_LADDERS = 32
"""As many as a terminal has devices; the oldest is forgotten."""

_log = logging.getLogger("edge.badge")


class WrongTries:
    """`key` of `meta` holds device → [wrong ones in a row, when the last one came], JSON."""

    def __init__(self, key: str) -> None:
        self._key = key

    def resume(self, tx: Transaction) -> None:
        """At a start: each wait begins anew, who pulls the plug gains nothing."""
        ladders = {device: ladder.begun_anew(tx.stamp.mono) for device, ladder in self._all(tx).items()}
        if ladders:
            self._keep(ladders, tx)

    def of(self, device: str, tx: Transaction) -> Ladder:
        return self._all(tx).get(device, Ladder())

    def wrong(self, device: str, tx: Transaction) -> Ladder:
        """One more; the ladder as it is then."""
        ladders = self._all(tx)
        stepped = ladders.get(device, Ladder()).stepped(tx.stamp.mono)
        self._keep({**ladders, device: stepped}, tx)
        return stepped

    def right(self, device: str, tx: Transaction) -> None:
        """All is forgiven."""
        ladders = self._all(tx)
        if ladders.pop(device, None) is not None:
            self._keep(ladders, tx)

    def _all(self, tx: Transaction) -> dict[str, Ladder]:
        text = tx.get(self._key)
        if not text:
            return {}
        try:
            return {str(device): Ladder(int(wrong), float(last)) for device, (wrong, last) in json.loads(text).items()}
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, CodecError) as error:
            _log.error("the wrong tries of before cannot be read: %s", error)
            return {}

    def _keep(self, ladders: dict[str, Ladder], tx: Transaction) -> None:
        newest = dict(sorted(ladders.items(), key=lambda item: item[1].last_mono)[-MAX_LADDERS:])
        tx.put(self._key, json.dumps({device: [ladder.wrong, ladder.last_mono] for device, ladder in newest.items()}))
