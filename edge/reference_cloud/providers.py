"""A model of the providers behind this cloud: phone companies, billers, carriers of people; and of how they misbehave.

The last two digits of the number that an order is for are the plan of its provider (PLANS); without digits it does as
it should. Orders are in the database by their id: whatever comes twice is done once, another body under the same id is
refused, and a cloud that was killed still knows what it did. The number itself is not kept (product B4, row 70).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import inf
from random import Random
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from edge.clock import Clock, iso_ms
from edge.codec import wire_service as wire
from edge.codec.json_text import compact, read_object
from edge.codec.wire import invalid
from edge.codec.wire_down import Response
from edge.codec.wire_parcel import token_mark
from edge.codec.wire_term import fault
from edge.codec.wire_up import Request
from edge.errors import WireError
from edge.model.ids import uuid7
from edge.model.platform import ServiceKind
from edge.model.service_order import masked_number
from edge.reference_cloud.journeys import booked, shown_there
from edge.reference_cloud.marketplace import priced
from edge.reference_cloud.store import CloudStore

KINDS = (wire.QUOTE, wire.SUBMIT, wire.QUERY, wire.CANCEL)
CURRENCY = "CNY"
ZONE = ZoneInfo("Asia/Shanghai")
"""Whose days they count."""
VALID_S = 1_800
CUT_OFF_S = 3_600
"""Until so long after it was asked for a journey can be given back; goods so long after they were ordered."""
CANCEL_FEE_PERCENT = 10
FINAL = ("completed", "failed", "reversed", "cancelled")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a provider does with an order. `first` is told at once, `outcome` is what it comes to after `after_s`;
    empty: it never comes to anything.

    `late_days`: goods never come, and so many days after theirs it `turns`. `refuses`: a code with which it is not
    even quoted. `deaf`: so many submissions are lost on the way. `silent`: the
    answer to a submission is lost, and only asking tells. `turns`: what it says instead, so many seconds later.
    `echo`: its end is told twice.
    """

    first: str = "submitted"
    outcome: str = "completed"
    after_s: float = 0.3
    refuses: str = ""
    deaf: int = 0
    silent: bool = False
    turns: str = ""
    turns_s: float = 20.0
    echo: bool = False
    late_days: int = 0


USUAL = Plan()
PLANS: Mapping[str, Plan] = MappingProxyType(
    {
        "80": Plan(refuses="auth.denied"),
        "81": Plan(refuses="service.refused"),
        "89": Plan(turns="failed", late_days=3),
        "90": Plan(outcome="failed"),
        "91": Plan(silent=True),
        "92": Plan("unknown", after_s=20.0),
        "93": Plan("unknown", outcome="failed", after_s=20.0),
        "94": Plan("unknown", outcome=""),
        "95": Plan(deaf=2),
        "96": Plan(echo=True),
        "97": Plan(turns="reversed"),
        "98": Plan(outcome="failed", turns="completed"),
        "99": Plan(after_s=60.0),
    }
)
"""By the last two digits of the number: 80 nobody knows it; 81 not quoted today; 89 goods never come, and three days
after theirs their provider says so; 90 declined; 91 done, and the answer
is lost; 92 unknown, then done; 93 unknown, then not; 94 unknown for ever; 95 two submissions are lost; 96 told twice;
97 done, then undone; 98 declined, and later said to be done; 99 done after a minute."""

OVERDUE = "8"
"""A bill whose number ends in this and one more digit is overdue, the others are due in a week."""
PREPAID = "88"
"""Numbers of prepaid meters begin so: their customers choose what is paid."""
PREPAID_LEAST, PREPAID_MOST = 1_000, 50_000

_COLUMNS = "soid, tid, offer, kind, amount, price, plan, state, turn, heard, told, sale, body, at"
_HUSHED = tuple(digits for digits, plan in PLANS.items() if plan.silent)
_WAITING = "turn <> '' AND told = 0"


@dataclass(slots=True)
class _Order:
    """One order as the provider has it. `turn`: when something becomes of it, ISO; empty: nothing will.

    `body` is what it was quoted for, by a hash of the question, and `at` when it was done.
    """

    soid: str
    tid: str
    offer: str
    kind: str
    amount: int
    price: int
    plan: str
    state: str
    turn: str
    heard: int
    told: int
    sale: str
    body: str
    at: str


