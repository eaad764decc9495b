"""What the cloud says of a parcel to be sent: read with care, kept as it is, and a line of a sale that is no goods."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from counter_bench import CounterBench
from hypothesis import given
from hypothesis import strategies as st

from edge.codec import wire_parcel as wire
from edge.errors import IllegalMove, ModelError
from edge.model.item import is_goods
from edge.model.masking import Recipient, masked_line
from edge.model.money import Fen
from edge.model.parcel import ParcelEvent, ParcelState
from edge.model.receipt import pieces_of
from edge.model.repricing import repriced
from edge.model.sale import Sale
from edge.model.shipment import Shipment, add_fee, fees, sent_by, spoken_name, weight_text

AT = datetime(2026, 11, 23, 2, 20, tzinfo=UTC)
SHIPMENT = Shipment(
    "p_1", "SF1000000000017", "SF", 1_250, Fen(1_800), AT, Recipient("", "张*", "5678"), ("上海 021-B12",)
)  # fmt: skip
QUOTE: dict[str, Any] = {
    "parcel": "p_1", "mark": wire.token_mark("a-token-of-an-app"), "grams": 1_250, "cur": "CNY", "fee": 1_800,
    "carrier": "SF", "waybill": "SF1000000000017", "valid_s": 600, "name": "张三", "tail": "13812345678",
    "lines": ["上海 021-B12"],
}  # fmt: skip
WRONG: dict[str, dict[str, Any]] = {
    "no fee": {"fee": 0}, "a fee of a house": {"fee": 10_000_001}, "a fee with a point": {"fee": 18.0},
    "a fee in words": {"fee": "1800"}, "another currency": {"cur": "USD"}, "no weight": {"grams": 0},
    "a weight of a car": {"grams": 900_000}, "a waybill with a blank": {"waybill": "SF 1000000000"},
    "a waybill that prints a line": {"waybill": "SF100\n000"}, "no waybill": {"waybill": None},
    "a mark that is a token": {"mark": "a-token-of-an-app"}, "too many lines": {"lines": ["x"] * 9},
    "an endless line": {"lines": ["x" * 65]}, "lines that are none": {"lines": "上海"},
    "good for ever": {"valid_s": 10**9}, "good for no time": {"valid_s": 0},
    "an id with a blank": {"parcel": "p 1"}, "no carrier": {"carrier": ""},
}  # fmt: skip


def test_a_quote_is_read_and_whose_it_is_is_masked() -> None:
    quote = wire.read_quote(QUOTE)
    assert quote is not None
    assert quote.recipient == Recipient("", "张*", "5678")
    assert quote.label_lines == ("上海 021-B12",)


@pytest.mark.parametrize("case", sorted(WRONG))
def test_a_quote_with_something_wrong_is_none(case: str) -> None:
    assert wire.read_quote(QUOTE | WRONG[case]) is None


@pytest.mark.parametrize("missing", sorted(QUOTE.keys() - {"name", "tail", "lines"}))
def test_a_quote_without_something_is_none(missing: str) -> None:
    assert wire.read_quote({key: value for key, value in QUOTE.items() if key != missing}) is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(sorted(QUOTE)), inner),
)


@given(ANYTHING)
def test_whatever_is_answered_is_a_quote_or_none(out: object) -> None:
    assert wire.read_quote(out) is None, "it lacks what every quote has"
    bent = QUOTE | out if isinstance(out, dict) else out
    quote = wire.read_quote(bent)
    assert quote is None or quote.model_dump(mode="json", exclude_unset=True) == bent


def test_a_token_is_known_by_its_mark_alone() -> None:
    args = wire.QuoteArgs(token="a-token-of-an-app", grams=100)
    assert "a-token" not in repr(args)
    assert wire.token_mark("a-token-of-an-app") != wire.token_mark("a-token-of-an-apq")
    assert wire.token_mark("\ud800" * 8), "whatever a scanner reads"


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("张* 13812345678", "张* ****5678"), ("+86 138-1234-5678", "****5678"), ("021-B12-07", "021-B12-07"),
        ("SF1000000000017", "SF1000000000017"), ("200120", "200120"), ("13812345678 转 2", "****5678 转 2"),
    ],
)  # fmt: skip
def test_a_line_of_a_label_has_no_phone(line: str, printed: str) -> None:
    assert masked_line(line) == printed


def test_a_fee_is_a_line_that_is_no_goods() -> None:
    sale = add_fee(Sale("s"), SHIPMENT)
    (line,) = fees(sale.standing)
    assert (line.amount, sent_by(line.sku), is_goods(line.sku), line.fixed) == (1_800, "p_1", False, True)
    assert (sale.total, pieces_of(sale)) == (1_800, 0)
    with pytest.raises(ModelError):
        repriced(sale, line.n, Fen(1))


def test_words_of_a_shipment() -> None:
    assert [weight_text(grams) for grams in (5, 850, 1_250, 2_000)] == ["0.005 kg", "0.85 kg", "1.25 kg", "2 kg"]
    assert [spoken_name(Recipient("", name, "5678"), "zh-CN") for name in ("张*", "*", "")] == ["张某", "5678", "5678"]
    assert spoken_name(Recipient("", "L* L*", "5678"), "en") == "L"


def test_a_parcel_with_a_courier_is_neither_accepted_nor_given_back() -> None:
    parcel = SHIPMENT.labelled(AT).moved(ParcelEvent.ACCEPT).moved(ParcelEvent.HAND_OVER)
    assert parcel.state is ParcelState.HANDED_OVER
    for event in (ParcelEvent.ACCEPT, ParcelEvent.CANCEL, ParcelEvent.HAND_OVER):
        with pytest.raises(IllegalMove):
            parcel.moved(event)
    assert SHIPMENT.labelled(AT).moved(ParcelEvent.CANCEL).state is ParcelState.CANCELLED


@pytest.mark.parametrize("wound", ["until = 'soon'", "lines = '{'", "lines = '7'"])
def test_a_shipment_that_cannot_be_read_is_none_and_its_fee_leaves_the_bill(tmp_path: Path, wound: str) -> None:
    shop = CounterBench(tmp_path / "shop")
    tx = shop.begin()
    tx.shipments.keep(SHIPMENT)
    tx.commit()
    shop.ledger._connection.execute(f"UPDATE shipment SET {wound}")
    assert shop.begin().shipments.find("p_1") is None


def test_a_shipment_is_kept_and_forgotten_when_nobody_paid(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    tx = shop.begin()
    tx.shipments.keep(SHIPMENT)
    tx.commit()
    shop.restart()
    tx = shop.begin()
    assert tx.shipments.find("p_1") == SHIPMENT
    assert tx.shipments.forget_unpaid(AT + timedelta(seconds=1), but={"p_1"}) == 0
    assert tx.shipments.forget_unpaid(AT + timedelta(seconds=1), but=()) == 1
    assert tx.shipments.find("p_1") is None
    tx.rollback()
