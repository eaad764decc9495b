"""A model of the payment providers behind this cloud: who pays, who needs a password, who is silent.

The last two digits of a customer's code are the customer (PLANS). Payments are in the database, so that a cloud that
was killed still knows what it charged; each request may come any number of times (product B2, contract 4).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

from pydantic import ValidationError

from edge.clock import Clock, iso_ms
from edge.codec import wire_payment as wire
from edge.codec.wire import invalid
from edge.codec.wire_down import Response
from edge.codec.wire_term import fault
from edge.codec.wire_up import Request
from edge.errors import WireError
from edge.reference_cloud.store import CloudStore

KINDS = (wire.PAY, wire.QUERY, wire.CANCEL, wire.REFUND)
CURRENCY = "CNY"
FINAL = ("approved", "declined", "cancelled")
CODE_KEY = b"reference cloud"
"""Codes are kept as a hash only, to tell one from another."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a customer and a provider do. `first` is the state at once, `outcome` what it comes to after `after_s`.

    `silent`: nothing is ever pushed, only asking tells. `deaf`: so many requests are lost on the way, and nothing is
    charged by them. `keeps`: a success is not undone by a cancel. `breaks`: a cancel is answered, and the money comes
    all the same; it is told until the terminal asks for it back. `echo`: the final answer is told twice.
    """

    first: str = "accepted"
    outcome: str = "approved"
    after_s: float = 0.3
    silent: bool = False
    deaf: int = 0
    keeps: bool = False
    breaks: bool = False
    echo: bool = False


USUAL = Plan()
PLANS: dict[str, Plan] = {
    "90": Plan("wait_customer", after_s=6.0),
    "91": Plan("wait_customer", outcome="declined", after_s=5.0),
    "92": Plan("wait_customer", outcome="", after_s=0.0),
    "93": Plan(outcome="declined", after_s=0.5),
    "94": Plan(silent=True),
    "95": Plan(deaf=2),
    "96": Plan("unknown", after_s=20.0, silent=True),
    "97": Plan("wait_customer", after_s=3.0, silent=True, keeps=True),
    "98": Plan(echo=True),
    "99": Plan(after_s=120.0, breaks=True),
}
"""By the last two digits of the code: 90 a password; 91 the customer refuses it; 92 nobody ever pays; 93 no money;
94 charged, and the answer is lost; 95 two requests are lost; 96 the provider does not know for a while; 97 paid before
the cancel came; 98 told twice; 99 paid long after anybody waited, and after the cancel. All others pay at once."""

TOLD_AGAIN_S = (60.0, 300.0, 900.0, 3600.0)
"""Between two tellings of money that came after its end; the last one stands. Also at each hello."""
TOLD_FOR = timedelta(days=7)
"""By then the terminal has forgotten it, and a person must look."""

UNTOLD, TOLD, TOLD_OTHERWISE = range(3)
"""Of an outcome. TOLD_OTHERWISE: that it was approved, after it had been told that it was cancelled."""


@dataclass(slots=True)
class _Wallet:
    """One payment as the provider has it. `turn`: when its outcome comes, ISO; empty: never.

    A cancelled one with a turn will be paid all the same; then `turn` becomes when that was told.
    """

    pid: str
    tid: str
    channel: str
    amount: int
    code: str
    plan: str
    state: str
    turn: str
    heard: int
    told: int
    refunded: int


_COLUMNS = "pid, tid, channel, amount, code, plan, state, turn, heard, told, refunded"

_SILENT = ", ".join(f"'{digits}'" for digits, plan in PLANS.items() if plan.silent)
_WAITING = f"told = {UNTOLD} AND turn <> '' AND plan NOT IN ({_SILENT})"
_CONTRARY = f"told = {TOLD_OTHERWISE} AND state = 'approved' AND refunded < amount AND turn > ?"
"""Held, though the terminal was told that it was cancelled, and not asked for back yet."""


class Wallets:
    """All within the store's open transaction. `answer` says what to tell at once, `due` what time has brought."""

    def __init__(self, store: CloudStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._told_again: dict[str, tuple[float, int]] = {}
        """When to tell it next, and how often it was told, of each contrary payment. A cloud that starts tells all."""

    def answer(self, request: Request) -> list[Response]:
        """Nothing, where the request or its answer is lost by plan."""
        try:
            match request.type:
                case wire.PAY:
                    return self._pay(request, wire.PayArgs.model_validate(request.args))
                case wire.QUERY | wire.CANCEL:
                    return self._about(request, wire.PaymentArgs.model_validate(request.args).pid)
                case _:
                    return [self._refund(request, wire.RefundArgs.model_validate(request.args))]
        except ValidationError as error:
            return [_refused(request, invalid(error, where=request.type))]
        except WireError as error:
            return [_refused(request, error)]

    def due(self) -> list[Response]:
        """Outcomes that time has brought and that nobody was told of."""
        found = self._store.rows(
            f"SELECT {_COLUMNS} FROM wallet WHERE {_WAITING} AND turn <= ? ORDER BY turn", (self._now(),)
        )
        told: list[Response] = []
        for wallet in (_Wallet(*row) for row in found):
            self._settle(wallet)
            _mark_told(wallet)
            self._keep(wallet)
            if wallet.told != TOLD_OTHERWISE:
                told += [_told(wallet, wallet.pid)] * (2 if _plan(wallet).echo else 1)
        now = self._clock.mono()
        return told + [self._tell_again(wallet) for wallet in self._contrary() if self._told_next(wallet.pid) <= now]

    def greeted(self, tid: str) -> list[Response]:
        """What a terminal may have missed while it was away: money that came after its end."""
        return [self._tell_again(wallet) for wallet in self._contrary() if wallet.tid == tid]

    def next_turn_s(self) -> float | None:
        """Seconds until something is due; None: nothing is."""
        ((turn,),) = self._store.rows(f"SELECT min(turn) FROM wallet WHERE {_WAITING}")
        until = inf if turn is None else (datetime.fromisoformat(turn) - self._clock.wall()).total_seconds()
        contrary = [self._told_next(wallet.pid) - self._clock.mono() for wallet in self._contrary()]
        soonest = min([until, *contrary])
        return None if soonest == inf else max(0.0, soonest)

    def _contrary(self) -> list[_Wallet]:
        found = self._store.rows(
            f"SELECT {_COLUMNS} FROM wallet WHERE {_CONTRARY} ORDER BY turn",
            (iso_ms(self._clock.wall() - TOLD_FOR),),
        )
        wallets = [_Wallet(*row) for row in found]
        held = {wallet.pid for wallet in wallets}
        self._told_again = {pid: told for pid, told in self._told_again.items() if pid in held}
        return wallets

    def _told_next(self, pid: str) -> float:
        return self._told_again.get(pid, (0.0, 0))[0]

    def _tell_again(self, wallet: _Wallet) -> Response:
        _, times = self._told_again.get(wallet.pid, (0.0, 0))
        wait_s = TOLD_AGAIN_S[min(times, len(TOLD_AGAIN_S) - 1)]
        self._told_again[wallet.pid] = (self._clock.mono() + wait_s, times + 1)
        return _told(wallet, wallet.pid)

    def _pay(self, request: Request, args: wire.PayArgs) -> list[Response]:
        code = hashlib.blake2s(args.code.encode(), key=CODE_KEY).hexdigest()
        wallet = self._find(args.pid, request.tid)
        if wallet is None:
            plan = PLANS.get(args.code[-2:], USUAL)
            wallet = _Wallet(
                args.pid, request.tid, args.m, args.amt, code, args.code[-2:], plan.first, "", 0, UNTOLD, 0
            )
        elif wallet.code and (wallet.code, wallet.amount, wallet.channel) != (code, args.amt, args.m):
            raise WireError("payment.conflict", "another code or amount under the same id", where=args.pid)
        plan = _plan(wallet)
        wallet.heard += 1
        self._keep(wallet)
        if wallet.heard <= plan.deaf:
            return []
        if wallet.heard == plan.deaf + 1:
            wallet.turn = "" if not plan.outcome else self._now(plan.after_s)
        self._settle(wallet)
        lost = plan.silent and wallet.heard == 1 and plan.first == "accepted"
        if not lost:
            _mark_told(wallet)
        self._keep(wallet)
        return [] if lost else [_told(wallet, request.cid)]

    def _about(self, request: Request, pid: str) -> list[Response]:
        wallet = self._find(pid, request.tid)
        if wallet is None or wallet.heard <= _plan(wallet).deaf:
            # It never came, and whatever comes now is too late: an end, so that the box can have one (decisions 4).
            wallet = wallet or _Wallet(pid, request.tid, "", 0, "", "", "", "", 0, TOLD, 0)
            wallet.state, wallet.turn, wallet.told = "cancelled", "", TOLD
            self._keep(wallet)
            return [_told(wallet, request.cid)]
        self._settle(wallet)
        if request.type == wire.CANCEL:
            self._cancel(wallet)
        _mark_told(wallet)
        self._keep(wallet)
        return [_told(wallet, request.cid)]

    def _cancel(self, wallet: _Wallet) -> None:
        """What the terminal was told is approved it may have booked: that goes back as a refund only."""
        if wallet.state not in FINAL:
            wallet.state, wallet.turn = "cancelled", wallet.turn if _plan(wallet).breaks else ""
        elif wallet.state == "approved" and not (wallet.told or _plan(wallet).keeps):
            wallet.state, wallet.turn, wallet.refunded = "cancelled", "", wallet.amount

    def _refund(self, request: Request, args: wire.RefundArgs) -> Response:
        wallet = self._find(args.pid, request.tid)
        known = self._store.rows("SELECT pid, amount, state FROM wallet_refund WHERE rid = ?", (args.rid,))
        if known and known[0][:2] != (args.pid, args.amt):
            raise WireError("payment.conflict", "another amount or payment under the same refund", where=args.rid)
        state = known[0][2] if known else "declined"
        if not known:
            if wallet is not None and wallet.state == "approved" and wallet.refunded + args.amt <= wallet.amount:
                wallet.refunded, state = wallet.refunded + args.amt, "refunded"
                self._keep(wallet)
            self._store.run(
                "INSERT INTO wallet_refund(rid, pid, amount, state) VALUES(?, ?, ?, ?)",
                (args.rid, args.pid, args.amt, state),
            )
        out = wire.PaymentAnswer(pid=args.pid, rid=args.rid, amt=args.amt, cur=CURRENCY)
        return Response(tid=request.tid, cid=request.cid, ok=True, state=state,
                        out=out.model_dump(exclude_none=True))  # fmt: skip

    def _settle(self, wallet: _Wallet) -> None:
        """What time has brought."""
        if not wallet.turn or wallet.turn > self._now():
            return
        if wallet.state == "cancelled" and _plan(wallet).breaks:
            wallet.turn, wallet.told = self._now(), TOLD_OTHERWISE
        if wallet.state not in FINAL or wallet.told == TOLD_OTHERWISE:
            wallet.state = _plan(wallet).outcome

    def _now(self, later_s: float = 0.0) -> str:
        return iso_ms(self._clock.wall() + timedelta(seconds=later_s))

    def _find(self, pid: str, tid: str) -> _Wallet | None:
        found = self._store.rows(f"SELECT {_COLUMNS} FROM wallet WHERE pid = ? AND tid = ?", (pid, tid))
        return _Wallet(*found[0]) if found else None

    def _keep(self, wallet: _Wallet) -> None:
        w = wallet
        self._store.run(
            f"INSERT OR REPLACE INTO wallet({_COLUMNS}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (w.pid, w.tid, w.channel, w.amount, w.code, w.plan, w.state, w.turn, w.heard, w.told, w.refunded),
        )


def _plan(wallet: _Wallet) -> Plan:
    return PLANS.get(wallet.plan, USUAL)


def _mark_told(wallet: _Wallet) -> None:
    """Of an outcome; what was cancelled and will be paid all the same has none yet."""
    if wallet.state in FINAL and not (wallet.state == "cancelled" and wallet.turn):
        wallet.told = max(wallet.told, TOLD)


def _told(wallet: _Wallet, cid: str) -> Response:
    """The payment as it stands; one that never came has no amount, one that was given back pays no sale any more."""
    given_back = wallet.state == "approved" and wallet.refunded == wallet.amount
    out: dict[str, object] = {"pid": wallet.pid}
    if wallet.amount:
        out |= {"amt": wallet.amount, "cur": CURRENCY, "m": wallet.channel, "ref": f"P{wallet.pid[-12:]}"}
    more = {} if wallet.state in FINAL else {"more": True}
    return Response.model_validate(
        {"tid": wallet.tid, "cid": cid, "ok": True, "state": "cancelled" if given_back else wallet.state, "out": out}
        | more
    )  # fmt: skip


def _refused(request: Request, error: WireError) -> Response:
    return Response(tid=request.tid, cid=request.cid, ok=False, err=fault(error.code, error.what))
