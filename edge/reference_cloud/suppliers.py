"""A model of the suppliers behind this cloud: who takes an order, who changes it, who refuses it, and when it leaves.

The packs of an order's first line are what becomes of it (PLANS). An order is known by terminal and `po`: placed twice
it is one, and one that was cancelled before it came stays cancelled. `rev` counts what became of it, so that a terminal
knows news that it has heard. What time brings is told as purchase.changed, and to whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from edge.clock import Clock, iso_ms
from edge.codec import wire_purchase as wire
from edge.codec.json_text import compact, read_object
from edge.codec.s10 import s10_check
from edge.codec.wire import invalid
from edge.codec.wire_down import Response
from edge.codec.wire_term import fault
from edge.codec.wire_up import Request
from edge.errors import WireError
from edge.reference_cloud.store import CloudStore

KINDS = (wire.PLACE, wire.CANCEL, wire.QUERY)
NEWS_TTL_S = 7 * 86_400
"""A shop may be without a network for days."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`outcome` after `answers_s`, then shipped after `ships_s` more. `deaf`: so many requests are lost on the way.

    `packs` in hundredths of what was ordered, `cost` in hundredths of what was asked, where it is changed.
    """

    outcome: str = "accepted"
    answers_s: float = 2.0
    ships_s: float = 60.0
    deaf: int = 0
    packs: int = 100
    cost: int = 100
    why: str = ""


USUAL = Plan()
PLANS: Mapping[int, Plan] = MappingProxyType(
    {
        91: Plan("changed", packs=50, why="short of stock"),
        92: Plan("rejected", why="not delivered here"),
        93: Plan(answers_s=0.0, ships_s=0.0),
        94: Plan(answers_s=3_600.0),
        95: Plan(deaf=2),
        96: Plan("changed", cost=110, why="dearer now"),
        97: Plan("changed", packs=0, why="sold out"),
    }
)
"""By the packs of the first line: 91 half of it, 92 refused, 93 shipped at once, 94 an answer after an hour, 95 two
requests are lost, 96 a tenth dearer, 97 not delivered at all. All others are taken, and leave after a minute."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """Delivery is free from `free_from` fen on; `number` is what its parcels are called."""

    free_from: int
    fee: int
    prefix: str


TARIFFS: Mapping[str, Tariff] = MappingProxyType(
    {
        "LST": Tariff(28_800, 1_500, "YT75"),
        "JD_SUPPLY": Tariff(39_900, 2_000, "JDX"),
        "ULE": Tariff(20_000, 800, "RA"),
    }
)
"""By the supplier's id; any other delivers as the terminal reckons."""


@dataclass(frozen=True, slots=True)
class _Order:
    tid: str
    po: str
    n: int
    supplier: str
    plan: int
    agrees: int
    body: str
    state: str
    rev: int
    news: str
    turn: str
    heard: int

    @property
    def told(self) -> dict[str, Any]:
        return {"po": self.po, "rev": self.rev, "state": self.state} | read_object(self.news.encode())


_COLUMNS = "tid, po, n, supplier, plan, agrees, body, state, rev, news, turn, heard"


