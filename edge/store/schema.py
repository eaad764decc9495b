"""The ledger's tables, and how an older file becomes the newest."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache

from edge.errors import StoreError

_VERSION_1 = """
CREATE TABLE meta(k TEXT PRIMARY KEY, v TEXT NOT NULL) WITHOUT ROWID;

-- The journal is the outbox (decisions 1): contract B9's columns, plus the local number and the hash chain.
CREATE TABLE journal(
  n INTEGER PRIMARY KEY, stream TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL, sv INTEGER NOT NULL, at TEXT NOT NULL, boot INTEGER NOT NULL, up INTEGER NOT NULL,
  clk TEXT NOT NULL, body TEXT NOT NULL, rej TEXT, hash BLOB NOT NULL);
CREATE UNIQUE INDEX journal_position ON journal(stream, epoch, seq);
CREATE INDEX journal_rejected ON journal(rej) WHERE rej IS NOT NULL;
CREATE TABLE pos(
  stream TEXT PRIMARY KEY, head INTEGER NOT NULL, acked INTEGER NOT NULL, CHECK(acked <= head)) WITHOUT ROWID;
INSERT INTO pos VALUES ('pk', 0, 0), ('tx', 0, 0), ('ev', 0, 0);
CREATE TABLE resend(
  no INTEGER PRIMARY KEY, rid TEXT NOT NULL UNIQUE, stream TEXT NOT NULL, epoch TEXT NOT NULL, lo INTEGER NOT NULL,
  hi INTEGER NOT NULL);
CREATE TABLE cmd(
  cid TEXT PRIMARY KEY, type TEXT NOT NULL, state TEXT NOT NULL, res TEXT NOT NULL, recv_at TEXT NOT NULL)
  WITHOUT ROWID;

