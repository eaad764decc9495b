"""What a till took since its shift or its day began: sums by kind of record and by method of payment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from edge.model.money import Fen

SALE, ROUNDING, DISCOUNT, PAID, BACK = "sale", "rounding", "disc", "pay.", "back."
REFUND, VOID = "refund", "void"
TAB_REPAID, NO_RECEIPT = "tab_repaid", "no_receipt"
SERVICES, SERVICES_BACK = "svc", "svc_back"
PAID_IN, PAID_OUT, OVER_SHORT = "pay_in", "pay_out", "over_short"
TILL_IN = PAID_IN, AGENT_IN = PAID_IN, "agent_in"
TILL_OUT = PAID_OUT, AGENT_OUT, LOAN_OUT = PAID_OUT, "agent_out", "loan_out"
NO_SALE, CANCELLED, EXPIRED = "no_sale", "cancelled", "expired"
VERIFIED = "verified"
PARCEL_SIDES = STORED, COLLECTED, RETURNED, HANDED_OVER = "stored.", "collected.", "returned.", "handed_over."
"""What is summed. SALE is what was to be paid for goods and services, SERVICES what of it was for service orders,
SERVICES_BACK what of the refunds was for them, TAB_REPAID what customers paid back on their tabs, NO_RECEIPT
what of the refunds had no receipt, DISCOUNT what had come off before, VERIFIED what of the other payments a notice of
the cloud has confirmed. TILL_IN and TILL_OUT are cash that no sale explains: put in or taken out, against slips of the
bank's terminal, and to those to whom a lender lends. PAID and BACK stand before a method
as the wire spells it: pay.cash, back.wechat. The sides of a parcel stand before the id of its carrier, without money:
stored.SF.
"""
CASH, TAB, OTHER = "cash", "tab", "external_unverified"

Sum = tuple[str, int, int]
"""(what, how many times, fen): what a record adds, or what all of them come to."""


@dataclass(frozen=True, slots=True)
class Takings:
    """One sum for each thing that happened; what did not happen is not in it."""

    sums: tuple[Sum, ...] = ()

    def times(self, what: str) -> int:
        return next((times for key, times, _ in self.sums if key == what), 0)

    def fen(self, what: str) -> Fen:
        return Fen(next((fen for key, _, fen in self.sums if key == what), 0))

    def methods(self, side: str) -> Iterator[Sum]:
        """Of PAID or BACK: (method, times, fen), cash first."""
        found = [(key.removeprefix(side), times, fen) for key, times, fen in self.sums if key.startswith(side)]
        yield from sorted(found, key=lambda method: (method[0] != CASH, method[0]))

    @property
    def carriers(self) -> tuple[str, ...]:
        """Ids of those whose parcels were moved, in their order."""
        sides = [(key, side) for key, _, _ in self.sums for side in PARCEL_SIDES if key.startswith(side)]
        return tuple(sorted({key.removeprefix(side) for key, side in sides}))

    @property
    def owed(self) -> Fen:
        """On tabs, and not paid."""
        return Fen(self.fen(PAID + TAB) - self.fen(BACK + TAB))

    @property
    def net(self) -> Fen:
        """What was paid less what was given back, but what is owed. Below zero where more came back than was sold."""
        paid, back = (sum(fen for _, _, fen in self.methods(side)) for side in (PAID, BACK))
        return Fen(paid - back - self.owed)

    @property
    def cash(self) -> Fen:
        """What they changed in the drawer."""
        sold, back = self.fen(PAID + CASH), self.fen(BACK + CASH)
        beside = sum(self.fen(what) for what in TILL_IN) - sum(self.fen(what) for what in TILL_OUT)
        return Fen(sold - back + beside)


def added(sums: Iterable[Sum]) -> Takings:
    """One takings of many sums, in the order of their names."""
    total: dict[str, tuple[int, int]] = {}
    for what, times, fen in sums:
        before = total.get(what, (0, 0))
        total[what] = (before[0] + times, before[1] + fen)
    return Takings(tuple((what, *total[what]) for what in sorted(total)))
