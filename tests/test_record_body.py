"""What the journal writes is what the wire's body models read, for every record that there is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import get_args

import pytest
from app_order_samples import ORDER_SAMPLES
from hypothesis import event, given
from hypothesis import strategies as st
from purchase_samples import PURCHASE_RECORDS
from service_samples import SERVICE_SAMPLES

from edge.codec.bodies import BODIES, is_known
from edge.codec.json_text import compact
from edge.codec.record_body import SV, record_body
from edge.codec.sale_record_body import MANY_LINES, MAX_LINES_OCTETS, fits, surely_fits
from edge.codec.scale_frame import MAX_FRAME_TEXT
from edge.codec.wire_batch import event_text
from edge.codec.wire_term import MAX_EVENT_OCTETS
from edge.model import (
    cloud_records,
    identity_records,
    licence_records,
    loan,
    parcel_records,
    records,
    refusal_records,
)
from edge.model.agent_note import AgentNote, Way
from edge.model.cell import Size
from edge.model.first_setup import Checked, Found, Verdict
from edge.model.first_setup import Part as FirstPart
from edge.model.insight_records import CampaignShown, InsightSwitched, PlanAnswered, StockOut
from edge.model.item import Item
from edge.model.ledger_rows import OutboxRow
from edge.model.licence import Licence
from edge.model.loan import Loan, LoanState
from edge.model.masking import recipient
from edge.model.money import Fen, Milli, Rounding
from edge.model.parcel import Parcel, ParcelState
from edge.model.payment import Payment, PaymentEvent, PaymentState, payment_moved, payment_refunded
from edge.model.records import Record
from edge.model.refund import Refund, RefundKind, RefundLine
from edge.model.repricing import repriced
from edge.model.sale import (
    MAX_LINES,
    Event,
    Line,
    LineKind,
    Method,
    Sale,
    Saving,
    Tender,
    add_item,
    add_open_price,
    add_unknown,
    moved,
    void_line,
)
from edge.model.settlement import MAX_TENDERS, tender_cash
from edge.model.stock_records import ClaimLine, CountedLine
from edge.model.takings import Takings
from edge.model.warranty_records import SerialSkipped
from edge.services.new_line import VOIDS_KEPT

SALE_ID = "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"
WATER = Item(sku="6901234567892", name="矿泉水", price=Fen(351), unit="瓶")
APPLE = Item(sku="2100045", name="苹果", price=Fen(2245), weighed=True)


def basket() -> Sale:
    sale = add_item(Sale(SALE_ID), WATER, qty=Milli(2000))
    sale = add_item(sale, APPLE, qty=Milli(735))
    sale = add_unknown(sale, Item("6909999999990", "未知商品", None), price=Fen(1200))
    sale = add_open_price(sale, name="其他", price=Fen(99))
    return void_line(sale, 3)


def paid(sale: Sale) -> Sale:
    return tender_cash(moved(sale, Event.SUBTOTAL), Fen(500_000_00), Rounding.JIAO)


def completed(sale: Sale) -> records.SaleCompleted:
    return records.SaleCompleted(
        sale=sale, receipt="261123-1-0042", business_day=date(2026, 11, 23), till="1", offline=True, shift=SALE_ID
    )


AT = datetime(2026, 11, 23, 2, 20, 31, 120_000, tzinfo=UTC)
PARCEL = Parcel(
    "p_8f2c61", "SF1234567890123", "SF", ParcelState.STORED, recipient("r-1", "张三丰", "13812344321"), True, Size.M,
    cell="B07", by="3f9a0c61d2be", at=AT, due_at=AT, code="a" * 64,
)  # fmt: skip
PAYMENT = Payment(
    id=SALE_ID, sale=SALE_ID, channel="wechat", amount=Fen(2350), boot=1, up_ms=5, reference="4200002211"
)  # fmt: skip
DAY = date(2026, 11, 23)
BACK = Refund(SALE_ID, SALE_ID, "261123-1-0042", (RefundLine(1, "6901234567892", "矿泉水", Milli(1000), Fen(351)),))
SHIFT, DAY = "019aadf2-18f0-7c3e-9d51-6a1b2c3d4e5f", date(2026, 11, 23)
LOAN = Loan(SALE_ID, "9f86d081884c7d65", "JD_LOAN", datetime(2026, 11, 23, tzinfo=UTC))
TOOK = Takings(
    (("back.cash", 1, 1_050), ("cancelled", 3, 900), ("expired", 1, 350), ("no_sale", 2, 0), ("over_short", 1, -50),
     ("pay.cash", 61, 75_300), ("pay.wechat", 82, 120_880), ("pay_out", 1, 20_000), ("refund", 1, 1_050),
     ("rounding", 40, -120), ("sale", 142, 196_300))
)  # fmt: skip
AT = datetime(2026, 11, 23, 2, 0, 5, 1_999, UTC)
LICENCE = Licence("A-2026-1", 2, "alibaba", "", "S-1", "", frozenset({"loan", "top_up"}), DAY, DAY)
RECORDS: list[Record] = [
    completed(paid(basket())),
    records.SaleCancelled(sale=basket(), why="cancelled"),
    records.StockMoved(
        of=SALE_ID,
        why="received",
        moves=(("6901234567892", Milli(24000)), ("2100045", Milli(-735))),
        costs=(("6901234567892", Fen(210)),),
    ),
    records.SaleRefunded(BACK, (Tender(Method.CASH, Fen(351)),), "261123-1-0043", DAY, "1"),
    records.SaleVoided(replace(BACK, by="o-1"), (Tender(Method.CASH, Fen(351)),), "261123-1-0044", DAY, "1"),
    records.PaymentChanged(payment_moved(PAYMENT, PaymentEvent.SEND)),
    records.PaymentChanged(
        payment_refunded(replace(PAYMENT, state=PaymentState.APPROVED), Fen(100)), "refund", refund=SALE_ID
    ),
    records.CouponUsed("c-7f3a91", "milk-minus-3", SALE_ID),
    records.PaymentReceived(replace(PAYMENT, state=PaymentState.APPROVED), "closed", AT),
    records.PaymentReceived(replace(PAYMENT, sale="", reference=""), "unmatched", AT),
    records.DrawerOpened(why="sale", of=SALE_ID),
    records.DrawerOpened(why="no_sale"),
    records.ItemUnknown(barcode="6909999999990", price=Fen(1200)),
    records.Booted(version="0.1.0", clean=False),
    records.ClockStepped(before=AT, after=AT, step_ms=-7_283_690, source="ntp"),
    records.PrinterFaulted(device="receipt_printer", state="cover_open"),
    records.PaperOut(device="receipt_printer"),
    records.AuthPassed(device="counter_scanner", role="owner", badge="3f9a0c61d2be"),
    records.AuthFailed(device="counter_scanner", why="unknown"),
    records.AuthFailed(device="counter_scanner", why="revoked", badge="3f9a0c61d2be"),
    records.CardIssued(badge="3f9a0c61d2be", role="owner", by="set-up"),
    records.CardRevoked(badge="3f9a0c61d2be", role="owner", by="ops@cloud"),
    records.PrinterRecovered(device="receipt_printer"),
    records.PrintEnded(job=SALE_ID, of=SALE_ID, copy_no=1, outcome="unknown", reason="x" * 999),
    records.PrintEnded(job=SALE_ID, of=SALE_ID, copy_no=0, outcome="printed"),
    records.DrawerEnded(kick=SALE_ID, outcome="expired", reason="too late"),
    records.SequenceRotated(old="01KAQ3Z8F0S7J6W2R9XDBN4V5C", new="01KAQ5M2C4T8K1V6P0YBHZ3N7D", why="restored"),
    records.CatalogueApplied(version=20884, items=50_012),
    records.DiskLevelChanged(level="90", free_mb=812),
    records.StoreSetAside(file="ledger.db", kept_as="aside/ledger.db.1", reason="torn"),
    records.CommandEnded(cid=SALE_ID, command="print.text", state="done"),
    records.CommandEnded(cid=SALE_ID, command="print.text", state="failed", code="hw.printer_paper"),
    records.ShiftOpened(SHIFT, DAY, "1", Fen(30_000)),
    records.ShiftOpened(SHIFT, DAY, "1", Fen(0), by_itself=True),
    records.CashCounted(SHIFT, "open", Fen(30_000)),
    records.CashMoved(SHIFT, DAY, "pay_out", Fen(20_000)),
    records.CashMoved(SHIFT, DAY, "pay_out", Fen(300), payment=SALE_ID),
    records.ShiftClosed(SHIFT, DAY, "1", Fen(30_000), TOOK, counted=Fen(84_200)),
    records.ShiftClosed(SHIFT, DAY, "1", Fen(0), Takings(), counted=None),
    records.DayClosed(212, DAY, "1", TOOK, "261123-1-0001", "261123-1-0142"),
    records.DayClosed(213, DAY, "1", Takings(), None, None, by_itself=True),
    records.TabEnrolled("87654321", Fen(50_000), "3f9a0c61d2be"),
    records.TabCharged("87654321", SALE_ID, Fen(750), Fen(-120)),
    licence_records.LicenceKept(replace(LICENCE, withdrawn=True)),
    licence_records.LicenceRefused("alibaba", "sig.invalid"),
    licence_records.LicenceEnding(LICENCE, 14),
    licence_records.ServiceBarred("ALI_TOP_UP", "alibaba", "lic.over"),
    identity_records.CertificateRenewed("0" * 39 + "1", "0" * 39 + "2", datetime(2027, 12, 28, 20, 45, 48, tzinfo=UTC)),
    records.SetupChecked(
        Checked(
            "2026-11-23T02:14:58.004Z",
            "technician",
            "0.1.0",
            (
                Found("receipt_printer", FirstPart.PRINTER, Verdict.WORKS, seen=True),
                Found("receipt_printer", FirstPart.DRAWER, Verdict.FAILED, "hw.printer_offline"),
                Found("counter_scanner", FirstPart.SCANNER, Verdict.UNTRIED),
                Found("", FirstPart.SCALE, Verdict.ABSENT),
            ),
        )
    ),
    refusal_records.ServiceRefused("svc.not_ours"),
    refusal_records.ServiceRefused("svc.in_bill", "ALI_TOP_UP", "019aadf2-6e01-7c3e-9d51-6a1b2c3d4e5f"),
    refusal_records.PlatformRefused("own.toml", 7, "'min_fen' in [services.FERRY] is wrong", "a whole number", '"5"'),
    refusal_records.PlatformRefused("own.toml", 0, "the file cannot be read"),
    cloud_records.TerminalSuspended(True, "user:ops-17", "contract ended"),
    cloud_records.TerminalSuspended(False, "user:ops-17"),
    cloud_records.SupportOpened("user:ops-17", 60),
    cloud_records.SupportOpened("", 60),
    cloud_records.SupportClosed("over"),
    cloud_records.CatalogueRejected(20884, "blob.hash", "not what it was said to be"),
    cloud_records.PromotionsApplied("pilot", 3, 12),
    cloud_records.ConfigApplied(32, "46" * 32),
    cloud_records.ConfigRejected(32, "46" * 32, "rolled_back", "cfg.unconfirmed", "no welcome within 600 s"),
    cloud_records.MessageRefused("sig.invalid", "cmd", 1),
    records.TabRepaid("87654321", SALE_ID, Fen(750), Fen(0)),
    records.TrainingSale(paid(basket()), "1"),
    records.LoanMoved(LOAN, "token"),
    records.LoanMoved(
        replace(LOAN, state=LoanState.PAID_OUT, way=loan.Way.TILL, amount=Fen(500_000), reference="LN-2611-00042"),
        "cash",
        SHIFT,
        DAY,
    ),
    records.AgentNoted(AgentNote("post_cash", "000123-004512", Way.OUT, Fen(50_000)), SHIFT, DAY, "1"),
    records.SaleRefunded(
        replace(BACK, receipt="", kind=RefundKind.WITHOUT_RECEIPT),
        (Tender(Method.CASH, Fen(351)),),
        "261123-1-0043",
        DAY,
        "1",
        why="without_receipt",
    ),
    completed(paid(repriced(basket(), 1, Fen(100)))),
    parcel_records.ParcelExpected(replace(PARCEL, cell="", consent=False)),
    parcel_records.ParcelStored(PARCEL, how="scan", device="counter_scanner", door="closed"),
    parcel_records.ParcelStored(replace(PARCEL, cell="", shelf="3-1-0001", by=""), how="word"),
    parcel_records.ParcelCancelled(PARCEL, "no_door"),
    parcel_records.ParcelCollected(PARCEL, "code", "keypad", "closed", by="3f9a0c61d2be"),
    parcel_records.ParcelRefused(PARCEL, "refused"),
    parcel_records.ParcelMissing(PARCEL),
    parcel_records.ParcelFound(PARCEL),
    parcel_records.ParcelOverdue(PARCEL),
    parcel_records.ParcelReminded(PARCEL.id, PARCEL.waybill, 24),
    parcel_records.ParcelReturned(PARCEL, "overdue", "3f9a0c61d2be", "closed"),
    parcel_records.ParcelLabelled(PARCEL, 1250, 1200, SALE_ID),
    parcel_records.ParcelAccepted(PARCEL, 1250, 1200, SALE_ID),
    parcel_records.ParcelHandedOver(PARCEL, "3f9a0c61d2be"),
    parcel_records.ParcelNotified(PARCEL.id, PARCEL.waybill, "failed", "no phone"),
    parcel_records.LockerOpened("B07", "pickup", PARCEL.id, "code"),
    parcel_records.LockerClosed("B07", "empty", PARCEL.id, 14),
    parcel_records.LockerForced("B07", PARCEL.id),
    parcel_records.CellChanged("B07", "fault", "not_opened", PARCEL.id),
    parcel_records.DoorEnded(SALE_ID, "B07", "unknown", "x" * 999),
    parcel_records.DoorLeftOpen("B07", AT, PARCEL.id),
    parcel_records.CodesRefused("keypad", 4, 300),
    records.StockCounted(
        SALE_ID,
        (
            CountedLine("6901234567892", Milli(17000), Milli(24000), Milli(-2000), again=True),
            CountedLine("2100045", Milli(735), None),
        ),
    ),
    records.LotNoted("6901234567892", Milli(12000), date(2026, 12, 31), "keyed"),
    records.PriceSet("6901234567892", Fen(350), "owner"),
    records.PriceSet("6901234567892", None, "technician"),
    records.PurchaseClaimed(
        SALE_ID,
        "P26112300017",
        (ClaimLine("6901234567892", short=Milli(2000)), ClaimLine("21", damaged=Milli(735))),
    ),
    *PURCHASE_RECORDS,
    *SERVICE_SAMPLES,
    *ORDER_SAMPLES,
    SerialSkipped("019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f", 1, "6901234567892"),
    StockOut("6901234567892"),
    InsightSwitched(on=False),
    CampaignShown("milk-2026w48", DAY, 31, 12, 164, 20),
    PlanAnswered("p-2026w48", "add", "6901234567892"),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_body_is_what_its_model_reads_and_writes(record: Record) -> None:
    body = json.loads(compact(record_body(record)))
    model = BODIES[record.type].model_validate(body)
    assert model.model_dump(exclude_unset=True, by_alias=True, mode="json") == body
    assert SV[record.type] == BODIES[record.type].SV


def test_no_record_tells_whose_a_parcel_is_or_its_code() -> None:
    ours = [record for record in RECORDS if isinstance(record, get_args(parcel_records.ParcelRecord))]
    told = " ".join(compact(record_body(record)) for record in ours)
    assert len(ours) > 15 and not any(secret in told for secret in ("张", "4321", "aaaa", "r-1"))


def test_every_record_is_tried_here() -> None:
    assert {type(record) for record in RECORDS} == set(get_args(Record))
    assert set(SV) == {kind.type for kind in get_args(Record)}


@pytest.mark.parametrize("kind", BODIES)
def test_example_of_a_body_is_valid(kind: str) -> None:
    example = BODIES[kind].EXAMPLE
    model = BODIES[kind].model_validate(json.loads(compact(example)))
    assert model.model_dump(exclude_unset=True, by_alias=True, mode="json") == example
    assert is_known(kind)


def test_a_sale_says_what_was_bought_paid_and_rounded() -> None:
    body = record_body(RECORDS[0])
    lines = body["lines"]
    assert isinstance(lines, list)
    assert lines[0] == {"n": 1, "kind": "item", "sku": "6901234567892", "name": "矿泉水", "qty": "2", "unit": "瓶",
                        "price": 351, "amt": 702}  # fmt: skip
    assert lines[1]["qty"] == "0.735" and "unit" not in lines[1]
    assert lines[4] == {"n": 5, "kind": "void", "sku": "6909999999990", "name": "未知商品", "qty": "-1",
                        "price": 1200, "amt": -1200, "voids": 3}  # fmt: skip
    assert body["total"] == 702 + 1650 + 99 and body["rounding"] == -51
    assert body["pay"] == [{"m": "cash", "amt": 2400, "tendered": 50_000_000, "change": 49_997_600}]
    assert body["bday"] == "2026-11-23" and body["cur"] == "CNY" and body["offline"] is True


def test_times_are_cut_to_milliseconds_and_end_in_z() -> None:
    assert record_body(RECORDS[14])["before"] == "2026-11-23T02:00:05.001Z"


@pytest.mark.parametrize("name", ["农夫山泉饮用天然水" * 20, 'quotes " and \\ ' * 20, "w" * 300])
def test_a_hundred_lines_with_long_names_fit_one_event(name: str) -> None:
    sale = Sale(SALE_ID)
    for _ in range(99):
        sale = add_item(sale, Item(sku="6901234567892", name=name, price=Fen(9_999), unit="公斤"), qty=Milli(12_735))
    body = record_body(completed(paid(void_line(sale, 50))))
    row = OutboxRow(seq=9_999_999, id=SALE_ID, type="sale.completed", sv=1, at="2026-11-23T02:14:58.004Z", boot=999,
                    up=9_999_999_999, clk="unsync", body=compact(body))  # fmt: skip
    assert len(event_text(row).encode()) <= MAX_EVENT_OCTETS
    BODIES["sale.completed"].model_validate(json.loads(compact(body)))
    lines = body["lines"]
    assert isinstance(lines, list) and all(line["name"] and name.startswith(line["name"]) for line in lines)


def test_as_many_weighed_lines_as_are_not_measured_fit_one_event_with_their_frames() -> None:
    longest = Item(sku="9" * 32, name="果" * 80, price=Fen(99_999), unit="公" * 8, weighed=True)
    sale = Sale(SALE_ID)
    for _ in range(MANY_LINES):
        sale = add_item(sale, longest, qty=Milli(29_999), scale='"' * MAX_FRAME_TEXT)
    body = record_body(records.SaleCancelled(sale, "cancelled"))
    assert len(compact(body).encode()) <= MAX_LINES_OCTETS


def test_a_sale_whose_payment_does_not_add_up_is_not_valid() -> None:
    body = record_body(RECORDS[0])
    with pytest.raises(ValueError, match="total"):
        BODIES["sale.completed"].model_validate(json.loads(compact(body)) | {"total": 1})


WORDS, FEN = st.text(max_size=70), st.integers(-99_999_999, 99_999_999).map(Fen)
SALE_LINES = st.builds(
    Line, n=st.just(1), kind=st.sampled_from(LineKind), sku=st.text("0123456789", max_size=18), name=WORDS,
    qty=st.integers(-99_999_999, 99_999_999).map(Milli), price=FEN, amount=FEN, unit=st.text(max_size=4),
    voids=st.none() | st.integers(1, 9999), weighed=st.booleans(), scale=st.just("") | WORDS, was=st.none() | FEN,
    why=st.text(max_size=9), discount=st.just(Fen(0)) | st.integers(0, 99_999_999).map(Fen), promo=st.text(max_size=9),
)  # fmt: skip


TEXTS = st.text(max_size=40)
ITEMS = st.builds(
    Item, sku=st.text("0123456789货", min_size=1, max_size=32), name=TEXTS,
    price=st.sampled_from([Fen(1), Fen(99_999_999)]), unit=st.text(max_size=8), weighed=st.booleans(),
)  # fmt: skip


@given(st.lists(ITEMS, min_size=1, max_size=5), st.text('\x01"果x', min_size=64, max_size=64))
def test_the_fullest_sale_that_is_paid_in_most_parts_is_one_event(items: list[Item], ref: str) -> None:
    """And so it is once as many lines are taken out as may be."""
    sale = Sale(SALE_ID)
    for item in items * MAX_LINES:
        scale = '"' * MAX_FRAME_TEXT if item.weighed else ""
        more = add_item(sale, item, qty=Milli(1000), scale=scale)
        if not fits(more, voids=min(VOIDS_KEPT, len(more.standing))) or len(more.lines) == MAX_LINES:
            break
        sale = more
    longest = sorted(sale.standing, key=lambda line: len(f"{line.sku}{line.unit}".encode()), reverse=True)
    for line in longest[:VOIDS_KEPT]:
        sale = void_line(sale, line.n)
        assert fits(sale)
    most = Fen(99_999_999)
    cash = [Tender(Method.CASH, most, most, most)] * (MAX_TENDERS - 1)
    wallet = Tender(Method.UNIONPAY, most, payment=SALE_ID, reference=ref)
    full = replace(sale, tenders=(*cash, wallet), rounding=Fen(-99), dual_risk=SALE_ID, age_ok=True)
    record = records.SaleCompleted(full, "261123-1-0042", DAY, "1", offline=False, shift=SHIFT)
    row = OutboxRow(seq=9_999_999, id=SALE_ID, type="sale.completed", sv=1, at="2026-11-23T02:14:58.004Z", boot=9_999,
                    up=9_999_999_999, clk="unsync", body=compact(record_body(record)))  # fmt: skip
    assert len(event_text(row).encode()) <= MAX_EVENT_OCTETS


@given(st.lists(SALE_LINES, max_size=6), st.integers(1, 25), st.integers(0, 40))
def test_a_sale_of_which_a_cheap_look_says_that_it_fits_does_fit(
    lines: list[Line], times: int, promotions: int
) -> None:
    saved = tuple(Saving(f"p{n}", '促销"' * 3, Fen(n)) for n in range(promotions))
    sale = Sale(SALE_ID, lines=tuple(replace(line, n=n) for n, line in enumerate(lines * times, 1)), savings=saved)
    octets = len(compact(record_body(records.SaleCancelled(sale, "cancelled"))).encode())
    event("fits" if surely_fits(sale) else "may not")
    assert octets <= MAX_LINES_OCTETS + 200 or not surely_fits(sale)
