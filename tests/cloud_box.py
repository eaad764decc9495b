"""A real terminal without threads, under a cloud that is a hand: commands given, answers read."""

from __future__ import annotations

from random import Random
from typing import Any

from test_configuring import TID, TOPICS, Box

from edge.clock import iso_ms
from edge.codec.json_text import read_object
from edge.codec.topics import Down, Up
from edge.model.ids import uuid7
from edge.ports import Transaction

_CHANCE = Random(7)


class CloudBox(Box):
    """See `Box`."""

    def give(self, kind: str, args: dict[str, Any] | None = None, *, cid: str = "", ttl_s: int = 3_600) -> str:
        """Class N."""
        cid = cid or uuid7(self.clock.wall(), _CHANCE)
        command = {"cid": cid, "type": kind, "iat": iso_ms(self.clock.wall()), "ttl_s": ttl_s, "args": args or {}}
        self.hear(Down.CMD, command | {"by": "user:ops-17"})
        return cid

    def said(self, leaf: Up) -> list[Any]:
        return [read_object(one.payload) for one in self.sent if one.topic == TOPICS.up(TID, leaf)]

    def heard(self, cid: str) -> Any:
        """The newest answer to a command."""
        return [answer for answer in self.said(Up.RES) if answer["cid"] == cid][-1]

    def greet(self, **more: Any) -> None:
        """A welcome, whatever was said hello for."""
        tx = self.look()
        told = {"t": "welcome", "sess": self.connects[-1].sess, "epoch": tx.outbox.epoch, "upto": {}}
        tx.rollback()
        self.hear(Down.CTL, told | {"cfg_ver": 0, "cat_ver": 0} | more)

    def look(self) -> Any:
        """A transaction to look with."""
        return self.terminal.ledger.begin(_nothing)

    def run_jobs(self) -> None:
        while self.terminal.jobs.run_waiting():
            self.terminal.bus.run_pending()


def _nothing(record: object, tx: Transaction) -> None:
    """Of a transaction in which nothing is appended."""
