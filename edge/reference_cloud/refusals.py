"""What cannot be read: counted, kept for a person to look at, and never in the way of the stream that it came on."""

from __future__ import annotations

import logging

from edge.codec.topics import Topics, Up
from edge.codec.wire import salvaged_batch
from edge.errors import WireError
from edge.reference_cloud.intake import Arrival, Intake
from edge.reference_cloud.rows import Rows

MAX_PARKED = 1_000
"""Unreadable payloads kept of one terminal for a person to look at; more are only counted."""
MAX_RAW_OCTETS = 64_000

_log = logging.getLogger("edge.reference_cloud")


class Refusals:
    """Written within the open transaction."""

    def __init__(self, store: Rows, intake: Intake, topics: Topics) -> None:
        self._store = store
        self._intake = intake
        self._topics = topics

    def refuse(self, octets: bytes, error: WireError, arrival: Arrival) -> None:
        """A batch whose place can be read is parked there and acknowledged (P7); anything else is kept as it came."""
        topic = arrival.topic
        tid, leaf = self._place(topic)
        _log.info("refused: %s: %s", error.code, error)
        self._store.run(
            "INSERT INTO refused(tid, code, times) VALUES(?, ?, 1)"
            " ON CONFLICT(tid, code) DO UPDATE SET times = refused.times + 1",
            (tid, error.code),
        )
        if leaf in (Up.TX, Up.PK, Up.EV) and error.code == "proto.malformed":
            batch = salvaged_batch(octets, tid=tid, stream=str(leaf))
            if batch is not None and self._intake.reject(batch, octets, error, arrival):
                return
        kept = self._store.rows("SELECT count(*) FROM parked WHERE tid = ? AND lane IS NULL", (tid,))[0][0]
        if kept < MAX_PARKED:
            self._store.run(
                "INSERT INTO parked(tid, topic, code, why, raw, received_at) VALUES(?, ?, ?, ?, ?, ?)",
                (tid, topic[:256], error.code, str(error), octets[:MAX_RAW_OCTETS], arrival.at),
            )

    def _place(self, topic: str) -> tuple[str, Up | None]:
        try:
            return self._topics.read_up(topic)
        except WireError:
            return "", None
