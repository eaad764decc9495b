"""The reference cloud as a carrier: what it costs to send, which number a parcel gets, and who asks in vain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from counter_bench import TID

from edge.codec import wire_parcel as wire
from edge.codec.s10 import find_s10
from edge.codec.waybill import carrier_names
from edge.codec.wire_up import Request
from edge.platform_file import load_carriers
from edge.reference_cloud.sending import TARIFFS, Sending
from edge.reference_cloud.store import CloudStore

SF, JD, POST = (f"SEND:{carrier}:张三 13812345678:k7Q2" for carrier in ("SF", "JD", "CHINA_POST"))


def cid(number: int) -> str:
    return f"019aadf2-18f1-7c3e-9d51-{number:012d}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CloudStore]:
    store = CloudStore(tmp_path / "cloud.db")
    store.open()
    yield store
    store.close()


def asked(store: CloudStore, number: int, **args: Any) -> Any:
    return Sending(store).answer(
        Request(tid=TID, cid=cid(number), type=wire.QUOTE, at="2026-11-23T02:20:31.120Z", exp_s=90, args=args)
    )


def quoted(store: CloudStore, number: int, token: str, grams: int) -> wire.Quote:
    quote = wire.read_quote(asked(store, number, token=token, grams=grams).out)
    assert quote is not None, "a terminal can read it"
    return quote


@pytest.mark.parametrize(
    ("token", "grams", "fee"),
    [(SF, 1, 1_800), (SF, 1_000, 1_800), (SF, 1_001, 2_300), (SF, 3_000, 2_800), (JD, 2_500, 1_800),
     (POST, 100, 600), (POST, 101, 750), (POST, 2_000, 3_450)],
)  # fmt: skip
def test_the_fee_goes_by_carrier_and_weight(store: CloudStore, token: str, grams: int, fee: int) -> None:
    assert quoted(store, 1, token, grams).fee == fee


@pytest.mark.parametrize("token", [SF, JD])
def test_the_number_is_one_of_the_carrier(store: CloudStore, token: str) -> None:
    quote = quoted(store, 1, token, 500)
    assert carrier_names(quote.waybill, load_carriers()) == (quote.carrier,)


def test_a_registered_letter_has_a_number_with_its_check_digit(store: CloudStore) -> None:
    for number in range(1, 30):
        found = find_s10(quoted(store, number, f"{POST}{number}", 50).waybill)
        assert found is not None and found.valid and found.service == "RA"


def test_the_same_question_gets_the_same_answer_and_no_other_may_have_its_cid(store: CloudStore) -> None:
    first = asked(store, 1, token=SF, grams=500)
    assert asked(store, 1, token=SF, grams=500) == first
    for args in ({"token": SF, "grams": 501}, {"token": JD, "grams": 500}):
        again = asked(store, 1, **args)
        assert not again.ok and again.err.code == "schema.invalid"


def test_a_token_that_is_weighed_again_keeps_its_waybill(store: CloudStore) -> None:
    light, heavy = quoted(store, 1, SF, 500), quoted(store, 2, SF, 5_000)
    assert (light.waybill, light.parcel) == (heavy.waybill, heavy.parcel)
    assert light.fee < heavy.fee
    assert quoted(store, 3, f"{SF}-other", 500).waybill != light.waybill


def test_no_token_and_no_name_is_kept(store: CloudStore) -> None:
    quote = quoted(store, 1, SF, 500)
    assert (quote.name, quote.tail) == ("张*", "5678")
    kept = str(store.rows("SELECT * FROM quote")) + str(store.rows("SELECT * FROM sending"))
    assert "张三" not in kept and "13812345678" not in kept and "k7Q2" not in kept


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"token": "x" * 20, "grams": 500}, "auth.denied"),
        ({"token": "SEND:XX:张三:k7Q2", "grams": 500}, "auth.denied"),
        ({"token": SF, "grams": 30_001}, "cmd.unsupported"), ({"token": POST, "grams": 2_001}, "cmd.unsupported"),
        ({"token": SF, "grams": 0}, "schema.invalid"), ({"token": SF, "grams": "500"}, "schema.invalid"),
        ({"token": SF, "grams": 0.5}, "schema.invalid"), ({"token": 7, "grams": 500}, "schema.invalid"),
        ({"token": "SEND", "grams": 500}, "schema.invalid"), ({"grams": 500}, "schema.invalid"),
        ({}, "schema.invalid"), ({"token": SF, "grams": 10**18}, "schema.invalid"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_and_takes_no_number(store: CloudStore, args: dict[str, Any], code: str) -> None:
    answer = asked(store, 1, **args)
    assert not answer.ok and answer.err.code == code
    assert store.rows("SELECT * FROM sending") == []


def test_every_tariff_is_of_a_carrier_that_there_is() -> None:
    assert set(TARIFFS) <= {carrier.id for carrier in load_carriers().all}
