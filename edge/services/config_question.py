"""A configuration that the cloud has told of and that does not come: asked for (cfg.get, contract P16).

welcome with a higher cfg_ver ──► LATE_S without dn/cfg ──► cfg.get, the same cid until it is answered ──► as dn/cfg
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from edge.bus import Bus
from edge.clock import iso_ms
from edge.codec.topics import Down, Topics, Up
from edge.codec.wire import checked, payload
from edge.codec.wire_down import CfgDesired, Response, Signed, SignedConfig
from edge.codec.wire_up import Request
from edge.errors import WireError
from edge.messages import Publish
from edge.ports import Transaction
from edge.services.inbound import NotTaken
from edge.services.link import Welcomed

GET = "cfg.get"
LATE_S = 30.0
EXPIRES_S = 60
TRIES = 3
"""After one welcome; the next one begins anew."""
_log = logging.getLogger("edge.config")


@dataclass(frozen=True, slots=True)
class ConfigAskDue:
    """A timer: `tries` times it was asked; is it still not here?"""

    serial: int
    cid: str
    tries: int


class ConfigQuestion:
    """`taken`: the highest version that was taken in hand, whatever became of it."""

    def __init__(self, bus: Bus, taken: Callable[[], int], *, tid: str, topics: Topics) -> None:
        self._bus = bus
        self._taken = taken
        self._tid = tid
        self._topics = topics
        self._serial = 0
        self._wanted = 0
        self._cid = ""
        bus.on(Welcomed, self._welcomed)
        bus.on(ConfigAskDue, self._ask)
        bus.on(Response, self._answered)

    def _welcomed(self, welcomed: Welcomed, tx: Transaction) -> None:
        self._serial += 1
        self._wanted, self._cid = welcomed.welcome.cfg_ver, ""
        if self._wanted > self._taken():
            self._bus.after(LATE_S, ConfigAskDue(self._serial, tx.new_id(), 0))

    def _ask(self, due: ConfigAskDue, tx: Transaction) -> None:
        if due.serial != self._serial or due.tries >= TRIES or self._wanted <= self._taken():
            return
        if due.tries and due.cid != self._cid:
            return  # answered meanwhile
        self._cid = due.cid
        request = Request(tid=self._tid, cid=due.cid, type=GET, at=iso_ms(tx.stamp.at), exp_s=EXPIRES_S)
        tx.after_commit(Publish(self._topics.up(self._tid, Up.REQ), payload(request), qos=1))
        self._bus.after(EXPIRES_S, ConfigAskDue(due.serial, due.cid, due.tries + 1))

    def _answered(self, response: Response, tx: Transaction) -> None:
        if not self._cid or response.cid != self._cid or response.more:
            return
        self._cid = ""
        out = response.out or {}
        if not response.ok:
            _log.error("the cloud refuses its settings: %s", response.err.code if response.err else "no reason given")
            return
        try:
            if "jws" in out:
                tx.after_commit(SignedConfig(checked(Signed, out, where=GET).jws))
            else:
                tx.after_commit(checked(CfgDesired, {**out, "v": 1, "tid": self._tid}, where=GET))
        except WireError as error:
            _log.error("the cloud's settings cannot be read: %s", error)
            tx.after_commit(NotTaken(error, Down.RES))
