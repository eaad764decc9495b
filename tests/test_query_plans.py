"""What the terminal asks its ledger never reads a whole table that grows: a shop of years sells as on day one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from counter_bench import COLA, NOODLES, PRINTER, CounterBench
from link_bench import LinkBench
from order_bench import COLLECT
from order_bench import open_shop as open_orders
from parcel_bench import OPENS_S, OUT, STOP, ParcelBench, waybill
from service_bench import open_shop, phone
from stock_bench import COLA_CARTON, COUNT, EXPIRY, MILK, MILK_CARTON, WRITE_OFF, StockBench
from tab_bench import MEMBER, confirm, enrol, on_the_tab, repay
from test_app_orders import CODE, AppBench

from edge.codec.command_card import card_code, receipt_code
from edge.messages import KickOutcome, Outcome

GROWING = (
    r"\b(?:journal|sale|print_job|drawer_kick|stock|learned_price|tab|tab_move|parcel|parcel_row|door_pulse|sales_day"
    r"|demand|old|next|stock_came|carton|lot|stock_act|purchase|purchase_waybill|supplier_offer|service_order"
    r"|loan|agent_note|online_order|online_parcel|app_order|[sjmpr])\b"
)
"""Tables with a row for each sale or thing, and the aliases that statements give them."""
WHOLE = re.compile(rf"SCAN {GROWING}(?!.*USING)")
NEWEST = re.compile(r"ORDER BY (?:j\.)?n(?: DESC)? LIMIT")
"""By the table's own key and only some rows: SQLite calls it a scan, but stops after those."""
EXACT_CASH, REPRINT, CANCEL = card_code(102), card_code(111), card_code(106)


def test_no_statement_of_a_day_reads_a_whole_table(tmp_path: Path) -> None:
    shop = LinkBench(tmp_path)
    said: list[str] = []
    shop.ledger._connection.set_trace_callback(said.append)
    a_day(shop)
    shop.ledger._connection.set_trace_callback(None)
    assert any("FROM print_job" in sql for sql in said), "the day did not print"
    assert list(whole_reads(shop, said)) == []


def test_no_statement_of_a_stations_day_reads_a_whole_table(tmp_path: Path) -> None:
    shop = ParcelBench(tmp_path)
    said: list[str] = []
    shop.ledger._connection.set_trace_callback(said.append)
    shop.go_online()
    for number, code in ((waybill(1), "111111"), (waybill(2), "222222")):
        shop.courier()
        shop.keys("1E")
        shop.scan(number)
        shop.pass_s(OPENS_S)
        shop.put_in(shop.open_doors[0])
        shop.card(STOP)
        shop.reset_code(number, code)
    shop.code("000000")
    shop.code("111111")
    shop.pass_s(OPENS_S)
    shop.take_out(shop.open_doors[0])
    shop.as_owner(OUT)
    shop.keys("3E")
    shop.pass_s(OPENS_S)
    shop.shut(3)
    shop.card(card_code(135))
    shop.sleep_s(4 * 86_400.0)
    for _ in range(3):
        shop.sleep_s(1300)
    shop.ledger._connection.set_trace_callback(None)
    assert any("DELETE FROM door_pulse" in sql for sql in said), "nothing was forgotten"
    assert list(whole_reads(shop, said)) == []


def test_no_statement_of_the_store_room_reads_a_whole_table(tmp_path: Path) -> None:
    shop = StockBench(tmp_path)
    said: list[str] = []
    shop.ledger._connection.set_trace_callback(said.append)
    shop.count(MILK, 10)
    shop.received(MILK_CARTON)
    shop.card(EXPIRY)
    shop.scan(MILK)
    shop.keys("311226EE")
    shop.card(WRITE_OFF)
    shop.scan(MILK)
    shop.done()
    shop.sell(COLA_CARTON, MILK)
    shop.card(COUNT)
    shop.scan(MILK)
    shop.keys("-")
    shop.card(CANCEL, CANCEL)
    shop.ledger._connection.set_trace_callback(None)
    assert any("DELETE FROM stock_act" in sql for sql in said), "nothing was received"
    assert list(whole_reads(shop, said)) == []