class Providers:
    """All within the store's open transaction. `answer` says what to tell at once, `due` what time has brought."""

    def __init__(self, store: CloudStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def answer(self, request: Request) -> list[Response]:
        """Nothing, where the request or its answer is lost by plan."""
        try:
            match request.type:
                case wire.QUOTE:
                    out = self._quote(request.tid, wire.ServiceQuoteArgs.model_validate(request.args))
                    return [Response(tid=request.tid, cid=request.cid, ok=True, state="quoted", out=out)]
                case wire.SUBMIT:
                    return self._submit(request, wire.ServiceSubmitArgs.model_validate(request.args))
                case _:
                    return [self._about(request, wire.ServiceOrderArgs.model_validate(request.args).soid)]
        except ValidationError as error:
            return [_refused(request, invalid(error, where=request.type))]
        except WireError as error:
            return [_refused(request, error)]

    def due(self) -> tuple[list[Response], list[tuple[str, dict[str, Any]]]]:
        """Ends that time has brought and that nobody was told of; and (terminal, news) of providers that say
        otherwise after an end, which is a command (`service.changed`).
        """
        found = self._store.rows(
            f"SELECT {_COLUMNS} FROM service WHERE {_WAITING} AND turn <= ? ORDER BY turn", (self._now(),)
        )
        said: list[Response] = []
        news: list[tuple[str, dict[str, Any]]] = []
        for order in (_Order(*row) for row in found):
            had_end = order.state in FINAL
            self._settle(order)
            if had_end:
                told = _told(order, order.soid)
                news.append((order.tid, {**(told.out or {}), "state": order.state}))
            elif order.state in FINAL and order.plan not in _HUSHED:
                said += [_told(order, order.soid)] * (2 if _plan(order).echo else 1)
            self._keep(order)
        return said, news

    def next_turn_s(self) -> float | None:
        """Seconds until something is due; None: nothing is."""
        ((turn,),) = self._store.rows(f"SELECT min(turn) FROM service WHERE {_WAITING}")
        until = inf if turn is None else (datetime.fromisoformat(turn) - self._clock.wall()).total_seconds()
        return None if until == inf else max(0.0, until)

    # --- quoted ----------------------------------------------------------------------------------------------------

    def offer(self, tid: str, wanted: wire.ServiceQuoteArgs, *, name: str = "") -> dict[str, Any]:
        """Arguments of service.offer for what somebody ordered elsewhere, to be paid at the terminal `tid`; `name` of
        goods. Raises WireError where nobody quotes it.
        """
        out = self._quote(tid, wanted)
        if "price" not in out:
            raise WireError("schema.invalid", "a prepaid meter is charged with an amount", where="amt")
        if wanted.kind == ServiceKind.ORDER:
            slot = {"slot": out["slots"][0]} if out.get("slots") else {}
            goods = {"barcode": wanted.ref or "", "qty": wanted.qty or 1} | slot
            return out | goods | ({"name": name} if name else {})
        return out | (
            {"subject": masked_number(wanted.ref)} if wanted.ref and wanted.kind != ServiceKind.TRAVEL else {}
        )

    def _quote(self, tid: str, args: wire.ServiceQuoteArgs) -> dict[str, Any]:
        body = compact({"offer": args.offer, "kind": args.kind, "ref": _mark(args.ref), "amt": args.amt}
                       | ({"qty": args.qty} if args.qty is not None else {}))  # fmt: skip
        known = self._find(args.soid, tid)
        if known is not None and known.body.partition("\n")[0] != body:
            raise WireError("service.conflict", "another order under the same id", where=args.soid)
        if known is not None:
            return _quoted(known)
        digits = (re.findall(r"[0-9]", args.ref or "") or ["0"])[-2:]
        plan = "".join(digits)
        if code := PLANS.get(plan, USUAL).refuses:
            raise WireError(code, "no provider takes this number")
        if (limits := _open(args)) is not None:
            return limits
        out = self._priced(args, plan)
        self._keep(_Order(
            args.soid, tid, args.offer, args.kind, out["amt"], out["price"], plan, "quoted", "", 0, 0, "",
            f"{body}\n{compact(out)}", "",
        ))  # fmt: skip
        return out

    def _priced(self, args: wire.ServiceQuoteArgs, plan: str) -> dict[str, Any]:
        """A phone is charged with what it costs; a bill is of so much; a journey is what the customer's app said."""
        today = self._today()
        out: dict[str, Any] = {"soid": args.soid, "offer": args.offer, "cur": CURRENCY, "valid_s": VALID_S}
        if args.amt is not None:
            return out | {"amt": args.amt, "price": args.amt}
        if args.kind == ServiceKind.ORDER:
            return out | priced(args.ref or "", args.qty or 1, today)
        amount = 1_000 + 10 * int(plan or "0")
        if args.kind == ServiceKind.TRAVEL:
            until = self._now(CUT_OFF_S)
            back = {"fee": amount * CANCEL_FEE_PERCENT // 100, "until": until}
            return out | {"amt": amount, "price": amount} | back | booked(args.ref or "", today, ZONE)
        due = today + timedelta(days=-3 if plan.startswith(OVERDUE) else 7)
        return out | {"amt": amount, "price": amount, "due": due.isoformat(), "lines": ["户名 *明"]}

    # --- carried out -----------------------------------------------------------------------------------------------

    def _submit(self, request: Request, args: wire.ServiceSubmitArgs) -> list[Response]:
        order = self._find(args.soid, request.tid)
        if order is None:
            raise WireError("service.conflict", "this order was never quoted", where=args.soid)
        if (order.price, CURRENCY) != (args.price, args.cur) or order.sale not in ("", args.sale or ""):
            raise WireError("service.conflict", "another price or sale under the same id", where=args.soid)
        slots = _quoted(order).get("slots")
        if args.slot is not None and args.slot not in (slots if isinstance(slots, list) else ()):
            raise WireError("service.conflict", "nobody quoted this day", where=args.soid)
        plan = _plan(order)
        order.heard += 1
        if order.heard <= plan.deaf:
            self._keep(order)
            return []
        if order.state == "quoted":
            order.state, order.sale = plan.first, args.sale or ""
            order.turn = self._now(plan.after_s) if plan.outcome else ""
        self._settle(order)
        self._keep(order)
        return [] if plan.silent else [_told(order, request.cid)]

    def _about(self, request: Request, soid: str) -> Response:
        order = self._find(soid, request.tid)
        if order is None:
            # It never came, and whatever comes now is too late: an end, so that the box can have one.
            order = _Order(soid, request.tid, "", "", 0, 0, "", "failed", "", 0, 1, "", "", "")
        self._settle(order)
        if request.type == wire.CANCEL and order.state == "completed" and self._may_cancel(order):
            order.state, order.turn = "cancelled", ""
        self._keep(order)
        return _told(order, request.cid)

    def _may_cancel(self, order: _Order) -> bool:
        """Journeys until the cut-off, goods until they are sent, and again once they are late; a phone that is charged
        cannot be emptied again.
        """
        comes_on = _comes_on(order)
        if comes_on is not None and comes_on < self._today():
            return True
        ends = datetime.fromisoformat(order.at) + timedelta(seconds=CUT_OFF_S) if order.at else self._clock.wall()
        if until := _quoted(order).get("until"):
            ends = datetime.fromisoformat(until)
        return order.kind in (ServiceKind.TRAVEL, ServiceKind.ORDER) and self._clock.wall() < ends

    def _settle(self, order: _Order) -> None:
        """What time has brought: its end, or what its provider says instead later."""
        if not order.turn or order.turn > self._now():
            return
        plan = _plan(order)
        if order.state in FINAL:
            order.state, order.turn = plan.turns, ""
        else:
            order.state, order.at = plan.outcome, self._now()
            order.turn = self._turns_at(order, plan)
        order.told = int(not order.turn)

    def _turns_at(self, order: _Order, plan: Plan) -> str:
        """When its provider says otherwise; empty: it stays."""
        if plan.late_days:
            comes_on = _comes_on(order)
            if comes_on is None:
                return ""
            return iso_ms(datetime.combine(comes_on + timedelta(plan.late_days), time(9), ZONE).astimezone(UTC))
        return self._now(plan.turns_s) if plan.turns else ""

    def _today(self) -> date:
        return self._clock.wall().astimezone(ZONE).date()

    def _now(self, later_s: float = 0.0) -> str:
        return iso_ms(self._clock.wall() + timedelta(seconds=later_s))

    def _find(self, soid: str, tid: str) -> _Order | None:
        found = self._store.rows(f"SELECT {_COLUMNS} FROM service WHERE soid = ? AND tid = ?", (soid, tid))
        return _Order(*found[0]) if found else None

    def _keep(self, order: _Order) -> None:
        o = order
        self._store.run(
            f"INSERT OR REPLACE INTO service({_COLUMNS}) VALUES({', '.join('?' * 14)})",
            (o.soid, o.tid, o.offer, o.kind, o.amount, o.price, o.plan, o.state, o.turn, o.heard, o.told, o.sale,
             o.body, o.at),
        )  # fmt: skip


def _plan(order: _Order) -> Plan:
    return PLANS.get(order.plan, USUAL)


def _quoted(order: _Order) -> dict[str, Any]:
    """What was said of it when it was quoted."""
    return read_object(order.body.partition("\n")[2].encode()) if order.body else {}


def _comes_on(order: _Order) -> date | None:
    """Of goods."""
    eta = _quoted(order).get("eta")
    return date.fromisoformat(eta) if eta else None


def _open(args: wire.ServiceQuoteArgs) -> dict[str, Any] | None:
    """Between what and what a prepaid meter is charged; None: it is none, or the amount is named. Raises WireError for
    one that is not within.
    """
    if args.kind != ServiceKind.BILL or not (args.ref or "").startswith(PREPAID):
        return None
    if args.amt is None:
        return {"soid": args.soid, "offer": args.offer, "cur": CURRENCY, "min": PREPAID_LEAST, "max": PREPAID_MOST}
    if not PREPAID_LEAST <= args.amt <= PREPAID_MOST:
        raise WireError("quota.exceeded", "the meter is not charged with this", got=str(args.amt))
    return None


def _mark(ref: str | None) -> str:
    """What tells one number from another, so that none is kept."""
    return token_mark(ref) if ref else ""


def _told(order: _Order, cid: str) -> Response:
    """The order as it stands; of one that nobody quoted there is no price."""
    out: dict[str, object] = {"soid": order.soid}
    plan = _plan(order)
    if order.price:
        out |= {"price": order.price, "cur": CURRENCY}
    if order.state in ("completed", "reversed", "cancelled"):
        out["ref"] = f"T{order.soid[-12:]}"
    if order.state == "completed" and order.kind == ServiceKind.TRAVEL:
        out |= {"lines": shown_there(_quoted(order)), "ticket": f"TICKET:{order.soid}"}
    if order.state == "cancelled":
        out["fee"] = order.price * CANCEL_FEE_PERCENT // 100 if order.kind == ServiceKind.TRAVEL else 0
    if order.state == "failed":
        out["why"] = "late" if order.state == plan.turns else "declined"
    more = {} if order.state in FINAL else {"more": True}
    return Response.model_validate({"tid": order.tid, "cid": cid, "ok": True, "state": order.state, "out": out} | more)


def _refused(request: Request, error: WireError) -> Response:
    return Response(tid=request.tid, cid=request.cid, ok=False, err=fault(error.code, error.what))


def offered(
    store: CloudStore, tid: str, wanted: Mapping[str, Any], clock: Clock, chance: Random
) -> dict[str, Any]:  # fmt: skip
    """Arguments of service.offer, quoted and kept, for a question like that of a terminal: offer, kind, ref, amt, qty,
    and the `name` of goods. Raises WireError.
    """
    asked = {"soid": uuid7(clock.wall(), chance)} | {key: value for key, value in wanted.items() if key != "name"}
    try:
        question = wire.ServiceQuoteArgs.model_validate(asked)
    except ValidationError as error:
        raise invalid(error, where=wire.OFFER) from error
    return Providers(store, clock).offer(tid, question, name=str(wanted.get("name", "")))
