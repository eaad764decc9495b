"""What must hold, whatever happens. Read it as a list; each item yields a sentence for each thing that is wrong.

The first list is gone through after every step, the second when everything has been healed and is at rest.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from edge.model.item import is_goods
from edge.model.money import Rounding
from edge.model.reorder import DAYS
from edge.sim.year.app_invariants import (
    app_orders_go_their_way,
    no_order_of_an_app_is_forgotten,
    the_platform_knows_what_the_shop_knows,
    what_is_put_aside_is_for_somebody,
)
from edge.sim.year.box import TID
from edge.sim.year.cash_invariants import (
    cash_for_others_adds_up,
    cash_for_others_is_in_its_tables,
    cash_of_loans_is_what_changed_hands,
    each_slip_of_the_bank_is_noted_once,
    every_loan_has_its_end,
    lender_and_till_agree,
    no_token_is_paid_out_twice,
)
from edge.sim.year.day_books import TOLD_OF_THE_DAY
from edge.sim.year.money_invariants import (
    every_charge_has_its_sale,
    every_payment_has_an_end,
    payments_and_refunds_add_up,
    practice_is_no_sale,
)
from edge.sim.year.post_invariants import (
    custody_changes_hands_in_order,
    no_coil_has_power_without_a_pulse,
    parcels_are_where_the_ledger_says,
    pulses_of_doors_have_an_end,
    who_can_be_told_is_told,
)
from edge.sim.year.receipts_seen import receipts_on
from edge.sim.year.send_invariants import (
    each_fee_has_its_label,
    fees_are_what_their_carriers_asked,
    labels_are_in_their_table,
)
from edge.sim.year.service_invariants import (
    every_service_has_its_end,
    every_service_is_paid_once,
    licences_are_the_newest,
    money_of_services_goes_back_once,
    services_are_in_their_table,
)
from edge.sim.year.stock_invariants import on_hand_is_what_must_lie_there, stock_is_counted_and_moved
from edge.sim.year.witness import STREAMS, Row, Violation, Witness, milli, standing
from edge.store.journal import DROPPED

YUAN = 100
FEW = 5
"""Receipts of which nothing can be said by their share."""
Check = Callable[[Witness], Iterator[str]]


def what_was_seen_was_right(seen: Witness) -> Iterator[str]:
    """No effect before its commit; after a boot the basket is as of the last beep; no code of ours raised."""
    yield from seen.wrong
    seen.wrong.clear()


def the_journal_is_gapless_and_chained(seen: Witness) -> Iterator[str]:
    """n goes up by one, each hash covers the row before, seq goes up by one in each stream and epoch."""
    for row in seen.new:
        books = seen.books
        if row.n != books.last_n + 1:
            yield f"row {row.n} follows row {books.last_n}"
        if seen.link_of(row) != row.hash:
            yield f"row {row.n} does not carry the hash of what it says"
        head = books.heads.get((row.stream, row.epoch))
        if head is not None and row.seq != head + 1:
            yield f"{row.stream} {row.seq} follows {head}"
        if row.id in seen.ever and seen.ever[row.id].told != row.told and row.id not in seen.reopened:
            yield f"two rows have the id {row.id}"
        yield from a_sale_adds_up(row, seen)
        if row.type == "drawer.ended":
            seen.unknown_pulses += json.loads(row.body)["outcome"] == "unknown"
        seen.enter(row)


def a_sale_adds_up(row: Row, seen: Witness) -> Iterator[str]:
    """Quantity and price make a line with its discount, lines the total, tenders pay it; cash alone is rounded; what is
    given back is what was too much; the total is the lowest that the shop's promotions allow who showed a member card,
    or did not.
    """
    if row.type != "sale.completed":
        return
    sale = json.loads(row.body)
    receipt, total, rounding, pay = sale["receipt"], sale["total"], sale["rounding"], sale["pay"]
    for line in sale["lines"]:
        off = line.get("disc", 0)
        if (line["amt"] + off) * 1000 != milli(line["qty"]) * line["price"] or off < 0:
            yield f"{receipt}: {line['qty']} at {line['price']} fen are {line['amt']} and {off} off"
    if (lines := sum(line["amt"] for line in sale["lines"])) != total:
        yield f"{receipt}: lines of {lines} fen, total {total}"
    if (off := sum(line.get("disc", 0) for line in sale["lines"])) != sale["disc"]:
        yield f"{receipt}: {off} fen off in lines, {sale['disc']} in all"
    is_member = seen.members.get(row.id, False)
    may_be = (False, True) if is_member is None else (is_member,)
    if total not in (lowest := {seen.deals.due(standing(sale), member=member) for member in may_be}):
        yield f"{receipt}: {total} fen are asked for what costs {sorted(lowest)}"
    cash = total - sum(tender["amt"] for tender in pay if tender["m"] != "cash")
    before = sum(tender["amt"] for tender in pay[:-1])
    is_rounded = seen.box.rounding is Rounding.JIAO and pay[-1]["m"] == "cash"
    less = min(cash % YUAN, total - before) if is_rounded else 0
    if rounding != -less:
        yield f"{receipt}: {total} fen rounded by {rounding}"
    if (paid := sum(tender["amt"] for tender in pay)) != total + rounding:
        yield f"{receipt}: {paid} fen paid of {total} + {rounding}"
    for tender in pay:
        given, back = tender.get("tendered", tender["amt"]), tender.get("change", 0)
        if given - back != tender["amt"]:
            yield f"{receipt}: {given} given, {back} back, {tender['amt']} paid"
    seen.sold(row.id, sale)
    sold = _sold(sale)
    seen.books.sold.update(sold)
    seen.books.sold_on.update({(sku, sale["bday"]): qty for sku, qty in sold.items()})
    seen.books.sale_days[row.id] = sale["bday"]


def the_day_is_the_sum_of_its_rows(seen: Witness) -> Iterator[str]:
    """Each sale is of the open shift; a shift expects, and a Z report says, what the rows before it come to; Z numbers
    go up by one, and each has the sales of one business day, never a lower one.
    """
    for row in seen.new:
        if row.type in TOLD_OF_THE_DAY:
            yield from seen.books.day.enter(row.type, row.id, json.loads(row.body))


def acknowledged_rows_are_in_the_cloud(seen: Witness) -> Iterator[str]:
    """The cursor passes nothing that the cloud has not committed at some time."""
    for row_id in seen.newly_acked:
        if row_id not in seen.cloud.seen:
            yield f"row {row_id} counts as acknowledged, the cloud never had it"


def every_receipt_has_its_record(seen: Witness) -> Iterator[str]:
    """Paper ⊆ journal, with the same total; at most one original of a sale."""
    for printed in seen.newly_printed:
        totals = seen.totals.get(printed.receipt, [])
        if not totals:
            yield f"a receipt {printed.receipt} is on paper and in no journal"
        elif printed.total and printed.total not in totals:
            yield f"receipt {printed.receipt} says {printed.total}, the journal {totals}"
        if (begun := seen.originals[printed.receipt]) > len(totals) + seen.printed_again[printed.receipt]:
            yield f"{begun} originals of receipt {printed.receipt} are on paper"


def no_drawer_opens_without_a_reason(seen: Witness) -> Iterator[str]:
    """No more pulses in a step than orders that left in it, were under way before, or ended as unknown: such a one can
    lie in a printer without paper and come later. That none leaves twice is seen as it leaves.
    """
    pulses, orders, waiting = seen.pulses_of_step()
    if pulses > orders + waiting:
        yield f"{pulses} pulses, {orders} orders and {waiting} under way"


AFTER_EVERY_STEP: tuple[Check, ...] = (
    what_was_seen_was_right,
    the_journal_is_gapless_and_chained,
    the_day_is_the_sum_of_its_rows,
    payments_and_refunds_add_up,
    cash_for_others_adds_up,
    app_orders_go_their_way,
    each_fee_has_its_label,
    stock_is_counted_and_moved,
    practice_is_no_sale,
    acknowledged_rows_are_in_the_cloud,
    every_receipt_has_its_record,
    no_drawer_opens_without_a_reason,
    no_coil_has_power_without_a_pulse,
    custody_changes_hands_in_order,
)


def the_cloud_holds_what_was_acknowledged(seen: Witness) -> Iterator[str]:
    """Each row of the journal once, as it is, in its place; and no row that no journal ever had."""
    stored: dict[str, Any] = {}
    for stream in STREAMS:
        for row in seen.cloud.report.rows(TID, stream):
            if row.id in stored:
                yield f"row {row.id} is in the cloud twice"
            stored[row.id] = row
            if row.id not in seen.ever:
                yield f"the cloud has {row.type} {row.id}, which no journal ever had"
            elif row.id not in seen.reopened and seen.ever[row.id].told != (
                row.stream, row.type, row.sv, row.at, row.clk, row.boot, row.up, row.data
            ):  # fmt: skip
                yield f"row {row.id} is another one in the cloud"
    waiting = seen.rows("SELECT sum(head - acked) FROM pos")[0][0]
    if waiting:
        yield f"{waiting} rows are not acknowledged"
    for row_id, kind, rej in seen.rows("SELECT id, type, rej FROM journal"):
        if row_id not in stored and rej != DROPPED:
            yield f"the cloud lacks {kind} {row_id}"
        if rej not in (None, DROPPED):
            yield f"the cloud parked {kind} {row_id}: {rej}"


def the_cloud_has_no_complaints(seen: Witness) -> Iterator[str]:
    """No gap, nothing declared lost, nothing parked, no two rows in one place, nothing refused.

    Events may be lost that the box gave up for room, after they were acknowledged, before the cloud lost them (P11);
    of any stream, what was on a card that failed and under way to the cloud.
    """
    for lane in seen.cloud.report.lanes(TID):
        for what in ("missing", "parked", "lost", "conflicts", "unknown"):
            count = getattr(lane, what)
            if what == "lost":
                count -= seen.buried[lane.stream, lane.epoch]
            if count > 0 and not (what == "lost" and lane.stream == "ev" and count <= len(seen.given_up)):
                yield f"{lane.stream} of epoch {lane.epoch}: {count} {what}"
    for code, times in seen.cloud.report.refused().items():
        yield f"the cloud refused {times} messages: {code}"


def sequences_are_gapless(seen: Witness) -> Iterator[str]:
    """In the current epoch each stream's numbers run without a gap up to its head."""
    for stream, head, rows, first, last in seen.rows(
        "SELECT p.stream, p.head, count(j.n), min(j.seq), max(j.seq) FROM pos p LEFT JOIN journal j"
        " ON j.stream = p.stream AND j.epoch = (SELECT v FROM meta WHERE k = 'epoch') GROUP BY p.stream"
    ):
        if rows and (last != head or last - first + 1 != rows):
            yield f"{stream}: head {head}, {rows} rows from {first} to {last}"


