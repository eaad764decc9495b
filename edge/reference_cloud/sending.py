"""A model of the carriers behind this cloud: what it costs to send a parcel, and the number that it travels by.

A token is what an app shows once its user has told the carrier whom the parcel goes to. Here it says so itself:

    SEND:{carrier}:{recipient}:{anything}       such as SEND:SF:张三 13812345678:k7Q2

It is remembered by its mark alone. The same question gets the same answer; a token that is asked about again, since
the parcel was weighed once more, keeps its waybill.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from edge.codec import wire_parcel as wire
from edge.codec.json_text import compact, read_object
from edge.codec.s10 import s10_check
from edge.codec.wire import invalid
from edge.codec.wire_down import Response
from edge.codec.wire_term import fault
from edge.codec.wire_up import Request
from edge.errors import WireError
from edge.model.masking import masked_name, phone_tail
from edge.reference_cloud.store import CloudStore

VALID_S = 600
MAX_KEPT = 10_000
"""Answers kept, so that a retry gets the same one."""
_TOKEN = re.compile(r"SEND:([A-Z0-9_]{1,20}):([^:]{1,64}):(.{4,100})")


@dataclass(frozen=True, slots=True)
class Tariff:
    """Fen for the first `first_g` grams, then for each `step_g` begun; nothing above `most_g`."""

    first_g: int
    first: int
    step_g: int
    step: int
    most_g: int
    number: Callable[[int], str]
    lines: tuple[str, ...]

    def fee(self, grams: int) -> int:
        beyond = max(0, grams - self.first_g)
        return self.first + -(-beyond // self.step_g) * self.step


def _s10(n: int) -> str:
    serial = f"{n % 10**8:08d}"
    return f"RA{serial}{s10_check(serial)}CN"


TARIFFS: Mapping[str, Tariff] = MappingProxyType(
    {
        "SF": Tariff(1_000, 1_800, 1_000, 500, 30_000, lambda n: f"SF1{n:012d}", ("顺丰标快", "寄方付")),
        "JD": Tariff(1_000, 1_200, 1_000, 300, 30_000, lambda n: f"JDX{n:012d}", ("京东快递", "寄方付")),
        "CHINA_POST": Tariff(100, 600, 100, 150, 2_000, _s10, ("挂号信", "REGISTERED")),
    }
)
"""By the carrier's id: a parcel with SF or JD, a registered letter with the post."""


class Sending:
    def __init__(self, store: CloudStore) -> None:
        self._store = store

    def answer(self, request: Request) -> Response:
        """An answer that went wrong is not kept: the same question may succeed later."""
        try:
            args = wire.QuoteArgs.model_validate(request.args)
            return Response(tid=request.tid, cid=request.cid, ok=True, out=self._quote(request, args))
        except ValidationError as error:
            wrong = invalid(error, where=request.type)
            return Response(tid=request.tid, cid=request.cid, ok=False, err=fault(wrong.code, wrong.what))
        except WireError as error:
            return Response(tid=request.tid, cid=request.cid, ok=False, err=fault(error.code, error.what))

    def _quote(self, request: Request, args: wire.QuoteArgs) -> dict[str, Any]:
        mark = wire.token_mark(args.token)
        kept = self._store.rows(
            "SELECT mark, grams, answer FROM quote WHERE tid = ? AND cid = ?", (request.tid, request.cid)
        )
        if kept and kept[0][:2] != (mark, args.grams):
            raise WireError("schema.invalid", "this cid asked something else before")
        if kept:
            return read_object(kept[0][2].encode())
        out = self._priced(mark, args)
        cursor = self._store.run(
            "INSERT INTO quote(tid, cid, mark, grams, answer) VALUES(?, ?, ?, ?, ?)",
            (request.tid, request.cid, mark, args.grams, compact(out)),
        )
        self._store.run("DELETE FROM quote WHERE n <= ?", ((cursor.lastrowid or 0) - MAX_KEPT,))
        return out

    def _priced(self, mark: str, args: wire.QuoteArgs) -> dict[str, Any]:
        read = _TOKEN.fullmatch(args.token)
        tariff = TARIFFS.get(read[1]) if read else None
        if read is None or tariff is None:
            raise WireError("auth.denied", "no carrier knows this token")
        if args.grams > tariff.most_g:
            raise WireError("cmd.unsupported", f"no more than {tariff.most_g} grams")
        number, whom = self._number(mark), read[2]
        return {
            "parcel": f"s-{number}", "mark": mark, "grams": args.grams, "cur": "CNY", "fee": tariff.fee(args.grams),
            "carrier": read[1], "waybill": tariff.number(number), "valid_s": VALID_S,
            "name": masked_name(whom.split()[0] if whom.split() else ""), "tail": phone_tail(whom),
            "lines": list(tariff.lines),
        }  # fmt: skip

    def _number(self, mark: str) -> int:
        """The serial of a token, from its first question on."""
        self._store.run("INSERT OR IGNORE INTO sending(mark) VALUES(?)", (mark,))
        return int(self._store.rows("SELECT n FROM sending WHERE mark = ?", (mark,))[0][0])