-- Projections and working tables.
CREATE TABLE counter(till TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sale(
  id TEXT PRIMARY KEY, n INTEGER NOT NULL, receipt TEXT NOT NULL UNIQUE, bday TEXT NOT NULL, till TEXT NOT NULL,
  no INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX sale_day ON sale(bday, till, no);
CREATE TABLE stock(sku TEXT PRIMARY KEY, on_hand INTEGER, sold INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE learned_price(barcode TEXT PRIMARY KEY, price INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE print_job(
  id TEXT PRIMARY KEY, of TEXT NOT NULL, copy_no INTEGER NOT NULL, state TEXT NOT NULL, slip TEXT,
  reason TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE INDEX print_job_open ON print_job(state, id) WHERE state IN ('queued', 'sending', 'unknown');
CREATE INDEX print_job_of ON print_job(of);
CREATE TABLE drawer_kick(
  id TEXT PRIMARY KEY, why TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE INDEX drawer_kick_open ON drawer_kick(state, id) WHERE state IN ('queued', 'sending', 'unknown');
"""

_VERSION_2 = """
-- AUTOINCREMENT: the number stands on a slip, and a slip that was lost must not open another sale.
CREATE TABLE held(no INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, body TEXT NOT NULL);
"""

_PAYMENTS = """
CREATE TABLE payment(
  id TEXT PRIMARY KEY, sale TEXT NOT NULL, channel TEXT NOT NULL, amount INTEGER NOT NULL, boot INTEGER NOT NULL,
  up INTEGER NOT NULL, state TEXT NOT NULL, refunded INTEGER NOT NULL, unwanted INTEGER NOT NULL, ref TEXT NOT NULL,
  given_up INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX payment_sale ON payment(sale);
CREATE INDEX payment_open ON payment(id)
  WHERE state IN ('created', 'sent', 'accepted', 'wait_customer', 'cancelling', 'unknown');
CREATE TABLE payment_refund(
  id TEXT PRIMARY KEY, payment TEXT NOT NULL, amount INTEGER NOT NULL, of TEXT NOT NULL, state TEXT NOT NULL)
  WITHOUT ROWID;
CREATE INDEX payment_refund_of ON payment_refund(of);
CREATE INDEX payment_refund_open ON payment_refund(id) WHERE state = 'sent';
"""

_REFUNDS = """
CREATE TABLE refund(
  id TEXT PRIMARY KEY, n INTEGER NOT NULL, sale TEXT NOT NULL, kind TEXT NOT NULL, receipt TEXT NOT NULL UNIQUE,
  bday TEXT NOT NULL, till TEXT NOT NULL, no INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX refund_day ON refund(bday, till, no);
CREATE INDEX refund_sale ON refund(sale);
CREATE TABLE refund_line(
  refund TEXT, sale TEXT NOT NULL, line INTEGER, qty INTEGER NOT NULL, amount INTEGER NOT NULL, state TEXT NOT NULL,
  PRIMARY KEY(refund, line)) WITHOUT ROWID;
CREATE INDEX refund_line_sale ON refund_line(sale, line);
CREATE TABLE refund_pending(id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
"""

_SHIFTS = """
-- At most one row: the shift that is open.
CREATE TABLE shift(
  id TEXT PRIMARY KEY, at TEXT NOT NULL, bday TEXT NOT NULL, till TEXT NOT NULL, by_itself INTEGER NOT NULL,
  float INTEGER NOT NULL CHECK(typeof(float) = 'integer' AND float BETWEEN 0 AND 1000000000)) WITHOUT ROWID;
-- last_no: the last receipt's number within its day, when the day was closed.
CREATE TABLE z_report(
  no INTEGER PRIMARY KEY, bday TEXT NOT NULL, last_no INTEGER NOT NULL CHECK(typeof(last_no) = 'integer'));
CREATE TABLE tally(
  z INTEGER NOT NULL CHECK(typeof(z) = 'integer'), shift TEXT NOT NULL, what TEXT NOT NULL,
  times INTEGER NOT NULL CHECK(typeof(times) = 'integer'),
  fen INTEGER NOT NULL CHECK(typeof(fen) = 'integer' AND fen BETWEEN -1000000000000000 AND 1000000000000000),
  PRIMARY KEY(z, shift, what)) WITHOUT ROWID;
"""

_COUPONS = """
CREATE TABLE coupon(id TEXT PRIMARY KEY, promotion TEXT NOT NULL, sale TEXT NOT NULL, used INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE INDEX coupon_sale ON coupon(sale) WHERE used = 0;
"""

_TABS = """
-- balance: what the customer owes. no: a count of its own, since journal numbers begin anew in a salvaged ledger.
CREATE TABLE tab(
  customer TEXT PRIMARY KEY, cap INTEGER NOT NULL CHECK(typeof(cap) = 'integer'),
  balance INTEGER NOT NULL CHECK(typeof(balance) = 'integer')) WITHOUT ROWID;
CREATE TABLE tab_move(
  no INTEGER PRIMARY KEY, customer TEXT NOT NULL, at TEXT NOT NULL,
  kind TEXT NOT NULL CHECK(kind IN ('charged', 'repaid', 'returned')), sale TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK(typeof(amount) = 'integer'),
  balance INTEGER NOT NULL CHECK(typeof(balance) = 'integer'));
CREATE INDEX tab_move_customer ON tab_move(customer, no);
CREATE INDEX tab_move_sale ON tab_move(sale);
"""

_PARCELS = """
-- key, name, tail: whose it is, as far as anybody may see it. code: the hash of its pick-up code.
CREATE TABLE parcel(
  id TEXT PRIMARY KEY, waybill TEXT NOT NULL, carrier TEXT NOT NULL, state TEXT NOT NULL, key TEXT NOT NULL,
  name TEXT NOT NULL, tail TEXT NOT NULL, consent INTEGER, size TEXT NOT NULL, shelf TEXT NOT NULL, cell TEXT NOT NULL,
  by TEXT NOT NULL, at TEXT NOT NULL, due_at TEXT NOT NULL, code TEXT NOT NULL, told TEXT NOT NULL,
  late INTEGER NOT NULL, doubt INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX parcel_waybill ON parcel(waybill, state);
CREATE INDEX parcel_state ON parcel(state, at);
CREATE UNIQUE INDEX parcel_code ON parcel(code) WHERE code <> '' AND
  state IN ('checking_in', 'stored', 'releasing', 'overdue', 'refused', 'missing', 'accepted');
CREATE INDEX parcel_gone ON parcel(code, at) WHERE code <> '' AND state = 'picked_up';
CREATE INDEX parcel_key ON parcel(key, at) WHERE key <> '' AND
  state IN ('checking_in', 'stored', 'releasing', 'overdue', 'refused', 'missing', 'accepted');
CREATE INDEX parcel_tail ON parcel(tail) WHERE tail <> '' AND
  state IN ('checking_in', 'stored', 'releasing', 'overdue', 'refused', 'missing', 'accepted');
CREATE INDEX parcel_shelf ON parcel(shelf) WHERE shelf <> '' AND
  state IN ('checking_in', 'stored', 'releasing', 'overdue', 'refused', 'missing', 'accepted');
CREATE INDEX parcel_due ON parcel(due_at) WHERE state = 'stored' AND due_at <> '';
CREATE INDEX parcel_untold ON parcel(at) WHERE told = '' AND state IN ('stored', 'overdue');
CREATE TABLE parcel_row(parcel TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY(parcel, n)) WITHOUT ROWID;
CREATE INDEX parcel_row_n ON parcel_row(n);
CREATE TABLE shelf(place TEXT PRIMARY KEY, serial INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE cell(id TEXT PRIMARY KEY, state TEXT NOT NULL, parcel TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX cell_state ON cell(state);
-- In the order in which they were wanted: an id is of the clock, which may go back.
CREATE TABLE door_pulse(
  id TEXT PRIMARY KEY, cell TEXT NOT NULL, why TEXT NOT NULL, state TEXT NOT NULL, parcel TEXT NOT NULL,
  by TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', wanted_mono REAL NOT NULL DEFAULT 0);
CREATE INDEX door_pulse_open ON door_pulse(state) WHERE state IN ('queued', 'sending', 'unknown');
CREATE INDEX door_pulse_cell ON door_pulse(cell);
CREATE INDEX door_pulse_parcel ON door_pulse(parcel) WHERE parcel <> '';
"""

_SENDING = """
-- What the cloud said of a parcel that somebody wants to send. sale: empty until its fee is paid.
CREATE TABLE shipment(
  parcel TEXT PRIMARY KEY, waybill TEXT NOT NULL, carrier TEXT NOT NULL, name TEXT NOT NULL, tail TEXT NOT NULL,
  grams INTEGER NOT NULL CHECK(typeof(grams) = 'integer'), fee INTEGER NOT NULL CHECK(typeof(fee) = 'integer'),
  until TEXT NOT NULL, lines TEXT NOT NULL, sale TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX shipment_unpaid ON shipment(until) WHERE sale = '';
"""

_HEARD = """
-- Money of wallets in the order in which it was told of aloud. at: when it came.
CREATE TABLE heard_payment(
  no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, heard_at TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK(typeof(amount) = 'integer'), sale TEXT NOT NULL);
CREATE INDEX heard_payment_at ON heard_payment(heard_at);
"""

_STOCK = """
-- Beside sales: what else came (below zero: left), and what a piece cost last.
CREATE TABLE stock_came(sku TEXT PRIMARY KEY, came INTEGER NOT NULL, cost INTEGER) WITHOUT ROWID;
-- Goods that are sold by the carton: `each` pieces of `sku`.
CREATE TABLE carton(carton TEXT PRIMARY KEY, sku TEXT NOT NULL, each INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE lot(sku TEXT NOT NULL, until TEXT NOT NULL, qty INTEGER NOT NULL, PRIMARY KEY(sku, until)) WITHOUT ROWID;
CREATE INDEX lot_until ON lot(until, sku);
-- What was scanned to be received, counted or written off, and is not booked yet. qty: NULL while it is asked.
CREATE TABLE stock_act(
  no INTEGER PRIMARY KEY, desk TEXT NOT NULL, sku TEXT NOT NULL, name TEXT NOT NULL, qty INTEGER,
  each INTEGER NOT NULL, weighed INTEGER NOT NULL, was INTEGER, net INTEGER NOT NULL, round INTEGER NOT NULL,
  damaged INTEGER NOT NULL, until TEXT NOT NULL);
CREATE INDEX stock_act_desk ON stock_act(desk);
CREATE INDEX stock_act_sku ON stock_act(desk, sku);
"""

_REPLENISHMENT = """
-- shelf: 0 it was there all day, 1 it was away for a while, 2 it was away at the end of the day.
CREATE TABLE sales_day(
  sku TEXT NOT NULL, day TEXT NOT NULL, sold INTEGER NOT NULL CHECK(typeof(sold) = 'integer'),
  shelf INTEGER NOT NULL CHECK(shelf IN (0, 1, 2)), PRIMARY KEY(sku, day)) WITHOUT ROWID;
CREATE INDEX sales_day_day ON sales_day(day);
CREATE TABLE reorder(
  sku TEXT PRIMARY KEY, rop INTEGER NOT NULL CHECK(typeof(rop) = 'integer'),
  daily INTEGER NOT NULL CHECK(typeof(daily) = 'integer'), until TEXT NOT NULL) WITHOUT ROWID;
"""

_PURCHASES = """
CREATE TABLE purchase(
  id TEXT PRIMARY KEY, number TEXT NOT NULL UNIQUE, supplier TEXT NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL,
  body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX purchase_state ON purchase(state, at);
CREATE TABLE purchase_waybill(waybill TEXT PRIMARY KEY, purchase TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX purchase_waybill_of ON purchase_waybill(purchase);
-- What the shop's newest file of offers says. sku: as the file names the goods, a GTIN with 14 digits.
CREATE TABLE supplier_offer(
  sku TEXT NOT NULL, supplier TEXT NOT NULL, pack INTEGER NOT NULL CHECK(typeof(pack) = 'integer'),
  cost INTEGER NOT NULL CHECK(typeof(cost) = 'integer'), lead_days INTEGER NOT NULL, least INTEGER NOT NULL,
  discount INTEGER NOT NULL CHECK(typeof(discount) = 'integer'), carton TEXT NOT NULL,
  PRIMARY KEY(sku, supplier, pack)) WITHOUT ROWID;
"""

_INSIGHT = """
-- What a tab was called under a key that was given up. at: since when.
CREATE TABLE tab_alias(former TEXT PRIMARY KEY, customer TEXT NOT NULL, at TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX tab_alias_customer ON tab_alias(customer);
-- body: what was signed, without its coupons; empty once it is revoked.
CREATE TABLE campaign(
  id TEXT PRIMARY KEY, ver INTEGER NOT NULL CHECK(typeof(ver) = 'integer'), first TEXT NOT NULL, last TEXT NOT NULL,
  body TEXT NOT NULL) WITHOUT ROWID;
-- sale: on whose receipt it is; empty: on nobody's yet.
CREATE TABLE campaign_coupon(
  campaign TEXT NOT NULL, no INTEGER NOT NULL, text TEXT NOT NULL, sale TEXT NOT NULL, PRIMARY KEY(campaign, no))
  WITHOUT ROWID;
CREATE INDEX campaign_coupon_sale ON campaign_coupon(sale, campaign, no);
-- What is on the receipt of a sale.
CREATE TABLE campaign_paper(
  sale TEXT PRIMARY KEY, campaign TEXT NOT NULL, ver INTEGER NOT NULL, printed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE campaign_shown(
  campaign TEXT NOT NULL, day TEXT NOT NULL, way TEXT NOT NULL,
  times INTEGER NOT NULL CHECK(typeof(times) = 'integer'), PRIMARY KEY(day, campaign, way)) WITHOUT ROWID;
-- no: in the barcode. state: open, accepted, or over since a newer plan came.
CREATE TABLE plan_line(
  no INTEGER PRIMARY KEY AUTOINCREMENT, plan TEXT NOT NULL, advice TEXT NOT NULL, sku TEXT NOT NULL,
  name TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL, price INTEGER, until TEXT NOT NULL, state TEXT NOT NULL);
CREATE INDEX plan_line_plan ON plan_line(plan);
CREATE INDEX plan_line_open ON plan_line(no) WHERE state = 'open';
CREATE TABLE wish(no INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
CREATE TABLE not_ordered(sku TEXT PRIMARY KEY) WITHOUT ROWID;
"""

_AGENT_NOTES = """
-- Which slips of the bank's own terminal were noted: each of them once.
CREATE TABLE agent_note(
  offer TEXT NOT NULL, slip TEXT NOT NULL, way TEXT NOT NULL, amount INTEGER NOT NULL CHECK(typeof(amount) = 'integer'),
  bday TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY(offer, slip)) WITHOUT ROWID;
CREATE INDEX agent_note_day ON agent_note(bday, offer, way);
CREATE INDEX agent_note_at ON agent_note(at);
"""

_LOANS = """
-- How far each loan is. Whose it is stands nowhere; bday is of cash that was paid out; drawer: the shift then.
CREATE TABLE loan(
  id TEXT PRIMARY KEY, mark TEXT NOT NULL, offer TEXT NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL,
  until TEXT NOT NULL, way TEXT NOT NULL, amount INTEGER NOT NULL CHECK(typeof(amount) = 'integer'), ref TEXT NOT NULL,
  drawer TEXT NOT NULL, bday TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX loan_mark ON loan(mark, id);
CREATE INDEX loan_open ON loan(id)
  WHERE state IN ('token_scanned', 'offered', 'accepted', 'approved', 'paying_out', 'unknown');
CREATE INDEX loan_doubt ON loan(id) WHERE state IN ('paying_out', 'unknown');
CREATE INDEX loan_day ON loan(bday, offer) WHERE bday <> '';
CREATE INDEX loan_at ON loan(at);
"""

_SERVICES = """
-- A service order from its quote on. subject, lines: what its slips say, masked. bday: when it was paid; empty: never.
CREATE TABLE service_order(
  id TEXT PRIMARY KEY, slip TEXT NOT NULL, kind TEXT NOT NULL, offer TEXT NOT NULL, name TEXT NOT NULL,
  name_en TEXT NOT NULL, amount INTEGER NOT NULL CHECK(typeof(amount) = 'integer'),
  price INTEGER NOT NULL CHECK(typeof(price) = 'integer'), until TEXT NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL,
  subject TEXT NOT NULL, lines TEXT NOT NULL, sale TEXT NOT NULL, paid_at TEXT NOT NULL, bday TEXT NOT NULL,
  ref TEXT NOT NULL, fee INTEGER NOT NULL, cancellable INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX service_order_slip ON service_order(slip);
CREATE INDEX service_order_open ON service_order(id) WHERE state IN ('paid', 'submitted', 'unknown', 'cancelling');
CREATE INDEX service_order_owing ON service_order(id)
  WHERE state IN ('paid', 'submitted', 'unknown', 'cancelling', 'failed');
CREATE INDEX service_order_quoted ON service_order(until) WHERE state = 'quoted';
CREATE INDEX service_order_day ON service_order(bday, offer) WHERE bday <> '';
CREATE INDEX service_order_at ON service_order(at);
"""

_ORDERS = """
-- Goods that were ordered for customers, by their service order; and the parcels that bring them.
CREATE TABLE online_order(
  id TEXT PRIMARY KEY, barcode TEXT NOT NULL, pieces INTEGER NOT NULL CHECK(typeof(pieces) = 'integer'),
  comes_on TEXT NOT NULL, later INTEGER NOT NULL, handed_at TEXT NOT NULL, slot TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE online_parcel(parcel TEXT PRIMARY KEY, id TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX online_parcel_order ON online_parcel(id);
-- An order that came from an app. code: hash of what its bearer shows; lines: JSON, with what is in the bag.
CREATE TABLE app_order(
  id TEXT PRIMARY KEY, slip TEXT NOT NULL, no TEXT NOT NULL, platform TEXT NOT NULL, code TEXT NOT NULL,
  lines TEXT NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX app_order_slip ON app_order(slip);
CREATE INDEX app_order_code ON app_order(code);
CREATE INDEX app_order_open ON app_order(at, id) WHERE state IN ('placed', 'picking', 'packed');
CREATE INDEX app_order_at ON app_order(at);
"""

_DEMAND = """
-- What is sold of each sku, as the nights work it out; a point follows from it for each supplier's days. squares: text,
-- since they may be larger than a number of this file.
DROP TABLE reorder;
DELETE FROM meta WHERE k IN ('reorder.until', 'reorder.after');
CREATE TABLE demand(
  sku TEXT PRIMARY KEY, days INTEGER NOT NULL CHECK(typeof(days) = 'integer'),
  total INTEGER NOT NULL CHECK(typeof(total) = 'integer'), squares TEXT NOT NULL) WITHOUT ROWID;
"""

_LATE = """
ALTER TABLE online_order ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
CREATE INDEX online_order_waited ON online_order(comes_on) WHERE handed_at = '' AND slot = '' AND comes_on <> '';
-- Until when a service can be given back, and what is then kept of its price; empty, NULL: nobody said.
ALTER TABLE service_order ADD COLUMN back_until TEXT NOT NULL DEFAULT '';
ALTER TABLE service_order ADD COLUMN back_fee INTEGER;
"""

_VERSION_3 = _PAYMENTS + _REFUNDS + _SHIFTS + _COUPONS + _TABS

_MESSAGES = "CREATE TABLE message(cid TEXT PRIMARY KEY, text TEXT NOT NULL, paper INTEGER NOT NULL) WITHOUT ROWID;"
"""Of the cloud, until somebody has read them."""

_PROMOTIONS = """
CREATE TABLE promotion_set(
  name TEXT NOT NULL, ver INTEGER NOT NULL CHECK(typeof(ver) = 'integer'), body TEXT NOT NULL,
  in_force INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(name, ver));
"""
"""Of the cloud: what is in force, and what waits for the end of a sale."""

_PAGE = """
-- Who gave the command at the terminal's own page; nobody: it came from the cloud.
ALTER TABLE cmd ADD COLUMN given_by TEXT NOT NULL DEFAULT '';
"""

_DAYS_OVER = "CREATE INDEX journal_day_over ON journal(n) WHERE type IN ('report.z', 'shift.closed');"
"""Few among many: the page lists them."""

_PAGE_MARK = """
-- Of what was typed: the same form with other words is another order.
ALTER TABLE cmd ADD COLUMN given_mark TEXT NOT NULL DEFAULT '';
"""

_OUT = """
-- Cells that a person has taken out of use.
CREATE TABLE cell_out(id TEXT PRIMARY KEY) WITHOUT ROWID;
"""

_REPORT_PAPERS = """
-- What stood on a Z report and at a shift's end, for another paper of the same text.
CREATE TABLE report_paper(
  n INTEGER PRIMARY KEY, report TEXT NOT NULL UNIQUE, slip TEXT NOT NULL, copies INTEGER NOT NULL DEFAULT 0);
"""

MIGRATIONS: tuple[str, ...] = (
    _VERSION_1, _VERSION_2, _VERSION_3, _PARCELS, _SENDING, _STOCK, _REPLENISHMENT, _PURCHASES, _SERVICES, _HEARD,
    _INSIGHT, _AGENT_NOTES, _LOANS, _ORDERS, _DEMAND, _LATE,
    _MESSAGES, _PROMOTIONS, _PAGE, _DAYS_OVER, _PAGE_MARK, _OUT,
    _REPORT_PAPERS,
)  # fmt: skip
"""MIGRATIONS[k] turns version k into version k + 1. A shipped one is never edited."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to the newest version, in one transaction; StoreError for a file of the future."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise StoreError(
            "the ledger was written by a newer version of this software",
            expected=f"schema {len(MIGRATIONS)} or older", got=f"schema {version}",
            cure="Install that version again; nothing was changed.",
        )  # fmt: skip
    if version < len(MIGRATIONS):
        steps = "".join(MIGRATIONS[version:])
        connection.executescript(f"BEGIN IMMEDIATE;{steps}PRAGMA user_version = {len(MIGRATIONS)};COMMIT;")


def has_all_columns(connection: sqlite3.Connection) -> bool:
    """Whether each table has the columns that the migrations gave it: without one of them every sale would fail."""
    return _columns(connection) == _columns_as_made()


@cache  # the simulation boots many a time
def _columns_as_made() -> tuple[tuple[object, ...], ...]:
    with closing(sqlite3.connect(":memory:")) as fresh:
        migrate(fresh)
        return _columns(fresh)


def _columns(connection: sqlite3.Connection) -> tuple[tuple[object, ...], ...]:
    return tuple(
        connection.execute(
            'SELECT m.name, c.name, c.type, c."notnull", c.pk FROM sqlite_master m, pragma_table_info(m.name) c'
            " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid"
        )
    )
