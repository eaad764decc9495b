"""A batch as JSON text, straight from journal rows: their bodies are JSON already and are not parsed again.

{"v":1,"tid":…,"stream":…,"epoch":…,"base":…,"n":…,"sent":…[,"rid":…][,"gone":[…]],"evs":[event,…]}
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from edge.codec.json_text import compact
from edge.codec.wire_up import Gone


class Row(Protocol):
    """What is sent of a journal row; `body` is compact JSON text (`ports.OutboxRow` is one)."""

    @property
    def seq(self) -> int: ...
    @property
    def id(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def sv(self) -> int: ...
    @property
    def at(self) -> str: ...
    @property
    def boot(self) -> int: ...
    @property
    def up(self) -> int: ...
    @property
    def clk(self) -> str: ...
    @property
    def body(self) -> str: ...


def event_text(row: Row) -> str:
    """One event as it stands in `evs`. Its fields are the ledger's own and need no escaping."""
    return (
        f'{{"seq":{row.seq},"id":"{row.id}","type":"{row.type}","sv":{row.sv},"at":"{row.at}",'
        f'"boot":{row.boot},"up":{row.up},"clk":"{row.clk}","data":{row.body}}}'
    )


def batch_text(
    events: Sequence[str], *, tid: str, stream: str, epoch: str, base: int, sent: str,
    rid: str | None = None, gone: Sequence[Gone] = (),
) -> str:  # fmt: skip
    """A batch of `event_text`s with the seqs base, base+1, …; `json_text.pack` makes the payload of it.

    The sender keeps within MAX_EVENTS and MAX_BATCH_OCTETS; `sent` as contract B3 writes time.
    """
    resent = f',"rid":{compact(rid)}' if rid is not None else ""
    lost = f',"gone":{compact([part.model_dump() for part in gone])}' if gone else ""
    return (
        f'{{"v":1,"tid":"{tid}","stream":"{stream}","epoch":"{epoch}","base":{base},"n":{len(events)},'
        f'"sent":"{sent}"{resent}{lost},"evs":[{",".join(events)}]}}'
    )
