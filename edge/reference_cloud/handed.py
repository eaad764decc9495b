"""What another process has put into the file beside commands: catalogue notices and resend orders, sent once, in order.

A notice that gets lost is sent again after the next hello; rows that are missing are asked for again after it, too.
"""

from __future__ import annotations

from enum import StrEnum

from edge.clock import Clock, iso_ms
from edge.codec.wire_down import Resend
from edge.codec.wire_term import Message
from edge.reference_cloud.catalogues import Catalogues
from edge.reference_cloud.configs import Configs
from edge.reference_cloud.store import CloudStore

MAX_AT_ONCE = 50


class What(StrEnum):
    NOTICE = "notice"
    RESEND = "resend"
    CONFIG = "config"


class Handed:
    """`hand` and `due` write within the store's open transaction. `configs`: of the cloud that sends."""

    def __init__(
        self, store: CloudStore, catalogues: Catalogues, clock: Clock, configs: Configs | None = None
    ) -> None:  # fmt: skip
        self._store = store
        self._configs = configs
        self._catalogues = catalogues
        self._clock = clock

    def hand(self, tid: str, what: What, number: int) -> None:
        """`number`: the version of the notice, or the row of the resend order."""
        self._store.run("INSERT INTO handed(tid, what, number) VALUES(?, ?, ?)", (tid, what.value, number))

    def due(self) -> list[Message]:
        """What is to be sent now."""
        messages: list[Message] = []
        for n, tid, what, number in self._store.rows(
            "SELECT n, tid, what, number FROM handed ORDER BY n LIMIT ?", (MAX_AT_ONCE,)
        ):
            self._store.run("DELETE FROM handed WHERE n = ?", (n,))
            match what:
                case What.NOTICE:
                    messages += self._notice(tid, number)
                case What.CONFIG:
                    messages += self._configs.messages(tid) if self._configs is not None else []
                case _:
                    messages += self._resend(number)
        return messages

    def _notice(self, tid: str, ver: int) -> list[Message]:
        notice = self._catalogues.notice(tid, ver)
        return [notice] if notice is not None else []

    def _resend(self, n: int) -> list[Message]:
        return [
            Resend.model_validate({
                "tid": tid, "stream": stream, "epoch": epoch, "lo": lo, "hi": hi, "rid": f"rs-{n}", "why": why,
                "at": iso_ms(self._clock.wall()),
            })
            for tid, stream, epoch, lo, hi, why in self._store.rows(
                "SELECT r.tid, l.stream, l.epoch, r.lo, r.hi, r.why FROM resend r JOIN lane l USING(lane)"
                " WHERE r.n = ?", (n,)
            )
        ]  # fmt: skip
