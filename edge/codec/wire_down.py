"""Messages from the cloud to the terminal (contract B4, `dn/…`; decisions 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from edge.codec.wire_term import (
    MAX_EVENTS,
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

Url = Annotated[str, StringConstraints(pattern=r"^https://", max_length=2048)]


class Pace(Part):
    """Flow control (P9), obeyed until the next welcome."""

    window: Annotated[int, Field(ge=1, le=100)] | None = None
    batch: Annotated[int, Field(ge=1, le=MAX_EVENTS)] | None = None
    gap_ms: Annotated[int, Field(ge=0, le=600_000)] | None = None
    linger_ms: Annotated[int, Field(ge=0, le=600_000)] | None = None


class Rejection(Part):
    seq: Seq
    code: Word


class Ack(Message):
    """All rows up to `upto` are in the cloud's database; `rej` names those among them that it could only park."""

    t: Literal["ack"] = "ack"
    stream: StreamName
    epoch: Epoch
    upto: Count
    rej: Annotated[tuple[Rejection, ...], Field(strict=False)] = ()
    pace: Pace | None = None
    at: Moment


class Resend(Message):
    """Send rows lo … hi again. Idempotent by `rid`; the only message that rewinds."""

    t: Literal["resend"] = "resend"
    stream: StreamName
    epoch: Epoch
    lo: Seq
    hi: Seq
    rid: Rid
    why: Word
    at: Moment


class Last(Part):
    """The highest row that the cloud holds of an epoch."""

    seq: Seq
    id: Uuid7


class Reconnect(Part):
    spread_s: Annotated[int, Field(ge=0, le=86_400)]
    cap_s: Annotated[int, Field(ge=1, le=86_400)] | None = None


class Welcome(Message):
    """The answer to a hello, for this `sess` and `epoch` only. `last`, `sess_min`, `ctr_min` tell a restored box."""

    t: Literal["welcome"] = "welcome"
    sess: Count
    at: Moment
    epoch: Epoch
    upto: dict[StreamName, Count]
    last: dict[StreamName, Last] | None = None
    sess_min: Count | None = None
    ctr_min: Count | None = None
    cfg_ver: Count
    cat_ver: Count
    pending: Count = 0
    pace: dict[StreamName, Pace] | None = None
    reconnect: Reconnect | None = None


class Rebirth(Message):
    """Send status and hello again."""

    t: Literal["rebirth"] = "rebirth"
    at: Moment


class Redirect(Message):
    t: Literal["redirect"] = "redirect"
    at: Moment
    host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]{1,253}$")]
    port: Annotated[int, Field(ge=1, le=65_535)]
    spread_s: Annotated[int, Field(ge=0, le=86_400)]
    ttl_s: Annotated[int, Field(ge=1, le=2_592_000)]


SIGNED_TYPES = frozenset(
    {"locker.open", "update.install", "cert.rotate", "trust.update", "terminal.retire", "terminal.suspend",
     "payment.received", "parcel.grant", "purchase.confirm", "service.changed", "service.offer",
     "order.place", "order.cancel"}
)  # fmt: skip
"""Class S (P13, and the notice that money came): without a signature they do nothing."""


class Signed(Part):
    """A compact JWS; its payload is a Command or a CfgDesired."""

    jws: Annotated[str, StringConstraints(min_length=1, max_length=60_000)]

    def wire(self) -> dict[str, Any]:
        return {"jws": self.jws}


@dataclass(frozen=True, slots=True)
class SignedConfig:
    """A Signed that came on dn/cfg: its payload is a CfgDesired."""

    jws: str

    def wire(self) -> dict[str, Any]:
        return {"jws": self.jws}


class Command(Message):
    """Class S carries `nonce` and `ctr` and comes signed; class N comes as it is."""

    cid: Uuid7
    type: Word
    iat: Moment
    ttl_s: Annotated[int, Field(ge=1, le=2_592_000)]
    args: dict[str, Any] = Field(default_factory=dict)
    by: Text
    nonce: Nonce | None = None
    ctr: Count | None = None


class Blob(Part):
    url: Url
    size: Count
    sha256: Sha256
    enc: Literal["gzip", "identity"] | None = None


class CfgDesired(Message):
    """The whole configuration, inline or as a blob; `sha` is taken over its canonical bytes (P14)."""

    ver: Count
    sha: Sha256
    min_app: Word | None = None
    confirm_s: Annotated[int, Field(ge=1, le=86_400)] | None = None
    body: dict[str, Any] | None = None
    blob: Blob | None = None


class CatOp(Part):
    """One change of the catalogue (decisions 1). A put changes what it names; price null means: ask for it."""

    op: Literal["put", "del"]
    sku: Word
    gtin: Word | None = None
    name: Text | None = None
    name_en: Text | None = None
    price: Count | None = None
    unit: Text | None = None
    weighed: bool | None = None
    plu: Word | None = None
    dept: Text | None = None
    tax: Text | None = None
    age: Count | None = None
    blocked: bool | None = None
    pack: Count | None = None
    cost: Count | None = None
    free_gift: bool | None = None
    shelf_min: Count | None = None
    shelf_max: Count | None = None

    def wire(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class CatNotice(Message):
    """A new catalogue version: `delta` on top of `base`, or `full`; active from `eff` on, at once when absent."""

    ver: Count
    base: Count | None = None
    kind: Literal["delta", "full"]
    eff: Moment | None = None
    spread_s: Count | None = None
    inline: Annotated[tuple[CatOp, ...], Field(strict=False)] | None = None
    blob: Blob | None = None


class Response(Message):
    """The answer to an up/req by its `cid`; `more` marks an interim one, with the state of the payment so far."""

    cid: Uuid7
    ok: bool
    out: dict[str, Any] | None = None
    err: Fault | None = None
    state: Word | None = None
    more: bool | None = None
