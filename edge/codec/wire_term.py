"""What all messages between terminal and cloud share: their words, their limits, their codes (contract B3, B6)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from edge.codec.json_text import MAX_INTEGER
from edge.codec.topics import TID

VERSION = 1
MAX_EVENTS = 100
"""Events in one batch (B8)."""
MAX_BATCH_OCTETS = 48 * 1024
MAX_EVENT_OCTETS = 16 * 1024

RETRY: dict[str, bool] = {
    "proto.malformed": False, "proto.version": False, "proto.too_large": False, "proto.encoding": False,
    "schema.invalid": False, "schema.unknown_type": False, "seq.conflict": False,
    "promo.id_taken": False,
    "sig.required": False, "sig.header": False, "sig.unknown_kid": True, "sig.invalid": False,
    "cmd.wrong_terminal": False, "cmd.replayed": False, "cmd.expired": False, "cmd.unknown": False,
    "cmd.unsupported": False, "cmd.nonce_mismatch": True, "clock.unset": True, "cmd.busy": True,
    "cmd.timeout": False, "cmd.outcome_unknown": False,
    "cfg.invalid": False, "cfg.min_app": False, "cfg.unconfirmed": False, "cfg.unsigned": False,
    "cat.base_missing": True, "blob.hash": True, "blob.unreachable": True,
    "auth.denied": False, "quota.exceeded": True, "internal": True,
    "csr.bad_signature": False, "csr.identity_mismatch": False, "csr.key_type": False,
    "hw.device_offline": True, "hw.scale": True,
    "hw.locker_jam": True, "hw.locker_offline": True, "hw.printer_paper": True, "hw.printer_offline": True,
    "store.full": True, "payment.conflict": False,
    "service.conflict": False, "service.refused": False,
}  # fmt: skip
"""Every code of B6, and whether the same request may succeed later."""

_DATE = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"

Version = Literal[1]
StreamName = Literal["tx", "pk", "ev"]
Tid = Annotated[str, StringConstraints(pattern=f"^{TID}$")]
Uuid7 = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
]
Epoch = Annotated[str, StringConstraints(pattern=r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$")]
"""A ULID: the identity of the terminal's database."""
Moment = Annotated[str, StringConstraints(pattern=rf"^{_DATE}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{{3}}Z$")]
Instant = Annotated[
    str,
    StringConstraints(
        pattern=rf"^{_DATE}T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{{1,3}})?)?(?:Z|[+-]\d\d:[0-5]\d)$"
    ),
]
"""A moment by anybody's clock (RFC 3339)."""
Day = Annotated[str, StringConstraints(pattern=f"^{_DATE}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Clk = Literal["ok", "unsync", "cert"]
Count = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
Seq = Annotated[int, Field(ge=1, le=MAX_INTEGER)]
Base = Annotated[int, Field(ge=1, le=MAX_INTEGER - MAX_EVENTS)]
"""The first seq of a batch: its last one must still be a number that every reader can hold."""
Word = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Text = Annotated[str, StringConstraints(max_length=256)]
Rid = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Nonce = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,64}$")]


class Part(BaseModel):
    """A piece of a message. Receivers ignore fields that they do not know (B3); senders cannot name any."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Message(Part):
    """A whole message. `v`, and `t` where there is one, are always sent; other fields only when they were given."""

    v: Version = 1
    tid: Tid

    def wire(self) -> dict[str, Any]:
        """The JSON object to send: what was given, null where None was given."""
        given = self.model_dump(mode="json", exclude_unset=True)
        fixed = {name: getattr(self, name) for name in ("v", "tid", "t") if name in type(self).model_fields}
        return fixed | given


class Fault(Part):
    """Why something was refused. `msg` is for people, `code` for programs."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$", max_length=64)]
    msg: Text
    retry: bool
    detail: dict[str, Any] | None = None


def fault(code: str, msg: str) -> Fault:
    """A fault with the code's own `retry`; the text is cut to what B6 allows."""
    return Fault(code=code, msg=msg[:256], retry=RETRY[code])