class Suppliers:
    """All within the store's open transaction."""

    def __init__(self, store: CloudStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def answer(self, request: Request) -> list[Response]:
        """Nothing, where the request is lost by plan."""
        try:
            if request.type == wire.PLACE:
                return self._place(request, wire.PlaceArgs.model_validate(request.args))
            return self._about(request, wire.PurchaseArgs.model_validate(request.args).po)
        except ValidationError as error:
            return [_refused(request, invalid(error, where=request.type))]
        except WireError as error:
            return [_refused(request, error)]

    def due(self) -> list[tuple[str, dict[str, Any]]]:
        """(terminal, news) that time has brought."""
        rows = self._store.rows(
            f"SELECT {_COLUMNS} FROM supplier_order WHERE turn <> '' AND turn <= ? ORDER BY turn", (self._now(),)
        )
        return [(order.tid, self._settled(order).told) for order in (_Order(*row) for row in rows)]

    def orders(self, tid: str) -> list[dict[str, Any]]:
        """All that were placed or withdrawn, as they are told."""
        return [order.told for order in self._all(tid)]

    def placed(self, tid: str) -> list[dict[str, Any]]:
        """What was ordered, as it was placed, in the order in which it came."""
        return [read_object(order.body.encode()) for order in self._all(tid) if order.body]

    def _all(self, tid: str) -> Iterator[_Order]:
        rows = self._store.rows(f"SELECT {_COLUMNS} FROM supplier_order WHERE tid = ? ORDER BY n", (tid,))
        return (_Order(*row) for row in rows)

    # --- what is asked ---------------------------------------------------------------------------------------------

    def _place(self, request: Request, args: wire.PlaceArgs) -> list[Response]:
        if sum(line.cost * line.packs for line in args.lines) + args.fee != args.total:
            raise WireError("schema.invalid", "the sum of the lines and the fee is another one")
        body = compact(args.model_dump(mode="json", exclude={"agrees"}))
        order = self._find(request.tid, args.po) or self._new(request.tid, args, body)
        order = self._keep(replace(order, heard=order.heard + 1))
        if order.heard <= _plan(order).deaf:
            return []
        if order.state == "":
            order = self._keep(replace(order, state="placed", rev=1, turn=self._now(_plan(order).answers_s)))
        elif order.state == "changed" and args.agrees == order.rev:
            order = self._keep(
                replace(order, agrees=args.agrees, body=body, state="accepted", rev=order.rev + 1, news="{}",
                        turn=self._now(_plan(order).ships_s))
            )  # fmt: skip
        elif args.agrees == order.agrees and order.body and body != order.body:
            raise WireError("schema.invalid", "another order was placed under this id", where=args.po)
        return [_told(self._now_due(order), request.cid)]

    def _new(self, tid: str, args: wire.PlaceArgs, body: str) -> _Order:
        ((n,),) = self._store.rows("SELECT count(*) FROM supplier_order")
        return _Order(tid, args.po, n + 1, args.supplier, args.lines[0].packs, args.agrees, body, "", 0, "{}", "", 0)

    def _about(self, request: Request, po: str) -> list[Response]:
        order = self._find(request.tid, po)
        never_came = order is None or (order.state == "" and order.heard <= _plan(order).deaf)
        if request.type == wire.QUERY and never_came:
            raise WireError("auth.denied", "nobody placed this order")
        if order is None or never_came:
            ((n,),) = self._store.rows("SELECT count(*) FROM supplier_order")
            order = _Order(request.tid, po, n + 1, "", 0, 0, "", "cancelled", 1, "{}", "", 0)
            return [_told(self._keep(order), request.cid)]
        order = self._now_due(order)
        if request.type == wire.CANCEL and order.state in ("placed", "changed"):
            order = self._keep(replace(order, state="cancelled", rev=order.rev + 1, news="{}", turn=""))
        return [_told(order, request.cid)]

    # --- what time brings ------------------------------------------------------------------------------------------

    def _now_due(self, order: _Order) -> _Order:
        while order.turn and order.turn <= self._now():
            order = self._settled(order)
        return order

    def _settled(self, order: _Order) -> _Order:
        """One step further."""
        plan = _plan(order)
        if order.state == "accepted":
            news = {"waybills": [_waybill(order)]}
            return self._keep(replace(order, state="shipped", rev=order.rev + 1, news=compact(news), turn=""))
        outcome, told = plan.outcome, {"why": plan.why} if plan.why else {}
        if outcome == "accepted" and (wrong := _wrong_fee(order)) is not None:
            outcome, told = "changed", wrong
        elif outcome == "changed":
            told |= _changed(order, plan)
        turn = self._now(plan.ships_s) if outcome == "accepted" else ""
        return self._keep(replace(order, state=outcome, rev=order.rev + 1, news=compact(told), turn=turn))

    def _now(self, later_s: float = 0.0) -> str:
        return iso_ms(self._clock.wall() + timedelta(seconds=later_s))

    def _find(self, tid: str, po: str) -> _Order | None:
        rows = self._store.rows(f"SELECT {_COLUMNS} FROM supplier_order WHERE tid = ? AND po = ?", (tid, po))
        return _Order(*rows[0]) if rows else None

    def _keep(self, order: _Order) -> _Order:
        o = order
        self._store.run(
            f"INSERT OR REPLACE INTO supplier_order({_COLUMNS}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (o.tid, o.po, o.n, o.supplier, o.plan, o.agrees, o.body, o.state, o.rev, o.news, o.turn, o.heard),
        )
        return order


def _plan(order: _Order) -> Plan:
    return PLANS.get(order.plan, USUAL)


def _changed(order: _Order, plan: Plan) -> dict[str, Any]:
    """The lines that it would deliver: of the first other packs, all of them at another price."""
    args = wire.PlaceArgs.model_validate(read_object(order.body.encode()) | {"agrees": 0})
    lines = [line.model_dump(mode="json") for line in args.lines]
    for place, line in enumerate(lines):
        line["cost"] = line["cost"] * plan.cost // 100
        if place == 0:
            line["packs"] = line["packs"] * plan.packs // 100
    return {"lines": lines, "fee": _fee(order, sum(line["cost"] * line["packs"] for line in lines), args.fee)}


def _wrong_fee(order: _Order) -> dict[str, Any] | None:
    """The order at what its delivery costs; None: it has that already."""
    args = wire.PlaceArgs.model_validate(read_object(order.body.encode()) | {"agrees": 0})
    fee = _fee(order, args.total - args.fee, args.fee)
    if fee == args.fee:
        return None
    return {"lines": [line.model_dump(mode="json") for line in args.lines], "fee": fee, "why": "another delivery fee"}


def _fee(order: _Order, goods: int, asked: int) -> int:
    tariff = TARIFFS.get(order.supplier)
    if tariff is None:
        return asked
    return tariff.fee if goods and goods < tariff.free_from else 0


def _waybill(order: _Order) -> str:
    tariff = TARIFFS.get(order.supplier)
    prefix = tariff.prefix if tariff is not None else "YT75"
    if prefix == "RA":
        serial = f"{order.n % 10**8:08d}"
        return f"RA{serial}{s10_check(serial)}CN"
    return f"{prefix}{order.n:0{15 - len(prefix)}d}"


def _told(order: _Order, cid: str) -> Response:
    return Response(tid=order.tid, cid=cid, ok=True, out=order.told)


def _refused(request: Request, error: WireError) -> Response:
    return Response(tid=request.tid, cid=request.cid, ok=False, err=fault(error.code, error.what))
