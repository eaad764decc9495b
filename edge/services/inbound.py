"""Messages from the cloud, read once by the strict rules and handed on by their type."""

from __future__ import annotations

import logging
from collections import Counter

from edge.bus import Bus
from edge.codec.topics import Topics
from edge.codec.wire import read_down
from edge.errors import WireError
from edge.messages import CloudMessage
from edge.ports import Transaction

LOG_EVERY = 100
"""Of a flood of bad messages, the first of each code and then one in this many is logged."""

_log = logging.getLogger("edge.cloud")


class Inbound:
    """What breaks the contract is counted by its code of B6 in `refused`, logged sparingly, and has no effect."""

    def __init__(self, bus: Bus, *, tid: str, topics: Topics) -> None:
        self._tid = tid
        self._topics = topics
        self.refused: Counter[str] = Counter()
        bus.on(CloudMessage, self._arrived)

    def _arrived(self, arrived: CloudMessage, tx: Transaction) -> None:
        try:
            tid, _, message = read_down(self._topics, arrived.topic, arrived.payload)
            if tid != self._tid:
                raise WireError("cmd.wrong_terminal", "a message for another terminal", expected=self._tid, got=tid)
        except WireError as error:
            self._refuse(error, arrived)
            return
        tx.after_commit(message)

    def _refuse(self, error: WireError, arrived: CloudMessage) -> None:
        self.refused[error.code] += 1
        if self.refused[error.code] % LOG_EVERY == 1:
            _log.warning("refused %s on %s (%d B): %s", error.code, arrived.topic, len(arrived.payload), error)
