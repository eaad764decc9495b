"""What spoils loans and bank notes in a simulated year, each with the sentence of the invariant that must see it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from edge.sim.year import cash_invariants as cash
from edge.sim.year import invariants as inv
from edge.sim.year.box import TID
from edge.sim.year.cash_books import Lent
from edge.sim.year.witness import _ROW, Row, Witness

SOID, MARK = "019aadf2-6e01-7c3e-9d51-6a1b2c3d4e5f", "0123456789abcdef"
LENT = Lent(MARK, "ALI_LOAN", "approved", "till", 200_000, "LN-1")
SLIP = {"service": "POST_AGENT", "slip": "00451234", "way": "out", "cur": "CNY", "amt": 50_000, "shift": "S",
        "bday": "2026-01-02", "till": "1"}  # fmt: skip


def lender_has(state: str) -> str:
    """A row of the cloud's lender."""
    row = (SOID, TID, MARK, "T", 200_000, state, 0, "", 0, "A")
    return f"INSERT INTO loan VALUES {row!r}"


def cloud_was_told(kind: str, body: dict[str, Any]) -> str:
    """Twice, in place of what it was told last."""
    newest = "(SELECT n FROM event NATURAL JOIN lane WHERE stream = 'tx' ORDER BY n DESC LIMIT 2)"
    return f"UPDATE event SET type = '{kind}', body = '{json.dumps(body)}' WHERE n IN {newest}"


class Lends:
    """As the journal would have told it; and whether the customer has the cash."""

    def __init__(self, state: str, *, handed: bool | None = None) -> None:
        self._loan, self._handed = replace(LENT, state=state), handed

    def __call__(self, seen: Witness) -> None:
        seen.books.loans.loans[SOID] = self._loan
        if self._handed is not None:
            seen.services.handed[SOID] = self._handed


class Moved:
    """A row of the journal comes, of a loan that `was` so before; `paid`: its token had been paid out."""

    def __init__(self, was: str, state: str, *, paid: bool = False, **body: Any) -> None:
        self._was, self._paid = was, paid
        self._body = {"soid": SOID, "service": "ALI_LOAN", "mark": MARK, "state": state, "why": "code", "way": "till",
                      "amt": 200_000, "ref": "LN-1"} | body  # fmt: skip

    def __call__(self, seen: Witness) -> None:
        Lends(self._was)(seen)
        if self._paid:
            seen.books.loans.paid[MARK] = "another"
        comes(seen, "service.loan", self._body)


class Noted:
    """Slips come, each of which differs so from SLIP."""

    def __init__(self, *differ: dict[str, Any], shown: bool = True) -> None:
        self._slips: list[dict[str, Any]] = [SLIP | more for more in differ]
        self._shown = shown

    def __call__(self, seen: Witness) -> None:
        if self._shown:
            seen.services.slips |= {slip["slip"]: (slip["way"], slip["amt"]) for slip in self._slips}
        comes(seen, "service.agent_note", *self._slips)


def comes(seen: Witness, kind: str, *bodies: dict[str, Any]) -> None:
    row = Row(*seen.rows(f"SELECT {_ROW} FROM journal WHERE n = 1")[0])
    seen.new = [replace(row, type=kind, body=json.dumps(body)) for body in bodies]


def open_the_drawer_for_a_loan(seen: Witness) -> None:
    comes(seen, "drawer.opened", {"why": "loan_out"})


add_up = cash.cash_for_others_adds_up
CASH_IN_BOOKS: tuple[tuple[inv.Check, Any, str], ...] = (
    (add_up, Moved("approved", "paid_out"), "was approved and is paid_out"),
    (add_up, Moved("paid_out", "paid_out"), "was paid_out and is paid_out"),
    (add_up, Moved("approved", "paying_out", amt=300_000), "was authorised as"),
    (add_up, Moved("approved", "paying_out", way="wallet"), "without an authorisation"),
    (add_up, Moved("approved", "expired", mark="f" * 16), "is Lent"),
    (add_up, Moved("paying_out", "paid_out", paid=True), "as another of the same token was"),
    (add_up, open_the_drawer_for_a_loan, "opened 1 times for loans, authorised were 0"),
    (add_up, Noted({}, {}), "is noted for .* and for"),
    (add_up, Noted({}, shown=False), "shown was None"),
    (add_up, Noted({"amt": 1_000_000}, {"amt": 10_000, "slip": "1"}), "POST_AGENT allows 1000000"),
    (inv.the_day_is_the_sum_of_its_rows, Noted({}), "is of shift S, open is"),
    (inv.the_day_is_the_sum_of_its_rows, Noted({"amt": 10**8}), "that is short of"),
    (cash.every_loan_has_its_end, Lends("unknown"), "is unknown"),
    (cash.cash_of_loans_is_what_changed_hands, Lends("paid_out"), "customer has no cash"),
    (cash.cash_of_loans_is_what_changed_hands, Lends("expired", handed=True), "customer has the cash"),
    (cash.lender_and_till_agree, Lends("paid_out"), "its lender never heard of it"),
    (cash.cash_for_others_is_in_its_tables, Lends("approved"), "and not in its table"),
)
CASH_IN_CLOUD: tuple[tuple[inv.Check, tuple[Any, ...], str, str], ...] = (
    (cash.lender_and_till_agree, (Lends("expired"),), lender_has("disbursed"), "is expired, its lender"),
    (cash.lender_and_till_agree, (Lends("paid_out"),), lender_has("expired"), "is paid_out, its lender"),
    (cash.lender_and_till_agree, (), lender_has("paying"), "the journal no such loan"),
    (
        cash.no_token_is_paid_out_twice, (),
        cloud_was_told("service.loan", {"soid": SOID, "mark": MARK, "state": "paid_out"}),
        "paid out 2 times in the cloud",
    ),
    (
        cash.each_slip_of_the_bank_is_noted_once, (), cloud_was_told("service.agent_note", SLIP),
        "is in the cloud 2 times",
    ),
)  # fmt: skip
