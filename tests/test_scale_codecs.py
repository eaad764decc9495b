"""Frames of scales: what each says, beyond the vectors; garbage, splits, checksums; when a weight may become money."""

from __future__ import annotations

from decimal import Decimal

import pytest
from fuzz_streams import SCALES, scale_frames
from hypothesis import given
from hypothesis import strategies as st

from edge.codec import scale_8217, scale_ascii, scale_cas, scale_nci, scale_toledo, scale_yaohua
from edge.codec.frame import describe_frame
from edge.codec.scale import PROTOCOLS
from edge.codec.scale_frame import MAX_FRAME_TEXT, FrameDecoder, check_of, frame_text
from edge.model.weight import SETTLED_S, Load, Reading, Steadiness, Unit


def only(decoder: FrameDecoder[Reading], octets: bytes) -> Reading:
    (reading,) = decoder.feed(octets)
    return reading


def cas(checked: bytes) -> bytes:
    return b"\x01\x02" + checked + bytes((check_of(checked),)) + b"\x03\x04"


@pytest.mark.parametrize("name", sorted(SCALES))
@given(garbage=st.binary(max_size=80))
def test_after_any_garbage_the_next_good_frame_is_read_byte_by_byte_and_at_once(name: str, garbage: bytes) -> None:
    assert str(scale_frames(name)(garbage)) == "1.500"


@pytest.mark.parametrize("name", sorted(SCALES))
@given(cut=st.integers(0, 23))
def test_a_frame_that_was_cut_off_swallows_no_other(name: str, cut: int) -> None:
    assert str(scale_frames(name)(SCALES[name][:cut])) == "1.500"
    assert str(scale_frames(name)(SCALES[name][cut:])) == "1.500"


def test_every_protocol_has_a_frame_to_be_tried_with() -> None:
    assert set(SCALES) == set(PROTOCOLS)


def test_parity_bits_of_a_line_set_to_8n1_do_no_harm() -> None:
    odd = bytes(octet | (0x80 if octet.bit_count() % 2 else 0) for octet in SCALES["cas"])
    assert only(scale_cas.decoder(), odd).weight == Decimal("1.500")


def test_a_byte_whose_parity_is_wrong_spoils_its_frame() -> None:
    even = bytes(octet | (0x80 if octet.bit_count() % 2 else 0) for octet in SCALES["nci"])
    assert only(scale_nci.decoder(), even).grams == 1500
    assert only(scale_nci.decoder(), bytes(octet ^ 0x80 for octet in even)).grams == 1500, "odd"
    assert only(scale_nci.decoder(), bytes(octet | 0x80 for octet in SCALES["nci"])).grams == 1500, "mark"
    for at in range(len(even) - 1):
        turned = scale_nci.decoder()
        told = turned.feed(even[:at] + bytes((even[at] ^ 0x01,)) + even[at + 1 :])
        assert not any(reading.sellable for reading in told)
    spoilt = scale_nci.decoder()
    spoilt.feed(even.replace(b"5", b"4"))
    assert "parity" in str(spoilt.trouble)


def test_cas_with_14_and_16_bytes_is_read() -> None:
    assert only(scale_cas.decoder(), cas(b"S 1.500kg")).grams == 1500
    assert only(scale_cas.decoder(), cas(b"S 001.500kg")).grams == 1500
    assert only(scale_cas.decoder(), cas(b"S 0585.0 g")).grams == 585


def test_cas_says_overload_by_its_sign() -> None:
    reading = only(scale_cas.decoder(), cas(b"SF00.000kg"))
    assert (reading.over, reading.weight, reading.sellable) == (True, None, False)


def test_a_line_of_text_says_overload_net_and_tare() -> None:
    assert only(scale_ascii.decoder(), b"OL,GS,-------kg\r\n").over
    assert only(scale_ascii.decoder(), b"ST,NT,- 0.020 kg\r\n") == Reading(
        Decimal("-0.020"), Unit.KILOGRAM, stable=True, load=Load.NET, negative=True, frame=b"ST,NT,- 0.020 kg\r"
    )
    tare = only(scale_ascii.decoder(), b"ST,TR,+ 0.120kg\n")
    assert (tare.load, tare.sellable, tare.is_empty) == (Load.TARE, False, False)


def test_8217_tells_net_and_all_bits_of_its_state() -> None:
    assert only(scale_8217.decoder(), b"\x02 1.500N\r").load is Load.NET
    state = only(scale_8217.decoder(), b"\x02?\x78\r")
    assert (state.zero, state.load, state.faults) == (True, Load.NET, (scale_8217.OUTSIDE_ZERO,))


