"""A model of the lenders behind this cloud: offers, decisions, wallets, and authorisations of cash from a till.

A token is what the lender's app shows once its user has applied there. Who that is the lender knows, and nobody here
asks. In this model the token says how it goes on, so that a test or a hand can choose:

    {2 letters}{plan}{amount, 5 digits of yuan}{8 letters or digits}       such as ALT05000K7Q2M9XA

    T  approved, from the till          A  the same, and accepted in the app    W  approved, to the wallet
    E  its authorisation lasts 30 s     S  a slow decision                      D  declined after it was accepted
    R  refused at once                  C  taken back after it was approved     N  never answers

The authorisation that the customer reads out is the token's amount and 123: 05000123.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from edge.clock import Clock, iso_ms
from edge.codec import wire_loan as wire
from edge.codec.wire import invalid
from edge.codec.wire_down import Response
from edge.codec.wire_term import fault
from edge.codec.wire_up import Request
from edge.errors import WireError
from edge.model.loan import Terms, Way
from edge.model.money import Fen
from edge.model.platform import ServiceKind
from edge.reference_cloud.store import CloudStore

VALID_S, PAYOUT_S, SHORT_S = 600, 900, 30
PARTS, RATE, COST_PERMILLE = 12, 720, 39
"""Twelve months at 7.2 percent a year: what is repaid bit by bit costs 3.9 percent of what was lent."""
MAX_WRONG = 5
"""Wrong authorisations of one loan; then it is taken back."""
_TOKEN = re.compile(r"[A-Z]{2}([A-Z])([0-9]{5})[A-Z0-9]{8}")
_TURNS: Mapping[str, int] = MappingProxyType({"S": 5})
"""After how many questions the decision is there; two, if nothing is said here."""
_BY_TILL = "TAES"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A loan as the lender has it. `turns`: how often it was asked about since it was accepted; `lender`: a letter."""

    soid: str
    tid: str
    mark: str
    plan: str
    amount: int
    state: str
    turns: int
    until: str
    wrong: int
    lender: str