def each_sale_has_its_paper_or_a_job_that_says_so(seen: Witness) -> Iterator[str]:
    """`printed` means whole on paper. A sale without a whole original has a job that waits or is unknown."""
    whole = seen.whole | {p.receipt for p in receipts_on(seen.open_slip()) if p.whole and p.perhaps_original}
    for receipt, state in seen.rows(
        "SELECT s.receipt, p.state FROM sale s LEFT JOIN print_job p ON p.of = s.id AND p.copy_no = 0"
    ):
        if receipt not in whole and state not in ("queued", "sending", "unknown"):
            yield f"{receipt} is not whole on paper, its job is {state}"


def the_tables_say_what_the_journal_says(seen: Witness) -> Iterator[str]:
    """Each completed sale of the journal is in the table of sales. Cash opens the drawer, else only the card."""
    for row_id, table_id in seen.rows(
        "SELECT j.id, s.id FROM journal j LEFT JOIN sale s ON s.id = j.id"
        " WHERE j.type = 'sale.completed' AND s.id IS NULL"
        " UNION ALL SELECT j.id, s.id FROM sale s LEFT JOIN journal j ON j.id = s.id WHERE j.id IS NULL"
    ):
        yield f"sale {row_id or table_id} is not in {'the table' if row_id else 'the journal'}"
    moved = "(value ->> 'amt' <> 0 OR coalesce(value ->> 'tendered', 0) <> 0)"
    cash = f"EXISTS (SELECT 1 FROM json_each(j.body, '$.pay') WHERE value ->> 'm' = 'cash' AND {moved})"
    for row, kick in seen.rows(
        "SELECT j.id, k.id FROM journal j LEFT JOIN drawer_kick k ON k.id = j.id WHERE k.id IS NULL"
        f" AND j.type IN ('sale.completed', 'sale.refunded', 'sale.voided') AND {cash}"
        " UNION ALL SELECT j.id, k.id FROM drawer_kick k LEFT JOIN journal j ON j.id = k.id"
        f" WHERE coalesce(j.type, '') <> 'drawer.opened' AND NOT coalesce({cash}, 0)"
    ):
        yield f"the drawer was opened for {kick}, which is no cash" if kick else f"cash of {row} opened no drawer"


