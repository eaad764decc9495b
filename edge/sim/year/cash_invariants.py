"""What must hold of cash for others: of each row as it comes, and at rest between till, lender, bank and people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from edge.sim.year.box import TID
from edge.sim.year.cash_books import LOAN, NOTE, TOLD_OF_CASH, Lent, end_of_loan
from edge.sim.year.cloud import Promised
from edge.sim.year.witness import Witness

_ENDED = frozenset(("disbursed", "paid_out", "declined", "expired", "cancelled"))
_UNANSWERED = ("offered", "accepted", "approved", "expired", "cancelled", "declined")
"""What a lender may have who told it in an answer that was lost, or was asked no more."""
_AGREES = {
    "paid_out": ("paying",),
    "disbursed": ("disbursed",),
    "declined": ("declined",),
    "cancelled": _UNANSWERED,
    "expired": (*_UNANSWERED, "paying"),
}
"""By the end of a loan here, what its lender may have. An authorisation that was used, and not paid, runs out here."""


def cash_for_others_adds_up(seen: Witness) -> Iterator[str]:
    """A loan moves as its table of states allows, is paid for what was authorised, and no token is paid twice; a slip
    of the bank is noted once, for what was on it, within what the bank allows on a day; the drawer opens for a loan at
    most as often as one was authorised.
    """
    for row in seen.new:
        if row.type == "drawer.opened" and json.loads(row.body)["why"] == "loan_out":
            yield from seen.books.loans.open_drawer()
        if row.type not in TOLD_OF_CASH:
            continue
        data = json.loads(row.body)
        if row.type == NOTE:
            yield from seen.books.notes.enter(data)
            if (shown := seen.services.slips.get(data["slip"])) != (data["way"], data["amt"]):
                yield f"slip {data['slip']} is noted for {data['amt']} fen {data['way']}, shown was {shown}"
            seen.services.ends["bank_note", "success"] += 1
            continue
        before = seen.books.loans.loans.get(data["soid"], Lent())
        yield from seen.books.loans.enter(data)
        if (end := end_of_loan(before.state, data)) is not None:
            seen.services.ends["loan", end] += 1
        seen.deeds["power cuts over cash of a loan"] += (data["state"], data["why"]) == ("unknown", "power")


def every_loan_has_its_end(seen: Witness) -> Iterator[str]:
    """None is forgotten on its way, and of none it is unknown whether its cash changed hands."""
    for soid, loan in seen.books.loans.loans.items():
        if loan.state not in _ENDED:
            yield f"loan {soid} is {loan.state}"


def cash_of_loans_is_what_changed_hands(seen: Witness) -> Iterator[str]:
    """Booked as paid out is what a customer has, and nothing else: people say what they did. A box that was restored
    from a copy forgot.
    """
    loans, handed = seen.books.loans.loans, seen.services.handed
    for soid in loans.keys() | handed:
        if soid in seen.services.forgotten:
            continue
        state = loans.get(soid, Lent()).state
        if (state == "paid_out") != handed.get(soid, False):
            yield f"loan {soid} is {state}, its customer has {'the' if handed.get(soid) else 'no'} cash"


def lender_and_till_agree(seen: Witness) -> Iterator[str]:
    """Both say the same of how a loan ended, and for how much: what was paid out the lender had authorised for this
    till, what the lender paid into a wallet is so here.
    """
    promised = {one.soid: one for one in seen.cloud.loans()}
    for soid, loan in seen.books.loans.loans.items():
        one = promised.pop(soid, None)
        if soid not in seen.services.forgotten:
            yield from _agree(soid, loan, one)
    for soid, one in promised.items():
        if one.state in ("paying", "disbursed") and soid not in seen.services.forgotten:
            yield f"the lender has {one}, the journal no such loan"


def _agree(soid: str, loan: Lent, one: Promised | None) -> Iterator[str]:
    if one is None:
        if loan.state in ("paid_out", "disbursed"):
            yield f"loan {soid} is {loan.state}, its lender never heard of it"
    elif loan.state in _ENDED and one.state not in _AGREES[loan.state]:
        yield f"loan {soid} is {loan.state}, its lender has {one}"
    elif loan.amount and loan.amount != one.amount:
        yield f"loan {soid} is of {loan.amount} fen, its lender has {one}"


def cash_for_others_is_in_its_tables(seen: Witness) -> Iterator[str]:
    """The ledger's tables say what the journal says; what is over may be forgotten in time."""
    loans, notes = seen.books.loans.loans, seen.books.notes.notes
    for soid, state, way, fen in seen.rows("SELECT id, state, way, amount FROM loan"):
        loan = loans.get(soid)
        if loan is None or (loan.state, loan.way, loan.amount) != (state, way, fen):
            yield f"loan {soid} is {state} for {fen} fen in its table, {loan} in the journal"
    kept = {soid for (soid,) in seen.rows("SELECT id FROM loan")}
    for soid, loan in loans.items():
        if soid not in kept and loan.state not in _ENDED:
            yield f"loan {soid} is {loan.state}, and not in its table"
    for service, slip, way, fen in seen.rows("SELECT offer, slip, way, amount FROM agent_note"):
        if notes.get((service, slip)) != (way, fen):
            yield f"slip {slip} is noted for {fen} fen {way} in its table, {notes.get((service, slip))} in the journal"


def each_slip_of_the_bank_is_noted_once(seen: Witness) -> Iterator[str]:
    """By what the cloud was told, in all pasts of the box."""
    told = [row.data for row in seen.cloud.report.rows(TID, "tx") if row.type == NOTE]
    for (service, slip), count in Counter((note["service"], note["slip"]) for note in told).items():
        if count > 1:
            yield f"slip {slip} of {service} is in the cloud {count} times"


def no_token_is_paid_out_twice(seen: Witness) -> Iterator[str]:
    """Nor that, by what the cloud was told. Of a loan whose doubt a restored box has forgotten to be settled, a person
    says the same once more: it is one loan still.
    """
    told = [row.data for row in seen.cloud.report.rows(TID, "tx") if row.type == LOAN]
    paid = [loan for loan in told if loan["state"] == "paid_out"]
    again = {loan["soid"] for loan in paid} & seen.services.forgotten.keys()
    once = [loan["mark"] for loan in paid if loan["soid"] not in again]
    once += {loan["soid"]: loan["mark"] for loan in paid if loan["soid"] in again}.values()
    for mark, count in Counter(once).items():
        if count > 1:
            yield f"the token {mark} is paid out {count} times in the cloud"
