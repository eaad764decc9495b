"""Messages from the terminal to the cloud (contract B4, `up/…`)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from edge.codec.wire_term import (
    MAX_EVENTS,
    Base,
    Clk,
    Count,
    Epoch,
    Fault,
    Message,
    Moment,
    Nonce,
    Part,
    Rid,
    Seq,
    Sha256,
    StreamName,
    Text,
    Uuid7,
    Word,
)


class Status(Message):
    """Retained birth, will and planned stop. A receiver ignores one whose `sess` is below the highest seen."""

    state: Literal["online", "offline", "sleep"]
    sess: Count
    boot: Count
    at: Moment | None = None
    reason: Word | None = None


class StreamPosition(Part):
    """`first` is the oldest row still on the box, `acked` the cloud's last watermark as the box knows it."""

    first: Count
    head: Count
    acked: Count


class PastEpoch(Part):
    """An epoch that is over, and what the cloud had acknowledged of it: a cloud that lost some can still name it."""

    epoch: Epoch
    acked: dict[StreamName, Count]


class ClockReading(Part):
    src: Word
    at: Moment
    up: Count
    err_ms: Count | None = None


class Hello(Message):
    """After every CONNACK and on rebirth. No batch is sent before its welcome (P1)."""

    sess: Count
    nonce: Nonce
    boot: Count
    boot_reason: Word | None = None
    app: Word
    os: Text | None = None
    hw: Text | None = None
    proto: Annotated[tuple[Count, ...], Field(strict=False, min_length=1, max_length=16)]
    caps: Annotated[tuple[Word, ...], Field(strict=False, max_length=64)] = ()
    epoch: Epoch
    streams: dict[StreamName, StreamPosition]
    past: Annotated[tuple[PastEpoch, ...], Field(strict=False, max_length=16)] = ()
    cfg_ver: Count
    cat_ver: Count
    clock: ClockReading | None = None
    cert_exp: Moment | None = None
    ctr: Count | None = None


class Gone(Part):
    """Rows that the box no longer has: pruned, or dropped from `ev`."""

    lo: Seq
    hi: Seq
    why: Word


class Event(Part):
    """One journal row. `id` is the business idempotency key, (epoch, seq) the position."""

    seq: Seq
    id: Uuid7
    type: Word
    sv: Count
    at: Moment
    boot: Count
    up: Count
    clk: Clk | None = None
    data: dict[str, Any]


class BatchHead(Message):
    """A batch whose events have not been looked at: one bad event must not hide the good ones (P7)."""

    stream: StreamName
    epoch: Epoch
    base: Base
    n: Annotated[int, Field(ge=0, le=MAX_EVENTS)]
    sent: Moment
    rid: Rid | None = None
    gone: Annotated[tuple[Gone, ...], Field(strict=False, max_length=MAX_EVENTS)] = ()
    evs: Annotated[list[Any], Field(max_length=MAX_EVENTS)]


class Batch(BatchHead):
    """Events base … base+n−1 of one stream and epoch, contiguous."""

    evs: Annotated[list[Event], Field(max_length=MAX_EVENTS)]


class Tele(Message):
    """A health sample at QoS 0: flat names, numbers where there are numbers."""

    at: Moment
    boot: Count
    up: Count
    m: Annotated[dict[Word, int | float | Text | bool | None], Field(max_length=200)]


class CfgReported(Message):
    ver: Count
    sha: Sha256
    status: Literal["applied", "rejected", "rolled_back"]
    at: Moment
    err: Fault | None = None


CommandState = Literal["accepted", "running", "done", "failed", "rejected", "expired"]
FINAL_STATES = frozenset(("done", "failed", "rejected", "expired"))


class Result(Message):
    """The answer to a command; `dup` marks a stored one that is told again."""

    cid: Uuid7
    state: CommandState
    at: Moment
    pct: Annotated[int, Field(ge=0, le=100)] | None = None
    out: dict[str, Any] | None = None
    err: Fault | None = None
    dup: bool | None = None


class Request(Message):
    """A question to the cloud, answered on dn/res or given up after `exp_s`; the same `cid` on a retry."""

    cid: Uuid7
    type: Word
    at: Moment
    exp_s: Annotated[int, Field(ge=1, le=86_400)]
    args: dict[str, Any] = Field(default_factory=dict)