def most_receipts_are_known_to_be_printed(seen: Witness) -> Iterator[str]:
    """All of them where nothing kept them from it, else at least half."""
    states = Counter(state for (state,) in seen.rows("SELECT state FROM print_job WHERE copy_no = 0"))
    others = states.total() - states["printed"]
    if others > (max(FEW, states.total() / 2) if seen.paper_excuses else 0):
        yield f"{others} of {states.total()} receipts are not known to be printed: {dict(states)}"


def pulses_are_what_the_ledger_says(seen: Witness) -> Iterator[str]:
    """Nothing is in the middle of being done when all is at rest."""
    states = Counter(state for (state,) in seen.rows("SELECT state FROM drawer_kick"))
    for state in ("queued", "sending"):
        if states[state]:
            yield f"{states[state]} drawer pulses are {state}"
    for job, state in seen.rows("SELECT id, state FROM print_job WHERE state IN ('queued', 'sending')"):
        yield f"print job {job} is {state}"


def the_takings_are_the_sum_of_their_rows(seen: Witness) -> Iterator[str]:
    """What the next Z report would say, and the shift that is open, is in the tables as it is in the journal."""
    day = seen.books.day
    next_z = "SELECT coalesce(max(no), 0) + 1 FROM z_report"
    for name, where, booked in (
        ("the next Z report", f"z = ({next_z})", day.since_z),
        ("the open shift", "shift = (SELECT id FROM shift)", day.since_opened if day.shift is not None else Counter()),
    ):
        found: Counter[str] = Counter()
        for what, times, fen in seen.rows(f"SELECT what, sum(times), sum(fen) FROM tally WHERE {where} GROUP BY what"):
            found.update({what: fen, f"times.{what}": times})
        for what in booked:
            if found[what] != booked[what]:
                yield f"{what} of {name} is {found[what]} in the table, {booked[what]} in the journal"


