"""A model of the platforms behind this cloud: whose a parcel is, and the text messages that tell people their codes.

What an app shows says here itself whose it is, and must be fresh: a token is good once.

    ME:{recipient}:{anything}                      a recipient, such as ME:u7:k7Q2
    COURIER:{carrier}:{id}:{name}:{anything}       a courier, such as COURIER:SF:sf-2291:小李:k7Q2

An address is known by tid and waybill, whether the terminal was told of it before or not. A phone that ends with 0000
gets no message. A code is kept as a person's phone keeps it: the cloud itself would forget it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from edge.clock import Clock, iso_ms
from edge.codec import wire_parcel as wire
from edge.codec.wire import invalid
from edge.codec.wire_down import Response
from edge.codec.wire_term import fault
from edge.codec.wire_up import Request
from edge.errors import WireError
from edge.reference_cloud.store import CloudStore

KINDS = (wire.NOTIFY, wire.CHECK)
NO_PHONE = "0000"
COURIER_HOURS = 12
MAX_TOKENS = 10_000
"""Marks of used ones that are kept."""
_ME = re.compile(r"ME:([^:]{1,64}):(.{4,100})")
_COURIER = re.compile(r"COURIER:([A-Z][A-Z0-9_]{0,31}):([A-Za-z0-9_-]{1,64}):([^:]{1,32}):(?:.{4,100})")


@dataclass(frozen=True, slots=True)
class TextMessage:
    """What a recipient reads on the phone."""

    to: str
    waybill: str
    code: str
    place: str


class Parcels:
    def __init__(self, store: CloudStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def address(self, tid: str, parcels: Sequence[wire.Expected]) -> None:
        """From now on it is known whose these are."""
        self._store.run_many(
            "INSERT OR REPLACE INTO address VALUES(?, ?, ?, ?, ?, ?, ?)",
            [(tid, p.waybill, p.parcel, p.to or "", p.name or "", p.tail or "", p.consent) for p in parcels],
        )

    def answer(self, request: Request) -> Response:
        """The same question gets the same answer, and one message is sent."""
        try:
            if request.type == wire.NOTIFY:
                return self._notify(request, wire.NotifyArgs.model_validate(request.args))
            return self._check(request, wire.CheckArgs.model_validate(request.args))
        except ValidationError as error:
            wrong = invalid(error, where=request.type)
            return Response(tid=request.tid, cid=request.cid, ok=False, err=fault(wrong.code, wrong.what))
        except WireError as error:
            return Response(tid=request.tid, cid=request.cid, ok=False, err=fault(error.code, error.what))

    def granted(self, request: Request) -> dict[str, Any]:
        """Arguments of the grant for who shows this token. Raises WireError for one that is used, or nobody's."""
        try:
            args = wire.AuthorizeArgs.model_validate(request.args)
        except ValidationError as error:
            raise invalid(error, where=request.type) from error
        mark = wire.token_mark(args.token)
        if self._store.rows("SELECT 1 FROM app_token WHERE mark = ?", (mark,)):
            raise WireError("auth.denied", "this code was used")
        found = self._granted(request, args)
        self._store.run("INSERT INTO app_token(mark) VALUES(?)", (mark,))
        self._store.run(
            "DELETE FROM app_token WHERE n <= (SELECT max(n) FROM app_token) - ?", (MAX_TOKENS,)
        )  # fmt: skip
        return {"req": request.cid} | found

    def _granted(self, request: Request, args: wire.AuthorizeArgs) -> dict[str, Any]:
        if args.use == "courier" and (match := _COURIER.fullmatch(args.token)) is not None:
            carrier, own_id, name = match.groups()
            return {"courier": {"id": own_id, "name": name, "carrier": carrier, "hours": COURIER_HOURS}}
        if args.use == "pickup" and (match := _ME.fullmatch(args.token)) is not None:
            rows = self._store.rows(
                "SELECT waybill FROM text_message WHERE tid = ? AND to_whom = ? GROUP BY waybill"
                " ORDER BY max(n) DESC LIMIT ?",
                (request.tid, match[1], wire.MAX_GRANTED),
            )
            if rows:
                return {"waybills": [waybill for (waybill,) in rows]}
        raise WireError("auth.denied", "nobody has this code")

    def messages(self, tid: str) -> list[TextMessage]:
        """All that were sent for one station, the oldest first."""
        rows = self._store.rows(
            "SELECT to_whom, waybill, code, place FROM text_message WHERE tid = ? ORDER BY n", (tid,)
        )
        return [TextMessage(*row) for row in rows]

    def _notify(self, request: Request, args: wire.NotifyArgs) -> Response:
        known = self._whose(request.tid, args.waybill)
        if known is None or known.get("tail") == NO_PHONE:
            out = {"parcel": args.parcel, "why": "no phone" if known else "unknown waybill"} | (known or {})
            return Response(tid=request.tid, cid=request.cid, ok=True, state="failed", out=out)
        place = args.box or args.shelf or ""
        self._store.run(
            "INSERT OR IGNORE INTO text_message(tid, to_whom, waybill, code, place, at) VALUES(?, ?, ?, ?, ?, ?)",
            (request.tid, known["to"], args.waybill, args.code, place, iso_ms(self._clock.wall())),
        )
        out = {"parcel": args.parcel} | known
        return Response(tid=request.tid, cid=request.cid, ok=True, state="done", out=out)

    def _check(self, request: Request, args: wire.CheckArgs) -> Response:
        known = self._whose(request.tid, args.waybill)
        if known is None:
            raise WireError("auth.denied", "nobody knows this waybill")
        return Response(tid=request.tid, cid=request.cid, ok=True, out=known)

    def _whose(self, tid: str, waybill: str) -> dict[str, object] | None:
        rows = self._store.rows(
            "SELECT to_whom, name, tail, consent FROM address WHERE tid = ? AND waybill = ?", (tid, waybill)
        )
        if not rows:
            return None
        to, name, tail, consent = rows[0]
        found: dict[str, object] = {"to": to, "name": name, "tail": tail}
        return found | ({} if consent is None else {"consent": bool(consent)})