def test_no_statement_of_a_days_services_reads_a_whole_table(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "shop")
    said: list[str] = []
    shop.ledger._connection.set_trace_callback(said.append)
    shop.paid(phone(90))
    shop.serve(3)
    order = shop.paid(phone(93))
    shop.serve(400)
    shop.scan(shop.slip(order))
    shop.keys("E")
    shop.quote()
    shop.sleep_s(4_000)
    for _ in range(3):
        shop.sleep_s(1300)
    shop.ledger._connection.set_trace_callback(None)
    assert any("UPDATE service_order" in sql or "INTO service_order" in sql for sql in said)
    assert list(whole_reads(shop, said)) == []


def test_no_statement_of_a_days_orders_reads_a_whole_table(tmp_path: Path) -> None:
    shop = open_orders(tmp_path / "shop")
    said: list[str] = []
    shop.ledger._connection.set_trace_callback(said.append)
    order = shop.placed()
    waybill = shop.arrive(order)
    shop.scan(shop.slip(order))
    shop.card(card_code(102))
    shop.scan(waybill)
    shop.ledger._connection.set_trace_callback(None)
    assert any("INTO online_order" in sql for sql in said)
    assert list(whole_reads(shop, said)) == []


def test_no_statement_of_a_days_app_orders_reads_a_whole_table(tmp_path: Path) -> None:
    shop = AppBench(tmp_path / "shop")
    said: list[str] = []
    shop.go_online()
    shop.ledger._connection.set_trace_callback(said.append)
    order = shop.packed()
    shop.reserved(COLA)
    shop.card(COLLECT)
    shop.keys(f"{CODE}E")
    shop.scan(shop.paper(order))
    for _ in range(3):
        shop.sleep_s(1300)
    shop.ledger._connection.set_trace_callback(None)
    assert any("INTO app_order" in sql for sql in said)
    assert any("DELETE FROM app_order" in sql for sql in said), "nothing was forgotten"
    assert list(whole_reads(shop, said)) == []


def test_papers_in_doubt_are_counted_by_the_index_of_open_ones(tmp_path: Path) -> None:
    shop = LinkBench(tmp_path / "shop")
    said: list[str] = []
    shop.ledger._connection.set_trace_callback(said.append)
    tx = shop.begin()
    shop.health.snapshot(tx, shop.ledger.last_n)
    tx.rollback()
    shop.ledger._connection.set_trace_callback(None)
    (sql,) = [sql for sql in said if "count(*) FROM print_job" in sql]
    plan = [row[3] for row in shop.ledger._connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert any("print_job_open" in step for step in plan), plan


def a_day(shop: LinkBench) -> None:
    """Sell, print, pulse, send, give credit, print again, cancel, tidy up twice, look at the page."""
    shop.printer_ready()
    shop.sell(COLA, NOODLES)
    shop.tell(KickOutcome(PRINTER, shop.kicked[-1].kick, Outcome.DONE))
    shop.paper(Outcome.DONE)
    shop.go_online()
    shop.ack(1, stream="tx")
    shop.resend(1, 1)
    enrol(shop, "50")
    on_the_tab(shop, COLA)
    repay(shop, "1")
    shop.scan(card_code(110), receipt_code(shop.sales()[-2]["receipt"]), COLA)
    confirm(shop)
    shop.scan(card_code(128), MEMBER)
    shop.keys("E")
    shop.card(REPRINT)
    shop.paper(Outcome.DONE)
    shop.scan(COLA)
    shop.card(CANCEL)
    for _ in range(2):
        shop.pass_s(700.0)
        shop.run_jobs()
    tx = shop.begin()
    shop.health.snapshot(tx, shop.ledger.last_n)
    tx.rollback()


def whole_reads(shop: CounterBench, said: list[str]) -> Iterator[str]:
    """Each statement among `said` whose plan goes through all of a growing table."""
    for sql in sorted({sql for sql in said if sql.startswith(("SELECT", "UPDATE", "DELETE"))}):
        plan = [row[3] for row in shop.ledger._connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
        if any(WHOLE.search(step) for step in plan) and not NEWEST.search(sql):
            yield f"{sql}: {plan}"
