"""What must hold of service orders when all is at rest: between the ledger, the journal and their providers."""

from __future__ import annotations

from collections.abc import Iterator

from edge.reference_cloud.providers import PLANS
from edge.sim.year.cloud import Served
from edge.sim.year.service_books import Line, Order
from edge.sim.year.witness import Witness
from edge.store.licences import licences_on_disk

NEVER = "94"
"""The plan of a provider that knows nothing for ever."""
ASKED_WITHIN_S = 5 * 3600.0
"""An order without an end was asked about since: questions are ten minutes apart, and time goes in strides."""
_DONE = frozenset(("completed", "reversed", "cancelled"))
"""A provider carried it out, whatever became of that later."""
_AGREES = {
    "quoted": ("quoted", "expired", "cancelled"),
    "unknown": ("unknown",),
    "completed": ("completed",),
    "failed": ("failed", "refunded"),
    "reversed": ("reversed", "failed", "refunded", "completed"),
    "cancelled": ("cancelled_refunded", "cancelling"),
}
"""By what its provider has, what the ledger may have. That it was undone is told once, on a line that can lose it."""
_CONTRADICTED = ("failed", "refunded", "reversed")
"""Of a provider that says no, and yes later: money that went back is not taken again; a no that is late is for the
owner to see to.
"""
_CROSSED = ("cancelled_refunded",)
"""Of goods that their provider gave up while their customer asked to be free of them: all of the money went back."""
_PAID = frozenset(("paid", "submitted", "unknown", "completed", "failed", "refunded", "cancelling",
                   "cancelled_refunded", "reversed"))  # fmt: skip


def every_service_has_its_end(seen: Witness) -> Iterator[str]:
    """No paid order is forgotten: it has an end, or its provider knows none and was asked a while ago; or cash waits
    for whoever shows the slip.
    """
    served = {one.soid: one for one in seen.cloud.services()}
    for soid, order in seen.books.services.orders.items():
        if order.state in ("paid", "submitted"):
            yield f"order {soid} is {order.state}"
        if order.state in ("unknown", "cancelling") and seen.cloud.asked_ago_s(soid) > ASKED_WITHIN_S:
            yield f"order {soid} is {order.state}, and nobody asks about it"
        if order.state == "unknown" and (soid not in served or served[soid].plan != NEVER):
            yield f"order {soid} is unknown, its provider has {served.get(soid)}"
        if order.state in ("failed", "cancelling") and not _waits_for_cash(order, seen):
            yield f"order {soid} is {order.state}, it was paid by a wallet: {seen.books.money.sales.get(order.sale)}"


def every_service_is_paid_once(seen: Witness) -> Iterator[str]:
    """What a provider did is paid by one line of one sale, at its price, and held for that sale; what is paid was asked
    for; and both say the same of how it ended. A box that was restored from a copy forgot what it asked for.
    """
    books = seen.books.services
    served = {one.soid: one for one in seen.cloud.services()}
    for soid, one in served.items():
        if soid not in seen.services.forgotten:
            yield from _agree(one, books.orders.get(soid), books.lines.get(soid))
    for soid, line in books.lines.items():
        order = books.orders.get(soid)
        if soid not in served:
            yield f"order {soid} is paid by {line.sale}, its provider never heard of it"
        if order is None or order.state not in _PAID or order.sale != line.sale:
            yield f"sale {line.sale} paid {line.fen} fen for order {soid}, which is {order}"


def _agree(one: Served, order: Order | None, line: Line | None) -> Iterator[str]:
    if order is None:
        if one.state != "quoted":
            yield f"its provider has {one}, the journal no such order"
        return
    if one.state in _DONE and (line is None or (line.sale, line.fen) != (one.sale, one.price)):
        yield f"order {one.soid} was done for {one.price} fen of sale {one.sale}, its line is {line}"
    turned = PLANS[one.plan].turns == one.state if one.plan in PLANS else False
    crossed = one.kind == "order" and one.state == "reversed"
    agrees = _AGREES.get(one.state, ()) + (_CONTRADICTED if turned else ()) + (_CROSSED if crossed else ())
    if order.state not in agrees:
        yield f"order {one.soid} is {order.state}, its provider has {one}"


def money_of_services_goes_back_once(seen: Witness) -> Iterator[str]:
    """Of what was not done all of it, of what was taken back all but the fee, as its row says; of anything else
    nothing, but what the owner gave back since its provider undid it.
    """
    books = seen.books.services
    for soid, order in books.orders.items():
        line, (_, back) = books.lines.get(soid), books.refunds.get(soid, ("", 0))
        if order.state in ("refunded", "cancelled_refunded"):
            if line is None or not line.is_back(back, fee=order.fee):
                yield f"order {soid}: {back} fen went back, paid were {line}, it is {order}"
            if order.back != back:
                yield f"order {soid}: {back} fen went back, its row says {order.back}"
        elif back and order.state != "reversed":
            yield f"order {soid}: {back} fen went back, it is {order}"


def services_are_in_their_table(seen: Witness) -> Iterator[str]:
    """The ledger's table says what the journal says; what is over may be forgotten in time."""
    orders = seen.books.services.orders
    for soid, price, state, sale in seen.rows("SELECT id, price, state, sale FROM service_order"):
        order = orders.get(soid)
        if order is None or (order.price, order.state, order.sale) != (price, state, sale):
            yield f"order {soid} is {state} for {price} fen by {sale} in its table, {order} in the journal"
    kept = {soid for (soid,) in seen.rows("SELECT id FROM service_order")}
    for soid, order in orders.items():
        if soid not in kept and order.state in ("quoted", "paid", "submitted", "unknown", "cancelling", "failed"):
            yield f"order {soid} is {order.state}, and not in its table"


def licences_are_the_newest(seen: Witness) -> Iterator[str]:
    """What each platform said last is what the shop goes by."""
    kept = licences_on_disk(seen.box.folder / "documents")
    for platform, signed in seen.cloud.licences().items():
        if platform not in kept or kept[platform].signed != signed:
            yield f"the licence of {platform} is not the newest one"


def _waits_for_cash(order: Order, seen: Witness) -> bool:
    """Whether some of its sale was paid in cash, or on the shop's own code: a person gives that."""
    sale = seen.books.money.sales.get(order.sale)
    return sale is None or sum(sale.wallets.values()) < sale.amount
