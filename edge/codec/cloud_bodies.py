"""The bodies of events that tell what the cloud did to a terminal."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from edge.codec.sale_bodies import EventBody
from edge.codec.wire_term import Count, Sha256, Text, Word


class TerminalSuspendedBody(EventBody):
    """`on`: new services and new parcels are refused from now on, cash is taken as ever; else they are back."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"on": True, "by": "user:ops-17", "why": "contract ended"}

    on: bool
    by: Text
    why: Text | None = None


class ConfigAppliedBody(EventBody):
    """The configuration `ver` is in force: the terminal started with it, was welcomed, and its devices are well."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "ver": 32,
        "sha": "46" * 32,
    }

    ver: Count
    sha: Sha256


class ConfigRejectedBody(EventBody):
    """The configuration `ver` is not in force: refused as it came, or taken back after it was tried."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "ver": 32, "sha": "46" * 32, "status": "rolled_back",
        "code": "cfg.unconfirmed", "msg": "receipt_printer was not there within 600 s",
    }  # fmt: skip

    ver: Count
    sha: Sha256
    status: Literal["rejected", "rolled_back"]
    code: Word
    msg: Text


class MessageRefusedBody(EventBody):
    """`n` messages on `dn/<on>` had no effect: `code` says why. The first of each code is told at once, then at most
    one event an hour; `n` are those since the last one that was told.
    """

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"code": "sig.invalid", "on": "cmd", "n": 1}

    code: Word
    on: Word
    n: Count


class PromotionsAppliedBody(EventBody):
    """The cloud's promotions `set` hold in version `ver`, beside the shop's own; `count` 0: there are none any more."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"set": "pilot", "ver": 3, "count": 12}

    set: Word
    ver: Count
    count: Count


class CatalogueRejectedBody(EventBody):
    """The version `ver` of the catalogue is not used: it could not be fetched, or read. What was before it stays."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "ver": 20884,
        "code": "blob.hash",
        "msg": "the file is not what it was said to be",
    }

    ver: Count
    code: Word
    msg: Text


class SupportOpenedBody(EventBody):
    """The owner allowed help from afar at the counter, for `minutes`. Without `by` nobody had asked for it yet."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"by": "user:ops-17", "minutes": 60}

    by: Text | None = None
    minutes: Count


class SupportClosedBody(EventBody):
    """It is over: its time was, the owner ended it, or the terminal started anew."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"why": "over"}

    why: Literal["over", "card", "restart"]


CLOUD_BODIES: dict[str, type[EventBody]] = {
    "terminal.suspended": TerminalSuspendedBody,
    "cfg.applied": ConfigAppliedBody,
    "cfg.rejected": ConfigRejectedBody,
    "message.refused": MessageRefusedBody,
    "support.opened": SupportOpenedBody,
    "support.closed": SupportClosedBody,
    "cat.rejected": CatalogueRejectedBody,
    "promo.applied": PromotionsAppliedBody,
}
"""Their part of `bodies.BODIES`."""
