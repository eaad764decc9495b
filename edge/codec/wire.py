"""A topic and its payload bytes ⇄ a message of the contract."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from pydantic import ValidationError

from edge.codec.json_text import pack_object, read_object, salvaged
from edge.codec.topics import Down, Topics, Up
from edge.codec.wire_down import (
    Ack,
    CatNotice,
    CfgDesired,
    Command,
    Rebirth,
    Redirect,
    Resend,
    Response,
    Signed,
    SignedConfig,
    Welcome,
)
from edge.codec.wire_term import VERSION, Part
from edge.codec.wire_up import BatchHead, CfgReported, Hello, Request, Result, Status, Tele
from edge.errors import WireError

Upward = Status | Hello | BatchHead | Tele | CfgReported | Result | Request
Downward = (
    Ack | Resend | Welcome | Rebirth | Redirect | Signed | SignedConfig | Command | CfgDesired | CatNotice | Response
)  # fmt: skip

Kind = TypeVar("Kind", bound=Part)


class Sendable(Protocol):
    def wire(self) -> dict[str, Any]: ...


def payload(message: Sendable) -> bytes:
    """The bytes to publish; raises WireError proto.too_large when they fit no PUBLISH."""
    return pack_object(message.wire())


def read_up(topics: Topics, topic: str, octets: bytes) -> tuple[str, Up, Upward]:
    """(tid, leaf, message) as the cloud gets it. Raises WireError with a code of B6.

    Of a batch only the head is checked; its events are checked one by one by whoever stores them.
    """
    tid, leaf = topics.read_up(topic)
    message = _read(_UP[leaf], tid, read_object(octets), topic, denied="auth.denied")
    if isinstance(message, BatchHead) and message.stream != leaf:
        raise WireError("schema.invalid", "a batch of another stream", where=topic, got=message.stream)
    return tid, leaf, message  # type: ignore[return-value]


def read_down(topics: Topics, topic: str, octets: bytes) -> tuple[str, Down, Downward]:
    """(tid, leaf, message) as a terminal gets it. Raises WireError with a code of B6."""
    tid, leaf = topics.read_down(topic)
    fields = read_object(octets)
    kind = _down_kind(leaf, fields, topic)
    if kind is Signed:
        signed = checked(Signed, fields, where=topic)
        return tid, leaf, signed if leaf is Down.CMD else SignedConfig(signed.jws)
    denied = "cmd.wrong_terminal" if leaf is Down.CMD else "auth.denied"
    return tid, leaf, _read(kind, tid, fields, topic, denied=denied)  # type: ignore[return-value]


def salvaged_batch(octets: bytes, *, tid: str, stream: str) -> BatchHead | None:
    """The head of a batch whose JSON breaks the rules but still says where its events belong: they can be rejected."""
    try:
        batch = BatchHead.model_validate(salvaged(octets))
    except ValidationError:
        return None
    return batch if batch.tid == tid and batch.stream == stream else None


def checked(kind: type[Kind], fields: object, *, where: str) -> Kind:
    """`fields` as a `kind`; raises WireError schema.invalid that names the first wrong field."""
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise invalid(error, where=where) from error


def invalid(error: ValidationError, *, where: str) -> WireError:
    """The first of pydantic's findings, in our words. The value itself stays out of it: it can be a person's."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(step) for step in first["loc"]) or "the whole"
    return WireError("schema.invalid", f"{place}: {first['msg']}", where=where)


def _read(kind: type[Part], tid: str, fields: dict[str, object], topic: str, *, denied: str) -> Part:
    version = fields.get("v")
    if version != VERSION or type(version) is not int:
        raise WireError("proto.version", "a version that we do not speak", where=topic, expected=str(VERSION),
                        got=repr(version)[:20])  # fmt: skip
    if fields.get("tid") != tid:
        raise WireError(denied, "a message of another terminal", where=topic, expected=tid,
                        got=repr(fields.get("tid"))[:40])  # fmt: skip
    return checked(kind, fields, where=topic)


def _down_kind(leaf: Down, fields: dict[str, object], topic: str) -> type[Part]:
    if leaf in (Down.CMD, Down.CFG) and "jws" in fields:
        return Signed
    if leaf not in (Down.ACK, Down.CTL):
        return _DOWN[leaf]
    told = fields.get("t")
    kind = (_ACKS if leaf is Down.ACK else _CONTROLS).get(told) if isinstance(told, str) else None
    if kind is None:
        raise WireError("schema.unknown_type", "an unknown message", where=topic, got=repr(told)[:40])
    return kind


_UP: dict[Up, type[Part]] = {
    Up.STATUS: Status, Up.HELLO: Hello, Up.TX: BatchHead, Up.PK: BatchHead, Up.EV: BatchHead, Up.TELE: Tele,
    Up.CFG: CfgReported, Up.RES: Result, Up.REQ: Request,
}  # fmt: skip
_DOWN: dict[Down, type[Part]] = {
    Down.CMD: Command, Down.CFG: CfgDesired, Down.CAT: CatNotice, Down.RES: Response
}  # fmt: skip
_ACKS: dict[str, type[Part]] = {"ack": Ack, "resend": Resend}
_CONTROLS: dict[str, type[Part]] = {"welcome": Welcome, "rebirth": Rebirth, "redirect": Redirect}