def stock_adds_up(seen: Witness) -> Iterator[str]:
    """What the ledger says was sold of each sku is what its sales say."""
    told = dict(seen.rows("SELECT sku, sold FROM stock"))
    for sku in sorted(told.keys() | seen.books.sold.keys()):
        if told.get(sku, 0) != seen.books.sold[sku]:
            yield f"sold of {sku}: stock says {told.get(sku, 0)}, the sales {seen.books.sold[sku]}"


def sales_days_add_up(seen: Witness) -> Iterator[str]:
    """So does each business day of the last four weeks: older ones may be forgotten."""
    told = {(sku, day): sold for sku, day, sold in seen.rows("SELECT sku, day, sold FROM sales_day")}
    booked = seen.books.sold_on
    newest = max((day for _, day in booked), default="9999-12-31")
    first = (date.fromisoformat(newest) - timedelta(days=DAYS)).isoformat()
    for sku, day in sorted(told.keys() | booked.keys()):
        if day > first and told.get((sku, day), 0) != booked[sku, day]:
            yield f"sold of {sku} on {day}: the day says {told.get((sku, day), 0)}, the sales {booked[sku, day]}"


def the_newest_catalogue_is_on_the_shelf(seen: Witness) -> Iterator[str]:
    """Unless a basket stands open, which has the prices of when it was begun."""
    terminal, newest = seen.box.terminal, seen.cloud.newest_catalogue(TID)
    if terminal is not None and seen.box.counter.sale is None and terminal.catalogue.version < newest:
        yield f"the catalogue on the shelf is version {terminal.catalogue.version}, the cloud has {newest}"


AT_REST: tuple[Check, ...] = (
    the_cloud_holds_what_was_acknowledged,
    the_cloud_has_no_complaints,
    sequences_are_gapless,
    each_sale_has_its_paper_or_a_job_that_says_so,
    the_tables_say_what_the_journal_says,
    most_receipts_are_known_to_be_printed,
    pulses_are_what_the_ledger_says,
    the_takings_are_the_sum_of_their_rows,
    stock_adds_up,
    on_hand_is_what_must_lie_there,
    sales_days_add_up,
    every_payment_has_an_end,
    every_charge_has_its_sale,
    every_service_has_its_end,
    every_service_is_paid_once,
    money_of_services_goes_back_once,
    services_are_in_their_table,
    licences_are_the_newest,
    every_loan_has_its_end,
    cash_of_loans_is_what_changed_hands,
    lender_and_till_agree,
    no_token_is_paid_out_twice,
    each_slip_of_the_bank_is_noted_once,
    cash_for_others_is_in_its_tables,
    no_order_of_an_app_is_forgotten,
    the_platform_knows_what_the_shop_knows,
    what_is_put_aside_is_for_somebody,
    fees_are_what_their_carriers_asked,
    labels_are_in_their_table,
    the_newest_catalogue_is_on_the_shelf,
    pulses_of_doors_have_an_end,
    parcels_are_where_the_ledger_says,
    who_can_be_told_is_told,
)


def hold(checks: tuple[Check, ...], seen: Witness) -> None:
    """Raises Violation with all that is wrong."""
    if found := [sentence for check in checks for sentence in check(seen)]:
        raise Violation("; ".join(found[:10]))


def _sold(sale: dict[str, Any]) -> Counter[str]:
    sold: Counter[str] = Counter()
    for line in sale["lines"]:
        if is_goods(line["sku"]):
            sold[line["sku"]] += milli(line["qty"])
    return sold