class Lender:
    """Asked about by each terminal for itself: of another one's loans it knows nothing."""

    def __init__(self, store: CloudStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @staticmethod
    def is_asked(request: Request) -> bool:
        """Whether this request is about a loan."""
        is_quote = request.type == wire.QUOTE and request.args.get("kind") == ServiceKind.LOAN.value
        return is_quote or request.type in (wire.ACCEPT, wire.QUERY, wire.CANCEL, wire.PAYOUT)

    def answer(self, request: Request) -> Response | None:
        """None: this lender says nothing."""
        try:
            return self._answered(request)
        except ValidationError as error:
            wrong = invalid(error, where=request.type)
            return Response(tid=request.tid, cid=request.cid, ok=False, err=fault(wrong.code, wrong.what))
        except WireError as error:
            return Response(tid=request.tid, cid=request.cid, ok=False, err=fault(error.code, error.what))

    def _answered(self, request: Request) -> Response | None:
        match request.type:
            case wire.QUOTE:
                return self._quote(request)
            case wire.ACCEPT:
                accept = wire.LoanAcceptArgs.model_validate(request.args)
                return self._told(request, self._accept(self._find(request.tid, accept.soid), accept))
            case wire.CANCEL:
                return self._told(request, self._cancel(self._find(request.tid, _soid(request))))
            case wire.PAYOUT:
                payout = wire.LoanPayoutArgs.model_validate(request.args)
                return self._told(request, self._pay_out(self._find(request.tid, payout.soid), payout.code))
            case _:
                return self._told(request, self._asked(self._find(request.tid, _soid(request))))

    # --- an offer --------------------------------------------------------------------------------------------------

    def _quote(self, request: Request) -> Response | None:
        token, soid, read = request.args.get("ref"), request.args.get("soid"), None
        if isinstance(token, str) and isinstance(soid, str):
            read = _TOKEN.fullmatch(token)
        if read is None or not isinstance(token, str):
            raise WireError("auth.denied", "no lender knows this token")
        plan, amount, mark = read[1], int(read[2]) * 100, wire.token_mark(token)
        if plan == "N":
            return None
        if plan == "R":
            raise WireError("service.refused", "no offer for this token")
        if self._store.rows("SELECT 1 FROM loan WHERE soid = ? AND (tid, mark) <> (?, ?)", (soid, request.tid, mark)):
            raise WireError("service.conflict", "this loan is another token's")
        kept = self._store.rows("SELECT soid, state FROM loan WHERE mark = ?", (mark,))
        if any(state not in ("offered", "cancelled", "expired") for _, state in kept):
            raise WireError("auth.denied", "this token is used up")
        until = self._clock.wall() + timedelta(seconds=VALID_S)
        self._store.run("DELETE FROM loan WHERE mark = ?", (mark,))
        self._store.run(
            "INSERT INTO loan VALUES(?, ?, ?, ?, ?, 'offered', 0, ?, 0, ?)",
            (str(soid), request.tid, mark, plan, amount, iso_ms(until), token[0]),
        )
        out = wire.LoanOffer(soid=str(soid), mark=mark, valid_s=VALID_S, **_part(amount).model_dump())
        return Response(tid=request.tid, cid=request.cid, ok=True, out=out.model_dump(mode="json", exclude_none=True))

    # --- its course ------------------------------------------------------------------------------------------------

    def _accept(self, kept: _Kept, args: wire.LoanAcceptArgs) -> _Kept:
        if kept.mark != args.mark:
            raise WireError("auth.denied", "the token is another loan's")
        if kept.state == "offered" and not self._is_over(kept):
            kept = self._keep(kept, state="accepted", plan=kept.plan if _way(kept).value in args.ways else "D")
        return kept

    def _asked(self, kept: _Kept) -> _Kept:
        """Each question is a turn of the lender's own work."""
        if kept.state == "offered" and kept.plan == "A":
            return self._keep(kept, state="accepted")
        if kept.state in ("offered", "approved") and self._is_over(kept):
            return self._keep(kept, state="expired")
        if kept.state not in ("accepted", "approved"):
            return kept
        kept = self._keep(kept, turns=kept.turns + 1)
        if kept.state == "approved":
            ends = {"W": "disbursed", "C": "cancelled"}
            return self._keep(kept, state=ends[kept.plan]) if kept.plan in ends else kept
        if kept.turns < _TURNS.get(kept.plan, 2):
            return kept
        if kept.plan == "D":
            return self._keep(kept, state="declined")
        lasts_s = SHORT_S if kept.plan == "E" else PAYOUT_S
        return self._keep(kept, state="approved", until=iso_ms(self._clock.wall() + timedelta(seconds=lasts_s)))

    def _cancel(self, kept: _Kept) -> _Kept:
        return self._keep(kept, state="cancelled") if kept.state == "offered" else kept

    def _pay_out(self, kept: _Kept, code: str) -> _Kept:
        """From now on it is that till's; asked again it is the same till's, unless it told that it has paid."""
        if kept.state == "paying":
            if self._is_paid(kept):
                raise WireError("service.conflict", "this terminal has paid it, and forgot")
            return kept
        if kept.state != "approved" or _way(kept) is not Way.TILL or self._is_over(kept):
            return self._keep(kept, state="expired") if kept.state == "approved" else kept
        if code != f"{kept.amount // 100:05d}123":
            kept = self._keep(kept, wrong=kept.wrong + 1)
            if kept.wrong >= MAX_WRONG:
                return self._keep(kept, state="cancelled")
            raise WireError("auth.denied", "another authorisation")
        return self._keep(kept, state="paying")

    # --- what is kept ----------------------------------------------------------------------------------------------

    def _find(self, tid: str, soid: str) -> _Kept:
        rows = self._store.rows("SELECT * FROM loan WHERE soid = ? AND tid = ?", (soid, tid))
        if not rows:
            raise WireError("auth.denied", "no loan of this terminal")
        return _Kept(*rows[0])

    def _keep(self, kept: _Kept, **changed: object) -> _Kept:
        for column, value in changed.items():
            self._store.run(f"UPDATE loan SET {column} = ? WHERE soid = ?", (value, kept.soid))
        return self._find(kept.tid, kept.soid)

    def _is_paid(self, kept: _Kept) -> bool:
        """By what the terminal told, in whatever epoch: one that was restored from a backup may not know."""
        return bool(self._store.rows(
            "SELECT 1 FROM event WHERE tid = ? AND type = 'service.loan' AND json_extract(body, '$.soid') = ?"
            " AND json_extract(body, '$.state') = 'paid_out'", (kept.tid, kept.soid),
        ))  # fmt: skip

    def _is_over(self, kept: _Kept) -> bool:
        return iso_ms(self._clock.wall()) >= kept.until

    def _told(self, request: Request, kept: _Kept) -> Response:
        out: dict[str, Any] = {"soid": kept.soid}
        if kept.state in ("approved", "disbursed", "paying"):
            left_s = int((datetime.fromisoformat(kept.until) - self._clock.wall()).total_seconds())
            out |= {
                "ref": _reference(kept),
                "repay": _repay(kept),
                "way": _way(kept).value,
                "terms": _part(kept.amount).model_dump(),
            }
            if _way(kept) is Way.TILL:
                out |= {"cur": "CNY", "amt": kept.amount, "valid_s": max(wire.LEAST_VALID_S, left_s)}
        return Response(tid=request.tid, cid=request.cid, ok=True, out=out, state=kept.state)


def terms_of(amount: int) -> Terms:
    """What so much costs here, in fen."""
    cost = amount * COST_PERMILLE // 1000
    each = (amount + cost) // PARTS
    return Terms(Fen(amount), Fen(cost), RATE, PARTS, Fen(each), Fen(amount + cost - each * (PARTS - 1)))


def _part(amount: int) -> wire.LoanTerms:
    terms = terms_of(amount)
    return wire.LoanTerms(
        cur="CNY", amt=terms.amount, cost=terms.cost, rate=terms.rate, parts=terms.parts, each=terms.each,
        last=terms.last,
    )  # fmt: skip


def _way(kept: _Kept) -> Way:
    return Way.TILL if kept.plan in _BY_TILL else Way.WALLET


def _reference(kept: _Kept) -> str:
    return f"LN-{kept.mark[:8].upper()}"


def _repay(kept: _Kept) -> str:
    """AL… is paid back as AR…, by 14 digits."""
    return f"{kept.lender}R{int(kept.mark, 16) % 10**14:014d}"


def _soid(request: Request) -> str:
    return wire.LoanArgs.model_validate(request.args).soid