def test_nci_tells_under_a_third_byte_and_faults() -> None:
    assert only(scale_nci.decoder(), b"\nS01\r\x03").under
    third = only(scale_nci.decoder(), b"\n 1.500KG\r\nS0p4\r\x03")
    assert (third.load, third.grams) == (Load.NET, 1500)
    assert only(scale_nci.decoder(), b"\nS4\x38\r\x03").faults == ("ram_error", "calibration_error")
    refused = scale_nci.decoder()
    assert refused.feed(b"\n?\r\x03") == []
    assert "does not know" in str(refused.trouble)


def test_pounds_are_told_but_never_sold() -> None:
    reading = only(scale_nci.decoder(), b"\n01.50LB\r\nS00\r\x03")
    assert (str(reading.weight), reading.unit, reading.grams, reading.sellable) == ("1.50", Unit.POUND, None, False)


def test_an_equals_frame_is_read_in_the_order_that_was_set() -> None:
    assert str(only(scale_yaohua.equals_decoder(), b"=000.3000").weight) == "3.000"
    assert str(only(scale_yaohua.equals_decoder(scale_yaohua.Order.NORMAL), b"=0003.000;12.50").weight) == "3.000"


@pytest.mark.parametrize(
    ("text", "value"),
    [("=000.3000", "3.000"), ("=0003.000", "3.000"), ("=00.1000-", "-1.00"), ("=-0001.00", "-1.00"),
     ("=00021000", "12000")],
)  # fmt: skip
def test_decode_frame_finds_the_order_by_sign_and_point(text: str, value: str) -> None:
    assert describe_frame("scale_yaohua", text)["value"] == value


def test_a_question_to_a_yaohua_is_made_as_the_manual_prints_it() -> None:
    assert scale_yaohua.command_frame("A") == bytes.fromhex("02 41 42 30 33 03")


def test_a_yaohua_answer_may_repeat_the_question() -> None:
    asked = b"AB+0015003"
    frame = b"\x02" + asked + f"{check_of(asked):02X}".encode() + b"\x03"
    assert str(only(scale_yaohua.decoder(), frame).weight) == "1.500"


def test_toledo_without_a_right_check_byte_is_read_only_when_that_was_set() -> None:
    frame = SCALES["toledo"][:-1] + b"\x7f"
    strict = scale_toledo.decoder()
    assert strict.feed(frame) == []
    assert "checksum" in str(strict.trouble)
    assert only(scale_toledo.decoder(checked=False), frame).grams == 1500


def test_grams_are_exact_and_cut_never_rounded() -> None:
    assert Reading(Decimal("20.7"), Unit.GRAM).grams == 20
    assert Reading(Decimal("0.5859"), Unit.KILOGRAM).grams == 585


@pytest.mark.parametrize(
    "wrong", [{"stable": False}, {"stable": None}, {"over": True}, {"under": True}, {"weight": Decimal("0.000")},
              {"weight": Decimal("-0.001"), "negative": True}, {"faults": ("ram_error",)}, {"unit": Unit.NONE}]
)  # fmt: skip
def test_only_a_weight_at_rest_in_range_and_above_zero_may_become_money(wrong: dict[str, object]) -> None:
    right: dict[str, object] = {"weight": Decimal("0.585"), "unit": Unit.KILOGRAM, "stable": True}
    assert Reading(**right).sellable  # type: ignore[arg-type]
    assert not Reading(**right | wrong).sellable  # type: ignore[arg-type]


def test_a_scale_that_tells_no_motion_rests_after_three_equal_readings_and_half_a_second() -> None:
    steadiness, told = Steadiness(), Reading(Decimal("0.585"), Unit.KILOGRAM)
    assert [steadiness.judged(told, at).stable for at in (0.0, SETTLED_S / 2, SETTLED_S)] == [False, False, True]
    moved = Reading(Decimal("0.586"), Unit.KILOGRAM)
    assert steadiness.judged(moved, SETTLED_S + 0.1).stable is False
    rare = Steadiness()
    assert [rare.judged(told, at).stable for at in (0.0, 5.0)] == [False, False], "two readings tell nothing"


def test_a_frame_is_kept_as_text_within_its_bound() -> None:
    assert frame_text(b"\x02 1.500\r") == "<02> 1.500<0D>"
    assert len(frame_text(bytes(64))) == MAX_FRAME_TEXT
