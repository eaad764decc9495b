"""Payment codes, waybills, S10 numbers, pick-up codes, AIM identifiers, the order of events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import biip
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.aim import split_aim, symbology
from edge.codec.chronology import back_dated, chronological
from edge.codec.paycode import channels, masked
from edge.codec.pickup import find_pickup, parse_pickup
from edge.codec.s10 import find_s10, parse_s10, s10_check
from edge.codec.scan import reads_as_sscc
from edge.codec.waybill import carrier_names, is_loose_waybill, waybill_number
from edge.errors import CodecError
from edge.platform_file import load_carriers

CARRIERS = load_carriers()
FACE_TOKEN = "fp" + "a1B" * 11


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("100000000000000000", ["wechat"]),
        ("151234567890123456", ["wechat"]),
        ("161234567890123456", []),
        ("1312345678901234567", []),
        ("2512345678901234", ["alipay"]),
        ("251234567890123", []),
        ("301234567890123456789012", ["alipay"]),
        ("3012345678901234567890123", []),
        ("241234567890123456", []),
        (FACE_TOKEN, ["alipay"]),
        (FACE_TOKEN + "x", []),
        ("6212345678901234567", ["unionpay"]),
        ("181234567890123456", ["jdpay"]),
        ("511234567890123456", ["bestpay"]),
        ("0112345678901234567", ["ecny"]),
        ("１３４５６７８９０１２３４５６７８９", []),
    ],
)
def test_each_wallet_has_its_length_and_prefix(code: str, expected: list[str]) -> None:
    assert list(channels(code)) == expected


@given(st.from_regex(r"1[0-5][0-9]{16}|(2[5-9]|30)[0-9]{16}", fullmatch=True))
def test_payment_codes_that_biip_takes_for_an_sscc_are_said_so(code: str) -> None:
    assert reads_as_sscc(code) == (biip.parse(code).sscc is not None)


@given(st.text(max_size=60))
def test_a_masked_code_shows_six_characters_at_most(text: str) -> None:
    hidden = masked(text)
    assert len(hidden) == len(text)
    assert sum(shown == real != "*" for shown, real in zip(hidden, text, strict=True)) <= 6
    assert masked("134567890123456789") == "13************6789"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SF1234567890123", ["SF"]),
        ("SFA123456789012", ["SF"]),
        ("YT8962345678901", ["YTO"]),
        ("432542035598773", ["YUNDA"]),
        ("9712345678901", ["CHINA_POST"]),
        ("621123456789012", ["CAINIAO"]),
        ("sf 1234 5678 90123", ["SF"]),
        ("JDX024407261700-1-1-", ["JD"]),
        ("JDVA11408814483-2-3", ["JD"]),
        ("RB123456786GB", []),
        ("6901234567893", []),
        ("SF12345", []),
        ("7" * 5000, []),
    ],
)
def test_a_waybill_names_all_its_candidates(text: str, expected: list[str]) -> None:
    assert list(carrier_names(text, CARRIERS)) == expected


def test_a_waybill_loses_spaces_and_the_suffix_of_jd_only() -> None:
    assert waybill_number("jdx 024407261700-1-12-", CARRIERS) == "JDX024407261700"
    assert waybill_number("12-2-1203", CARRIERS) == "12-2-1203"


def test_unknown_number_ranges_pass_for_a_waybill_and_goods_and_our_codes_do_not() -> None:
    assert all(is_loose_waybill(text, CARRIERS) for text in ("443123456789", "21098765432109", "ABC1234567890"))
    others = ("6901234567892", "ZZ1014", "R2611230100424", "M1234567895", "HELLO-WORLD", "你好")
    assert not any(is_loose_waybill(text, CARRIERS) for text in others)


@given(st.integers(0, 99_999_999))
def test_an_s10_number_has_exactly_one_check_digit(serial: int) -> None:
    valid = [digit for digit in range(10) if parse_s10(f"RB{serial:08d}{digit}CN").valid]
    assert valid == [s10_check(f"{serial:08d}")]


def test_both_special_cases_of_the_s10_check_digit() -> None:
    by_rest = {
        sum(w * int(d) for w, d in zip((8, 6, 4, 2, 3, 5, 9, 7), f"{n:08d}", strict=True)) % 11: n for n in range(500)
    }
    assert s10_check(f"{by_rest[1]:08d}") == 0
    assert s10_check(f"{by_rest[0]:08d}") == 5


def test_other_shapes_are_no_s10_number() -> None:
    assert find_s10("RB12345678GB") is None
    assert find_s10("ßß123456785GB") is None
    with pytest.raises(CodecError, match="S10"):
        parse_s10("6901234567892")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("１２－２－１２０３", ("12", "2", "1203")),
        ("a—1–0007", ("A", "1", "0007")),
        (" 3-1-3001 ", ("3", "1", "3001")),
        ("12−3―4567", ("12", "3", "4567")),
    ],
)
def test_pick_up_codes_take_full_width_digits_and_any_dash(text: str, parts: tuple[str, str, str]) -> None:
    found = parse_pickup(text)
    assert (found.shelf, found.layer, found.serial) == parts


@pytest.mark.parametrize("text", ["", "12-2", "AB-1-1", "1-1-1-1", "1234-1-1", "1-123-1", "1-1-1234567", "١-١-١"])
def test_other_shapes_are_no_pick_up_code(text: str) -> None:
    with pytest.raises(CodecError, match="pick-up code"):
        parse_pickup(text)


@given(st.text(max_size=60))
def test_any_text_has_an_answer_from_every_code(text: str) -> None:
    find_pickup(text)
    find_s10(text)
    carrier_names(text, CARRIERS)
    channels(text)
    aim, rest = split_aim(text)
    assert (aim or "") + rest == text


@pytest.mark.parametrize(
    ("text", "aim", "name"),
    [
        ("]J1010690123456789210ABC", "]J1", "GS1 DotCode"),
        ("]A7ABC", "]A7", "Code 39"),
        ("]Y0abc", "]Y0", None),
        ("]", None, None),
        ("]é1x", None, None),
    ],
)
def test_the_identifier_is_split_off_and_named(text: str, aim: str | None, name: str | None) -> None:
    assert split_aim(text)[0] == aim
    assert (symbology(aim) if aim else None) == name


@dataclass(frozen=True)
class Stamped:
    boot_seq: int
    seq: int


@given(st.lists(st.builds(Stamped, st.integers(0, 3), st.integers(0, 20))))
def test_events_are_ordered_by_boot_and_sequence(events: list[Stamped]) -> None:
    ordered = chronological(events)
    assert [(e.boot_seq, e.seq) for e in ordered] == sorted((e.boot_seq, e.seq) for e in events)


def test_an_event_before_the_clock_was_right_is_dated_back() -> None:
    right_at = datetime(2026, 11, 23, 10, 1, tzinfo=UTC)
    assert back_dated(100.25, sync_mono_s=160.25, sync_at=right_at) == right_at - timedelta(minutes=1)
