"""What must hold of money that is no cash: of each row as it comes, and between journal and provider at rest."""

from __future__ import annotations

import json
from collections.abc import Iterator

from edge.model.item import is_goods
from edge.sim.year.money_books import PAID, TOLD_OF_MONEY
from edge.sim.year.service_books import TOLD_OF_SERVICES, count_end
from edge.sim.year.witness import Witness, milli

_TOLD = TOLD_OF_MONEY | TOLD_OF_SERVICES


def payments_and_refunds_add_up(seen: Witness) -> Iterator[str]:
    """An end stays an end; one payment at a time; each wallet tender has its approved payment, and none two; what goes
    back of a sale is never more than was sold and paid, and in all exactly that. A service is paid by one sale at its
    price, before it is asked for, and goes back once.
    """
    for row in seen.new:
        if row.type not in _TOLD:
            continue
        data = json.loads(row.body)
        if row.type in TOLD_OF_SERVICES:
            yield from seen.books.services.enter(row.type, row.id, data)
            count_end(seen.services.ends, row.type, data)
        if row.type in TOLD_OF_MONEY:
            yield from seen.books.money.enter(row.type, row.id, data, fee=seen.books.services.fee_of(data))
            seen.deeds["unknown payments"] += row.type == "payment.changed" and data["state"] == "unknown"
            if row.type in ("sale.refunded", "sale.voided"):
                seen.deeds["post-voids" if row.type == "sale.voided" else "refunds"] += 1
                seen.totals.setdefault(data["receipt"], []).append("")
                sold_on = seen.books.sale_days.get(data["of"], data["bday"])
                for line in data["lines"]:
                    if is_goods(line["sku"]):
                        seen.books.sold[line["sku"]] -= milli(line["qty"])
                        seen.books.sold_on[line["sku"], sold_on] -= milli(line["qty"])


def practice_is_no_sale(seen: Witness) -> Iterator[str]:
    """Nothing of it is booked: stock, takings and tenders are held against the journal's sales, where it is not."""
    for row in seen.new:
        if row.type in ("sale.completed", "sale.cancelled") and row.id in seen.practised:
            yield f"practice {row.id} is in the journal as {row.type}"


def every_charge_has_its_sale(seen: Witness) -> Iterator[str]:
    """What a provider holds pays exactly one sale, and each wallet tender is held; what went back is the same in both.

    A box that was restored from a copy forgot what it asked for since: that charge may belong to a sale of its lost
    past, or to a payment that was unpaid there, whose money came since: this box knows of nothing that it could give
    back, and says that no sale matches. What went back of it may be in no journal. Nothing else is excused.
    """
    charges = {charge.pid: charge for charge in seen.cloud.charges()}
    money = seen.books.money
    known = seen.payments()
    for pid, charge in charges.items():
        held = charge.amount - charge.refunded if charge.state == "approved" else 0
        lost = pid in seen.forgotten and (pid in seen.ever_charged or seen.forgotten[pid] not in PAID)
        if held and pid not in money.charged and not lost:
            yield f"payment {pid}: {held} fen are charged and pay no sale, the box says {known.get(pid)}"
        if pid in money.charged and charge.refunded != money.wallet_back[pid] and pid not in seen.forgotten:
            yield f"payment {pid}: {charge.refunded} fen went back, the journal has {money.wallet_back[pid]}"
    for pid, (sale, fen) in money.charged.items():
        charge_of = charges.get(pid)
        if charge_of is None or (charge_of.state, charge_of.amount) != ("approved", fen):
            yield f"sale {sale} has {fen} fen of payment {pid}, its provider {charge_of}"


def every_payment_has_an_end(seen: Witness) -> Iterator[str]:
    """Once the network has been well for hours, none is open, no refund is on its way, and no sale waits for one."""
    for pid, (state, *_) in seen.payments().items():
        if state not in ("approved", "declined", "cancelled", "partially_refunded", "refunded"):
            yield f"payment {pid} is {state}"
    for (refund,) in seen.rows("SELECT id FROM payment_refund WHERE state = 'sent'"):
        yield f"refund {refund} is on its way"
    for (refund,) in seen.rows("SELECT id FROM refund_pending"):
        yield f"refund {refund} waits for its money"
