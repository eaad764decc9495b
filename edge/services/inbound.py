"""Messages from the cloud, read once by the strict rules and handed on by their type."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass

from edge.bus import Bus
from edge.codec.topics import Down, Topics
from edge.codec.wire import read_down
from edge.errors import WireError
from edge.messages import CloudMessage
from edge.model.cloud_records import MessageRefused
from edge.ports import Transaction

LOG_EVERY = 100
"""Of a flood of bad messages, the first of each code and then one in this many is logged."""
TELL_EVERY_S = 3_600.0
"""And the cloud is told of each code once in this time: whoever floods a box must not fill its disk."""
OTHER = "other"
"""A topic below `dn/` that the contract does not have: its name is whoever's wrote it."""

_log = logging.getLogger("edge.cloud")


@dataclass(frozen=True, slots=True)
class NotTaken:
    """An effect: a message on `leaf` is not believed (a signature, whom it is for), and nobody is answered."""

    error: WireError
    leaf: Down


@dataclass(frozen=True, slots=True)
class RefusalTold:
    """After a commit, at once: the journal has told of `code`, the `count`-th by then."""

    code: str
    mono: float
    count: int


class Inbound:
    """What breaks the contract is counted by its code of B6 in `refused`, logged and told sparingly, without effect."""

    def __init__(self, bus: Bus, *, tid: str, topics: Topics) -> None:
        self._tid = tid
        self._topics = topics
        self.refused: Counter[str] = Counter()
        self._told: dict[str, tuple[float, int]] = {}
        """By code: when an event last told of it, and how many there had been then."""
        bus.on(CloudMessage, self._arrived)
        bus.on(NotTaken, lambda refused, tx: self._refuse(refused.error, refused.leaf, tx))
        bus.route(RefusalTold, self._remember)

    def _arrived(self, arrived: CloudMessage, tx: Transaction) -> None:
        try:
            tid, _, message = read_down(self._topics, arrived.topic, arrived.payload)
            if tid != self._tid:
                raise WireError("cmd.wrong_terminal", "a message for another terminal", expected=self._tid, got=tid)
        except WireError as error:
            self._refuse(error, _leaf(self._topics, arrived.topic), tx)
            return
        tx.after_commit(message)

    def _refuse(self, error: WireError, leaf: str, tx: Transaction) -> None:
        code, now = error.code, tx.stamp.mono
        self.refused[code] += 1
        if self.refused[code] % LOG_EVERY == 1:
            _log.warning("refused %s on %s: %s", code, leaf, error)
        told_mono, told = self._told.get(code, (float("-inf"), 0))
        if now - told_mono >= TELL_EVERY_S:
            tx.append(MessageRefused(code, leaf, self.refused[code] - told))
            tx.after_commit(RefusalTold(code, now, self.refused[code]))

    def _remember(self, told: RefusalTold) -> None:
        self._told[told.code] = (told.mono, told.count)


def _leaf(topics: Topics, topic: str) -> str:
    try:
        return topics.read_down(topic)[1].value
    except WireError:
        return OTHER
