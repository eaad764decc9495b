"""What is written is read back equal: sales, baskets, slips, events, codes with check digits, identifiers."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edge.codec.basket import completed_sale, read_counter, write_counter
from edge.codec.command_card import OwnSlip, SlipKind, card_code, find_own_code, receipt_code, slip_code
from edge.codec.gtin import WrongCheck, check_digit, is_gtin, to_gtin14
from edge.codec.json_text import compact, pack, pack_object, read_object
from edge.codec.pickup import PickupCode, parse_pickup
from edge.codec.record_body import record_body
from edge.codec.refund_text import read_pending, write_pending
from edge.codec.s10 import parse_s10, s10_check
from edge.codec.sale_record_body import MAX_NAME
from edge.codec.slip_text import read_slip, write_slip
from edge.codec.topics import Topics
from edge.codec.wire import payload, read_down, read_up
from edge.codec.wire_batch import batch_text, event_text
from edge.codec.wire_down import Ack, Command, Pace, Rejection, Resend, Response
from edge.codec.wire_term import Message
from edge.codec.wire_up import Batch, BatchHead, Gone
from edge.model.counter import Counter, Pack, Verb, Waiting
from edge.model.ids import Ids, ulid, uuid7
from edge.model.ledger_rows import OutboxRow
from edge.model.money import Fen, Milli
from edge.model.records import SaleCompleted
from edge.model.refund import Refund, RefundKind, RefundLine
from edge.model.sale import Line, LineKind, Method, Sale, State, Tender
from edge.model.slip import Align, Barcode, Feed, Picture, QrCode, Row, Rule, Slip, Text
from edge.model.undo import Undo

TID, EPOCH = "T7K3M9Q2", "01KAQ3Z8F0S7J6W2R9XDBN4V5C"
AT = "2026-11-23T02:14:58.004Z"
TOPICS = Topics()

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
FEN = st.integers(-99_999_999, 99_999_999).map(Fen)
MILLI = st.integers(-999_000, 999_000).map(Milli)
COUNTS = st.integers(0, 1 << 53)
SEQS = st.integers(1, 1 << 53)
DIGITS = st.text(st.sampled_from("0123456789"), min_size=1, max_size=20)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))
IDS = st.builds(uuid7, MOMENTS, st.integers().map(Random))

LINES = st.builds(
    Line, n=st.integers(1, 100), kind=st.sampled_from(LineKind), sku=WORDS, name=WORDS, qty=MILLI, price=FEN,
    amount=FEN, unit=WORDS, name_en=WORDS, voids=st.none() | st.integers(1, 100), weighed=st.booleans(),
    scale=WORDS, age=st.integers(0, 99),
)  # fmt: skip
TENDERS = st.builds(Tender, st.sampled_from(Method), FEN, FEN, FEN, WORDS, WORDS)
UNDO = st.builds(Undo, st.integers(1, 100), MILLI) | st.builds(
    Undo, st.just(0), st.just(Milli(0)), member=st.none() | WORDS, coupon=WORDS
)
SALES = st.builds(
    Sale, id=WORDS, state=st.sampled_from(State), lines=st.lists(LINES, max_size=5).map(tuple),
    tenders=st.lists(TENDERS, max_size=2).map(tuple), rounding=FEN, payment=WORDS,
    undo=st.lists(UNDO, max_size=3).map(tuple), age_ok=st.booleans(),
)  # fmt: skip
REFUNDS = st.builds(
    Refund, id=WORDS, of=WORDS, receipt=WORDS, kind=st.sampled_from(RefundKind), by=WORDS,
    lines=st.lists(
        st.builds(RefundLine, st.integers(1, 100), WORDS, WORDS, MILLI, FEN, WORDS, st.booleans()), max_size=3
    ).map(tuple),
)  # fmt: skip
PACKS = st.builds(Pack, WORDS, MILLI, st.booleans())
COUNTERS = st.builds(
    Counter, st.none() | SALES, st.sampled_from(Waiting), st.none() | WORDS, st.none() | st.sampled_from(Verb),
    st.integers(0, 10**9), st.none() | MILLI, st.none() | FEN, st.none() | PACKS, st.none() | REFUNDS,
)  # fmt: skip
BLOCKS = st.one_of(
    st.builds(Text, WORDS, st.sampled_from(Align), st.booleans(), st.booleans()),
    st.builds(Row, WORDS, WORDS, st.booleans(), st.booleans()), st.builds(Rule, st.booleans()),
    st.builds(Feed, st.integers(1, 20)), st.builds(Barcode, WORDS), st.builds(QrCode, WORDS),
    st.builds(Picture, st.integers(1, 64), st.lists(st.binary(max_size=8), max_size=4).map(tuple)),
)  # fmt: skip
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 53), 1 << 53) | WORDS
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=6,
)  # fmt: skip
OBJECTS = st.dictionaries(WORDS, JSON, max_size=4)


@given(COUNTERS)
def test_a_basket_comes_back_from_its_row(counter: Counter) -> None:
    assert read_counter(write_counter(counter)) == counter


@given(SALES, st.booleans())
def test_a_completed_sale_comes_back_from_its_journal_row(sale: Sale, offline: bool) -> None:
    record = SaleCompleted(sale, "261123-1-0042", date(2026, 11, 23), "1", offline=offline)
    read = completed_sale(sale.id, json.loads(json.dumps(record_body(record))))
    assert read.total == sale.total
    assert read.rounding == sale.rounding
    for line, written in zip(read.lines, sale.lines, strict=True):
        assert (line.n, line.kind, line.sku, line.qty, line.price, line.amount, line.unit, line.voids) == (
            written.n, written.kind, written.sku, written.qty, written.price, written.amount, written.unit,
            written.voids,
        )  # fmt: skip
        assert line.name == written.name[:MAX_NAME]
    assert [tender.applied for tender in read.tenders] == [tender.applied for tender in sale.tenders]


@given(REFUNDS, st.lists(TENDERS, max_size=3))
def test_a_refund_that_waits_for_its_wallet_comes_back_from_its_row(refund: Refund, money: list[Tender]) -> None:
    read, way = read_pending(write_pending(refund, tuple(money)))
    assert read == refund
    assert [(tender.method, tender.applied, tender.payment) for tender in way] == [
        (tender.method, tender.applied, tender.payment) for tender in money
    ]


@given(st.lists(BLOCKS, max_size=6))
def test_a_slip_comes_back_from_its_text(blocks: list[Any]) -> None:
    slip = Slip(tuple(blocks))
    assert read_slip(write_slip(slip)) == slip


@given(OBJECTS)
def test_an_object_comes_back_from_its_payload(value: dict[str, Any]) -> None:
    assert read_object(pack_object({"a": value})) == {"a": value}


ROWS = st.builds(
    OutboxRow, seq=SEQS, id=IDS, type=st.sampled_from(["sale.voided", "shift.opened"]), sv=st.integers(1, 9),
    at=st.just(AT), boot=COUNTS, up=COUNTS, clk=st.sampled_from(["ok", "unsync", "cert"]),
    body=st.dictionaries(WORDS, WORDS | COUNTS, max_size=3).map(compact),
)  # fmt: skip


@given(st.lists(ROWS, max_size=4), st.integers(1, 1 << 52), st.none() | st.just("rs-1"))
def test_a_batch_of_rows_is_read_as_the_events_that_they_are(rows: list[OutboxRow], base: int, rid: str | None) -> None:
    gone = [Gone(lo=base, hi=base, why="pruned")] if rid else []
    text = batch_text(
        [event_text(row) for row in rows], tid=TID, stream="tx", epoch=EPOCH, base=base, sent=AT, rid=rid, gone=gone
    )
    tid, _, head = read_up(TOPICS, f"stores/v1/{TID}/up/tx", pack(text))
    assert isinstance(head, BatchHead)
    batch = Batch.model_validate(head.model_dump(exclude_unset=True))
    assert (tid, batch.base, batch.n, batch.rid, list(batch.gone)) == (TID, base, len(rows), rid, gone)
    for event, row in zip(batch.evs, rows, strict=True):
        told = (event.seq, event.id, event.type, event.sv, event.at, event.boot, event.up, event.clk)
        assert told == (row.seq, row.id, row.type, row.sv, row.at, row.boot, row.up, row.clk)
        assert event.data == json.loads(row.body)


SHORT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64)
DOWNWARD: st.SearchStrategy[tuple[str, Message]] = st.one_of(
    st.tuples(st.just("ack"), st.builds(
        Ack, tid=st.just(TID), stream=st.sampled_from(["tx", "pk", "ev"]), epoch=st.just(EPOCH), upto=COUNTS,
        rej=st.lists(st.builds(Rejection, seq=SEQS, code=SHORT), max_size=3).map(tuple),
        pace=st.builds(Pace, window=st.integers(1, 100)), at=st.just(AT),
    )),
    st.tuples(st.just("ack"), st.builds(
        Resend, tid=st.just(TID), stream=st.sampled_from(["tx", "pk", "ev"]), epoch=st.just(EPOCH), lo=SEQS, hi=SEQS,
        rid=st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True), why=SHORT, at=st.just(AT),
    )),
    st.tuples(st.just("cmd"), st.builds(
        Command, tid=st.just(TID), cid=IDS, type=SHORT, iat=st.just(AT), ttl_s=st.integers(1, 2_592_000), args=OBJECTS,
        by=SHORT,
    )),
    st.tuples(st.just("res"), st.builds(Response, tid=st.just(TID), cid=IDS, ok=st.booleans(), out=OBJECTS)),
)  # fmt: skip


@settings(max_examples=60)
@given(DOWNWARD)
def test_a_message_of_the_cloud_is_read_as_it_was_written(addressed: tuple[str, Message]) -> None:
    leaf, message = addressed
    tid, _, read = read_down(TOPICS, f"stores/v1/{TID}/dn/{leaf}", payload(message))
    assert (tid, read) == (TID, message)


def other_digit(digit: str, by: int) -> str:
    return str((int(digit) + by) % 10)


@given(st.integers(0, 999), st.integers(0, 2), st.integers(1, 9))
def test_a_command_card_is_read_and_never_with_one_digit_wrong(number: int, place: int, by: int) -> None:
    code = card_code(number)
    assert find_own_code(code) == number
    at = 2 + place
    assert isinstance(find_own_code(code[:at] + other_digit(code[at], by) + code[at + 1 :]), WrongCheck)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(1, 99), st.integers(1, 9_999), st.data())
def test_a_receipt_number_comes_back_from_its_barcode(day: date, till: int, number: int, data: st.DataObject) -> None:
    receipt = f"{day:%y%m%d}-{till}-{number:04d}"
    code = receipt_code(receipt)
    found = find_own_code(code)
    assert isinstance(found, OwnSlip)
    assert found.receipt == receipt
    assert slip_code(found) == code
    at, by = data.draw(st.integers(1, 13)), data.draw(st.integers(1, 9))
    assert isinstance(find_own_code(code[:at] + other_digit(code[at], by) + code[at + 1 :]), WrongCheck)


@given(
    st.sampled_from([SlipKind.HOLD, SlipKind.SERVICE]), st.text(st.sampled_from("0123456789"), min_size=4, max_size=16)
)
def test_a_slip_comes_back_from_its_barcode(kind: SlipKind, number: str) -> None:
    assert find_own_code(slip_code(OwnSlip(kind, number))) == OwnSlip(kind, number)


@given(st.from_regex(r"([A-Z]|[0-9]{1,3})-([0-9]{1,2})-([0-9]{1,6})", fullmatch=True), st.sampled_from("-－—–‐−─"))
def test_a_pick_up_code_is_read_with_any_dash_and_any_width(code: str, dash: str) -> None:
    shelf, layer, serial = code.split("-")
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in shelf)
    assert parse_pickup(code.replace("-", dash)) == PickupCode(shelf, layer, serial)
    assert parse_pickup(f" {wide}{dash}{layer}{dash}{serial} ") == PickupCode(shelf, layer, serial)


@given(st.sampled_from([7, 11, 12, 13]), st.data())
def test_a_gtin_with_one_digit_wrong_or_two_neighbours_changed_is_none(length: int, data: st.DataObject) -> None:
    body = data.draw(st.text(st.sampled_from("0123456789"), min_size=length, max_size=length))
    gtin = body + check_digit(body)
    assert is_gtin(gtin)
    assert to_gtin14(gtin) == gtin.zfill(14)
    at, by = data.draw(st.integers(0, length)), data.draw(st.integers(1, 9))
    assert not is_gtin(gtin[:at] + other_digit(gtin[at], by) + gtin[at + 1 :])


@given(st.text(st.sampled_from("0123456789"), min_size=8, max_size=8), st.integers(0, 7), st.integers(1, 9))
def test_an_s10_number_comes_back_and_no_serial_with_one_digit_wrong(serial: str, at: int, by: int) -> None:
    code = f"RB{serial}{s10_check(serial)}CN"
    assert parse_s10(code).valid
    wrong = serial[:at] + other_digit(serial[at], by) + serial[at + 1 :]
    # 0 and 5 stand for two remainders each (10 and 0, 5 and 11): what they hide is the standard's, not ours.
    if s10_check(serial) not in (0, 5):
        assert not parse_s10(f"RB{wrong}{s10_check(serial)}CN").valid


@pytest.mark.parametrize("make", [uuid7, ulid])
@given(at=MOMENTS, later_ms=st.integers(1, 10**12), seeds=st.tuples(st.integers(), st.integers()))
@example(at=datetime(2038, 2, 1, microsecond=8_000, tzinfo=UTC), later_ms=1, seeds=(0, 0))
def test_identifiers_sort_by_the_millisecond_in_which_they_were_made(
    make: Any, at: datetime, later_ms: int, seeds: tuple[int, int]
) -> None:
    first, second = (make(when, Random(seed)) for when, seed in zip(
        (at, at + timedelta(milliseconds=later_ms)), seeds, strict=True
    ))  # fmt: skip
    assert first < second
    assert len(first) == len(second)


@given(at=MOMENTS, seed=st.integers(), many=st.integers(2, 50))
def test_ids_of_one_moment_sort_as_they_were_made(at: datetime, seed: int, many: int) -> None:
    """Papers of one act are printed in the order of their ids."""
    ids = Ids(Random(seed))
    made = [ids.new(at) for _ in range(many)]
    assert made == sorted(made)
    assert len(set(made)) == many
    assert {UUID(one).version for one in made} == {7}
