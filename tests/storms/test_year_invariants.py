"""Each invariant of the simulated year can fail: a calm day comes to rest, one thing is spoilt, its check says so."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from spoilt_apps import APPS_IN_BOOKS
from spoilt_cash import CASH_IN_BOOKS, CASH_IN_CLOUD
from spoilt_sending import SENDING_IN_BOOKS, SENDING_IN_LEDGER
from spoilt_services import IN_BOOKS, IN_CLOUD

from edge.codec.bodies import BODIES
from edge.sim.year import invariants as inv
from edge.sim.year import money_invariants as money
from edge.sim.year import post_invariants as post
from edge.sim.year import simulation
from edge.sim.year import stock_invariants as shelves
from edge.sim.year.box import TID
from edge.sim.year.faults import CALM
from edge.sim.year.money_books import Paid
from edge.sim.year.post import Thing
from edge.sim.year.receipts_seen import Printed
from edge.sim.year.simulation import Simulation
from edge.sim.year.witness import _ROW, Row, Violation, Witness

pytestmark = pytest.mark.chaos

Spoil = Callable[[Witness], None]


def in_ledger(sql: str) -> Spoil:
    return lambda seen: _run(seen.box.ledger_file, sql)


def in_cloud(sql: str) -> Spoil:
    return lambda seen: _run(seen.cloud.path, sql)


def _run(file: Path, sql: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute(sql).rowcount > 0, "nothing was spoilt"
        connection.commit()


def see_an_effect_too_early(seen: Witness) -> None:
    seen.wrong.append("it leaves before its commit")


def see_a_row_again(seen: Witness) -> None:
    seen.new = [Row(*seen.rows(f"SELECT {_ROW} FROM journal WHERE n = 1")[0])]


def see_a_report_of_something_else(seen: Witness) -> None:
    row = Row(*seen.rows(f"SELECT {_ROW} FROM journal WHERE n = 1")[0])
    seen.new = [replace(row, type="report.z", body=json.dumps(BODIES["report.z"].EXAMPLE))]


def see_a_strange_row_acknowledged(seen: Witness) -> None:
    seen.newly_acked = ["019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"]


def see_a_strange_receipt(seen: Witness) -> None:
    seen.newly_printed = [Printed("261123-1-9999", "1.00", True, True, True)]


def see_an_original_twice(seen: Witness) -> None:
    receipt = next(iter(seen.whole))
    seen.newly_printed = [Printed(receipt, "", True, True, True)]
    seen.originals[receipt] += 1


def spring_the_drawer(seen: Witness) -> None:
    seen.box.ware.drawer.pulse(seen.box.ware.drawer.pin)


def see_no_paper(seen: Witness) -> None:
    seen.whole.clear()


def see_a_payment_change_its_end(seen: Witness) -> None:
    seen.books.money.states[PID] = "declined"
    seen.new = [_payment_row(seen, "approved")]


def see_a_second_open_payment(seen: Witness) -> None:
    seen.books.money.open["S"] = "another"
    seen.new = [_payment_row(seen, "sent")]


PID = "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"


def _payment_row(seen: Witness, state: str) -> Row:
    row = Row(*seen.rows(f"SELECT {_ROW} FROM journal WHERE n = 1")[0])
    body = {"pid": PID, "sale": "S", "m": "alipay", "amt": 300, "state": state}
    return replace(row, type="payment.changed", body=json.dumps(body))


def see_a_refund(**change: object) -> Spoil:
    """Of a cash sale of two pieces for 600 fen, all of which comes back; `change`: what is wrong with it."""

    def spoil(seen: Witness) -> None:
        seen.books.money.sales["S"] = Paid("R", 600, {PID: 600}, {1: 2000}, {1: "cola"})
        line = {"n": 1, "sku": "cola", "qty": change.get("qty", "2"), "amt": change.get("amt", 600)}
        pay = {"m": change.get("m", "cash"), "amt": change.get("paid", 600), "pid": PID}
        body = {
            "of": change.get("of", "S"),
            "bday": "2026-01-02",
            "receipt": "R2",
            "of_receipt": "R",
            "total": 600,
            "lines": [line],
            "pay": [pay],
        }
        row = Row(*seen.rows(f"SELECT {_ROW} FROM journal WHERE n = 1")[0])
        seen.new = [replace(row, type="sale.refunded", body=json.dumps(body))] * (2 if "twice" in change else 1)

    return spoil


def see_a_sale_of_a_payment_that_failed(seen: Witness) -> None:
    row = Row(*seen.rows(f"SELECT {_ROW} FROM journal WHERE n = 1")[0])
    pay = [{"m": "alipay", "amt": 600, "pid": PID}]
    body = {"receipt": "R", "total": 600, "rounding": 0, "lines": [], "pay": pay}
    seen.books.money.states[PID] = "declined"
    seen.new = [replace(row, type="sale.completed", body=json.dumps(body))]


def see_practice_booked(seen: Witness) -> None:
    row = Row(*seen.rows(f"SELECT {_ROW} FROM journal WHERE type = 'sale.completed'")[0])
    seen.practised.add(row.id)
    seen.new = [row]


def see_a_sale(**change: object) -> Spoil:
    """As it was booked last, but for `change`."""

    def spoil(seen: Witness) -> None:
        newest = f"SELECT {_ROW} FROM journal WHERE type = 'sale.completed' ORDER BY n DESC LIMIT 1"
        row = Row(*seen.rows(newest)[0])
        seen.books.last_n, seen.books.heads = row.n - 1, {}
        seen.new = [replace(row, body=json.dumps(json.loads(row.body) | change))]

    return spoil


def see_goods_written_off(*, qty: str) -> Spoil:
    def spoil(seen: Witness) -> None:
        row = Row(*seen.rows(f"SELECT {_ROW} FROM journal WHERE n = 1")[0])
        body = {"of": PID, "why": "damaged", "moves": [{"sku": "cola", "qty": qty}]}
        seen.new = [replace(row, type="stock.moved", body=json.dumps(body))]
        seen.books.stock.enter("stock.moved", body, {})

    return spoil


def give_a_coil_power(seen: Witness) -> None:
    assert seen.post is not None
    seen.post.wall.model.boards[1].pulses.append((3, 0.0))


def see_a_hand_over(kind: str, after: str) -> Spoil:
    def spoil(seen: Witness) -> None:
        row = Row(*seen.rows(f"SELECT {_ROW} FROM journal WHERE n = 1")[0])
        seen.books.custody.states["P"] = after
        seen.new = [replace(row, type=f"parcel.{kind}", body=json.dumps({"parcel": "P", "waybill": "W", "box": "B09"}))]

    return spoil


def see_it_taken_in_twice(seen: Witness) -> None:
    see_a_hand_over("stored", "")(seen)
    seen.books.custody.here["W"] = "another"


def lay_a_parcel(waybill: str, *, door: int = 0, to: str = "") -> Callable[[Witness], None]:
    """Onto the shelf, or behind a door."""

    def spoil(seen: Witness) -> None:
        assert seen.post is not None
        seen.post.things[waybill] = thing = Thing(waybill, "SF", to)
        if door:
            seen.post.wall.unlock(door)
            seen.post.put(thing, door)
        else:
            seen.post.shelve(thing)

    return spoil


def a_parcel(**change: str) -> str:
    """Its row in the ledger, stored on the shelf but for `change`."""
    row = {
        "id": "P", "waybill": "W", "carrier": "SF", "state": "stored", "key": "", "name": "", "tail": "", "size": "S",
        "shelf": "", "cell": "", "by": "", "at": "", "due_at": "", "code": "", "told": "done", "late": "0",
        "doubt": "0",
    } | change  # fmt: skip
    return f"INSERT INTO parcel({', '.join(row)}) VALUES ({', '.join(repr(v) for v in row.values())})"


def both(*spoils: Spoil) -> Spoil:
    def spoil(seen: Witness) -> None:
        for one in spoils:
            one(seen)

    return spoil


OPEN_PAYMENT = f"'{PID}', 'S', 'alipay', 300, 1, 1, 'unknown', 0, 0, '', 0"
A_PULSE = "INSERT INTO door_pulse VALUES ('P', 'B01', 'pickup', 'sending', '', '', '', 0)"
A_FULL_CELL = "UPDATE cell SET state = 'occupied', parcel = 'P' WHERE id = 'B16'"
CHARGE = f"'{PID}', '{TID}', 'alipay', 300, '', '00', 'approved', '', 1, 1, 0"
SPOILT: tuple[tuple[inv.Check, Spoil, str], ...] = (
    (inv.what_was_seen_was_right, see_an_effect_too_early, "leaves before its commit"),
    (inv.the_journal_is_gapless_and_chained, see_a_row_again, "row 1 follows row"),
    (inv.the_day_is_the_sum_of_its_rows, see_a_report_of_something_else, "Z report 212 says"),
    (inv.the_journal_is_gapless_and_chained, see_a_sale(total=1), "fen, total 1"),
    (inv.the_journal_is_gapless_and_chained, see_a_sale(disc=1), "0 fen off in lines, 1 in all"),
    (money.payments_and_refunds_add_up, see_a_payment_change_its_end, "was declined and is approved"),
    (money.payments_and_refunds_add_up, see_a_second_open_payment, "beside another, which has no end"),
    (money.payments_and_refunds_add_up, see_a_sale_of_a_payment_that_failed, "which is declined"),
    (money.payments_and_refunds_add_up, see_a_refund(of="nothing"), "which is no sale"),
    (money.payments_and_refunds_add_up, see_a_refund(qty="3"), "came back of R, sold were"),
    (money.payments_and_refunds_add_up, see_a_refund(twice=True), "1200 fen in all went back of R, paid were 600"),
    (money.payments_and_refunds_add_up, see_a_refund(paid=500), "what went back and what came back is not 600"),
    (money.payments_and_refunds_add_up, see_a_refund(m="alipay", paid=700), "gave 700 fen back"),
    (money.practice_is_no_sale, see_practice_booked, "is in the journal as sale.completed"),
    (money.every_payment_has_an_end, in_ledger(f"INSERT INTO payment VALUES ({OPEN_PAYMENT})"), "is unknown"),
    (money.every_charge_has_its_sale, in_cloud(f"INSERT INTO wallet VALUES ({CHARGE})"), "are charged and pay no sale"),
    (money.every_charge_has_its_sale, in_cloud("UPDATE wallet SET amount = amount + 1"), "its provider"),
    (money.every_charge_has_its_sale, in_cloud("UPDATE wallet SET refunded = refunded + 1"), "fen went back"),
    (inv.acknowledged_rows_are_in_the_cloud, see_a_strange_row_acknowledged, "the cloud never had it"),
    (inv.every_receipt_has_its_record, see_a_strange_receipt, "on paper and in no journal"),
    (inv.every_receipt_has_its_record, see_an_original_twice, "2 originals of receipt"),
    (inv.no_drawer_opens_without_a_reason, spring_the_drawer, "1 pulses, 0 orders"),
    (inv.the_cloud_holds_what_was_acknowledged, in_cloud("DELETE FROM event WHERE n = 2"), "the cloud lacks"),
    (inv.the_cloud_holds_what_was_acknowledged, in_ledger("UPDATE pos SET acked = 0"), "are not acknowledged"),
    (inv.the_cloud_has_no_complaints, in_cloud(f"INSERT INTO refused VALUES ('{TID}', 'proto.x', 1)"), "refused 1"),
    (inv.sequences_are_gapless, in_ledger("DELETE FROM journal WHERE stream = 'tx' AND seq = 2"), "tx: head"),
    (inv.each_sale_has_its_paper_or_a_job_that_says_so, see_no_paper, "is not whole on paper, its job is printed"),
    (inv.the_tables_say_what_the_journal_says, in_ledger("DELETE FROM sale"), "is not in the table"),
    (inv.the_tables_say_what_the_journal_says, in_ledger("DELETE FROM drawer_kick"), "opened no drawer"),
    (inv.most_receipts_are_known_to_be_printed, in_ledger("UPDATE print_job SET state = 'unknown'"), "not known to be"),
    (inv.pulses_are_what_the_ledger_says, in_ledger("UPDATE drawer_kick SET state = 'sending'"), "pulses are sending"),
    (inv.the_takings_are_the_sum_of_their_rows, in_ledger("UPDATE tally SET fen = fen + 1"), "in the table"),
    (inv.stock_adds_up, in_ledger("UPDATE stock SET sold = sold + 1000"), "stock says"),
    (inv.sales_days_add_up, in_ledger("UPDATE sales_day SET sold = sold + 1000"), "the day says"),
    (shelves.stock_is_counted_and_moved, see_goods_written_off(qty="3"), "goods are damaged"),
    (shelves.on_hand_is_what_must_lie_there, in_ledger("UPDATE stock SET on_hand = 7000"), "None must lie there"),
    (shelves.on_hand_is_what_must_lie_there, see_goods_written_off(qty="-3"), "came of cola: stock says 0"),
    (
        inv.the_newest_catalogue_is_on_the_shelf,
        in_cloud(f"INSERT INTO notice(tid, ver, since, ops) VALUES ('{TID}', 9, 8, '[]')"),
        "is version 1, the cloud has 9",
    ),
    (post.no_coil_has_power_without_a_pulse, give_a_coil_power, "lock 3 of board 1 has power"),
    (post.custody_changes_hands_in_order, see_a_hand_over("collected", "returned"), "collected after it was returned"),
    (post.custody_changes_hands_in_order, see_it_taken_in_twice, "taken in twice"),
    (
        post.custody_changes_hands_in_order,
        both(
            in_ledger(a_parcel(cell="B01")),
            in_ledger(a_parcel(id="Q", waybill="V", cell="B01")),
            see_a_hand_over("stored", ""),
        ),
        "2 parcels are in cell B01",
    ),
    (
        post.custody_changes_hands_in_order,
        both(lay_a_parcel("W", door=9), see_a_hand_over("collected", "stored")),
        "W is collected, and lies in B09",
    ),
    (
        post.custody_changes_hands_in_order,
        both(lay_a_parcel("W"), see_a_hand_over("stored", "")),
        "W is stored in B09, and lies in no cell",
    ),
    (post.pulses_of_doors_have_an_end, in_ledger(A_PULSE), "of a door is sending"),
    (post.parcels_are_where_the_ledger_says, lay_a_parcel("W"), "of which the ledger knows nothing"),
    (post.parcels_are_where_the_ledger_says, lay_a_parcel("W", door=9), "B09 is free, W lies in it"),
    (
        post.parcels_are_where_the_ledger_says,
        both(lay_a_parcel("W", door=9), in_ledger(a_parcel(cell="B10"))),
        "W is stored in B10, and lies in B09",
    ),
    (
        post.parcels_are_where_the_ledger_says,
        both(lay_a_parcel("W"), in_ledger(a_parcel(state="releasing"))),
        "still being handed out",
    ),
    (post.parcels_are_where_the_ledger_says, in_ledger(A_FULL_CELL), "has P in the ledger, nothing lies in it"),
    (post.who_can_be_told_is_told, in_ledger(a_parcel(told="")), "was never told"),
    (post.who_can_be_told_is_told, in_ledger(a_parcel(code="x")), "no message of W"),
    (
        post.who_can_be_told_is_told,
        both(lay_a_parcel("W", to="r1"), in_ledger(a_parcel(told="failed"))),
        "could have been told",
    ),
)


SPOILT_SERVICES: tuple[tuple[inv.Check, Spoil, str], ...] = (
    *IN_BOOKS,
    *CASH_IN_BOOKS,
    *APPS_IN_BOOKS,
    *SENDING_IN_BOOKS,
    *((check, in_ledger(sql), sentence) for check, sql, sentence in SENDING_IN_LEDGER),
    *((check, both(*spoils, in_cloud(sql)), sentence) for check, spoils, sql, sentence in (*IN_CLOUD, *CASH_IN_CLOUD)),
)


@pytest.mark.parametrize(("check", "spoil", "sentence"), (*SPOILT, *SPOILT_SERVICES))
def test_an_invariant_sees_what_is_spoilt(
    check: inv.Check, spoil: Spoil, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = inv.hold

    def hold_spoilt(checks: tuple[inv.Check, ...], seen: Witness) -> None:
        hold((check,), seen)
        spoil(seen)
        hold((check,), seen)

    monkeypatch.setattr(simulation, "hold", hold_spoilt)
    with pytest.raises(Violation, match=sentence):
        Simulation(tmp_path, seed=4, days=1, faults=CALM).run()


def test_no_invariant_is_without_such_a_proof() -> None:
    assert {check for check, _, _ in (*SPOILT, *SPOILT_SERVICES)} == {*inv.AFTER_EVERY_STEP, *inv.AT_REST}
