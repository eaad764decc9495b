"""Scanners that type: key events to scans, and the structures that carry them."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.input_event import SIZE_32, SIZE_64, InputEvent, InputEventDecoder, pack_event, parse_events
from edge.codec.keyboard import MAX_SCAN, NUMERIC_PAD, PLAIN, SHIFTED, UNREADABLE, AltMode, KeyDecoder, Scan, Terminator
from edge.errors import CodecError

ENTER = [(28, 1), (28, 0)]
KEYPAD = {"7": 71, "8": 72, "9": 73, "4": 75, "5": 76, "6": 77, "1": 79, "2": 80, "3": 81, "0": 82}

Keys = list[tuple[int, int]]


def typed(text: str) -> Keys:
    """The events of a scanner that types `text` on the main block."""
    keys: Keys = []
    for character in text:
        plain = [code for code, sign in PLAIN.items() if sign == character]
        if plain:
            keys += [(plain[0], 1), (plain[0], 0)]
        else:
            code = next(code for code, sign in SHIFTED.items() if sign == character)
            keys += [(42, 1), (code, 1), (code, 0), (42, 0)]
    return keys


def alt(number: str) -> Keys:
    presses = [(KEYPAD[digit], value) for digit in number for value in (1, 0)]
    return [(56, 1), *presses, (56, 0)]


def control(code: int) -> Keys:
    return [(29, 1), (code, 1), (code, 0), (29, 0)]


def scans(keys: Keys, decoder: KeyDecoder | None = None) -> list[Scan]:
    decoder = decoder or KeyDecoder()
    return [scan for event in keys for scan in decoder.feed(event)]


@given(st.text([*PLAIN.values(), *SHIFTED.values()], max_size=60))
def test_whatever_the_layout_has_comes_back(text: str) -> None:
    assert scans(typed(text) + ENTER) == [(text, Terminator.ENTER)]


def test_a_web_address_keeps_its_signs_and_case() -> None:
    uri = "https://id.gs1.org/01/09506000134352?17=180426&x=_~A"
    assert scans([*typed(uri), (15, 1)]) == [(uri, Terminator.TAB)]


@pytest.mark.parametrize("number", ["029", "0029", "29"])
def test_gs_arrives_as_an_alt_code(number: str) -> None:
    assert scans(typed("10ABC") + alt(number) + typed("21X") + ENTER) == [("10ABC\x1d21X", "ENTER")]


@pytest.mark.parametrize(("code", "character"), [(27, "\x1d"), (7, "\x1e"), (12, "\x1f"), (43, "\x1c"), (30, "\x01")])
def test_control_keys_are_control_characters(code: int, character: str) -> None:
    assert scans(typed("a") + control(code) + ENTER) == [(f"a{character}", "ENTER")]


@pytest.mark.parametrize(("code", "terminator"), [(50, "ENTER"), (36, "ENTER"), (23, "TAB")])
def test_control_m_j_and_i_end_a_scan(code: int, terminator: str) -> None:
    assert scans(typed("69") + control(code)) == [("69", terminator)]


def test_carriage_return_as_an_alt_code_ends_a_scan() -> None:
    assert scans(alt("054") + alt("057") + alt("013")) == [("69", "ENTER")]


@pytest.mark.parametrize(
    ("mode", "numbers", "text"),
    [
        ("auto", ["54992"], "中"),
        ("auto", ["20013"], "中"),
        ("auto", ["214", "208"], "中"),
        ("auto", ["228", "184", "173"], "中"),
        ("auto", ["43681"], chr(43681)),
        ("gbk", ["54992", "065"], "中A"),
        ("gbk", ["43681"], UNREADABLE),
        ("unicode", ["36965"], "遥"),
        ("gbk", ["36965"], b"\x90\x65".decode("gbk")),
        ("unicode", ["233"], "é"),
        ("bytes", ["065", "214", "208"], "A中"),
        ("bytes", ["54992"], UNREADABLE),
        ("unicode", ["55296"], UNREADABLE),
        ("auto", ["99999999999999999999"], UNREADABLE),
    ],
)
def test_alt_codes_mean_what_the_setting_says(mode: AltMode, numbers: list[str], text: str) -> None:
    keys = [key for number in numbers for key in alt(number)]
    assert scans(keys + ENTER, KeyDecoder(alt_mode=mode)) == [(text, "ENTER")]


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8))
def test_chinese_survives_each_mode_that_is_set(text: str) -> None:
    unicode = [key for character in text for key in alt(str(ord(character)))]
    pairs = [key for character in text for key in alt(str(int.from_bytes(character.encode("gbk"), "big")))]
    octets = [key for byte in text.encode() for key in alt(str(byte))]
    assert scans(unicode + ENTER, KeyDecoder(alt_mode="unicode")) == [(text, "ENTER")]
    assert scans(pairs + ENTER, KeyDecoder(alt_mode="gbk")) == [(text, "ENTER")]
    assert scans(octets + ENTER, KeyDecoder(alt_mode="bytes")) == [(text, "ENTER")]


def test_maker_keys_for_gs_and_inverted_case_are_settings() -> None:
    decoder = KeyDecoder(gs_keys=[108], invert_case=True)
    assert scans([*typed("aB1"), (108, 1), (108, 0), *ENTER], decoder) == [("Ab1\x1d", "ENTER")]
    assert scans([*typed("a"), (108, 1), *ENTER]) == [("a", "ENTER")]


def test_unknown_keys_and_caps_lock_type_nothing() -> None:
    assert scans([(58, 1), (58, 0), (69, 1), (116, 1), (240, 1), *typed("a"), *ENTER]) == [("a", "ENTER")]


def test_two_decoders_do_not_share_a_shift_key() -> None:
    left, right = KeyDecoder(), KeyDecoder()
    left.feed((42, 1))
    assert scans(typed("a") + ENTER, right) == [("a", "ENTER")]


def test_after_lost_keys_the_tail_is_not_taken_for_a_scan() -> None:
    decoder = KeyDecoder()
    scans(typed("6901"), decoder)
    decoder.resynchronise()
    assert decoder.partial == ""
    assert scans(typed("567892") + ENTER, decoder) == []
    assert scans(typed("6901234567892") + ENTER, decoder) == [("6901234567892", "ENTER")]


def test_lost_keys_release_a_shift_key_that_was_down() -> None:
    decoder = KeyDecoder()
    decoder.feed((42, 1))
    decoder.resynchronise()
    decoder.drop()
    assert scans(typed("a") + ENTER, decoder) == [("a", "ENTER")]


def test_silence_ends_what_was_being_discarded() -> None:
    decoder = KeyDecoder()
    decoder.resynchronise()
    decoder.drop()
    assert scans(typed("69") + ENTER, decoder) == [("69", "ENTER")]


def test_silence_forgets_the_partial_scan() -> None:
    decoder = KeyDecoder()
    scans(typed("6901"), decoder)
    assert decoder.partial == "6901"
    decoder.drop()
    assert scans(typed("69") + ENTER, decoder) == [("69", "ENTER")]


def test_an_over_long_scan_is_discarded_whole_and_counted() -> None:
    decoder = KeyDecoder()
    assert scans(typed("1") * MAX_SCAN + ENTER, decoder) == [("1" * MAX_SCAN, "ENTER")]
    assert scans(typed("1") * (3 * MAX_SCAN) + ENTER, decoder) == []
    assert scans(alt("200") * (MAX_SCAN + 1) + ENTER, decoder) == []
    assert decoder.overlong == 2
    assert scans(typed("69") + ENTER, decoder) == [("69", "ENTER")]


@given(st.lists(st.tuples(st.integers(0, 767), st.integers(0, 2)), max_size=200))
def test_after_any_keys_the_next_good_scan_is_read(garbage: Keys) -> None:
    decoder = KeyDecoder()
    scans(garbage, decoder)
    released = [(code, 0) for code in (29, 42, 54, 56, 97, 100)]
    scans(released + ENTER, decoder)
    assert scans(typed("6901234567892") + ENTER, decoder) == [("6901234567892", "ENTER")]


def test_a_numeric_pad_has_its_twenty_keys() -> None:
    assert set(NUMERIC_PAD.values()) == {*"0123456789.+-*/", "ENTER", "BACKSPACE"}
    assert [NUMERIC_PAD[code] for code in (82, 79, 83, 78, 74, 55, 98, 96, 14)] == [
        *"01.+-*/", "ENTER", "BACKSPACE",
    ]  # fmt: skip


EVENTS = st.builds(
    InputEvent,
    sec=st.integers(0, 2**32 - 1),
    usec=st.integers(0, 999_999),
    type=st.integers(0, 31),
    code=st.integers(0, 767),
    value=st.integers(-(2**31), 2**31 - 1),
)


@pytest.mark.parametrize("size", [SIZE_32, SIZE_64])
@given(events=st.lists(EVENTS, max_size=8), cut=st.integers(1, 30))
def test_input_events_survive_any_cutting(size: int, events: list[InputEvent], cut: int) -> None:
    stream = b"".join(pack_event(event, size) for event in events)
    decoder = InputEventDecoder(size)
    pieces = [stream[at : at + cut] for at in range(0, len(stream), cut)]
    assert [event for piece in pieces for event in decoder.feed(piece)] == events


def test_an_event_of_64_bits_is_24_bytes() -> None:
    event = InputEvent(1_700_000_000, 123_456, 1, 2, 1)
    assert pack_event(event, SIZE_64) == struct.pack("<qqHHi", 1_700_000_000, 123_456, 1, 2, 1)
    assert parse_events(pack_event(event, SIZE_64)) == parse_events(pack_event(event, SIZE_32)) == [event]


def test_lost_keys_are_told_from_other_synchronisation() -> None:
    assert InputEvent(0, 0, 0, 3, 0).keys_lost
    assert not InputEvent(0, 0, 0, 0, 0).keys_lost
    assert not InputEvent(0, 0, 1, 3, 0).keys_lost


@given(st.binary(max_size=100))
def test_any_bytes_are_events_or_our_error(garbage: bytes) -> None:
    try:
        assert parse_events(garbage)
    except CodecError as err:
        assert err.expected


def test_sizes_and_fields_out_of_range_are_refused() -> None:
    with pytest.raises(CodecError):
        InputEventDecoder(20)
    with pytest.raises(CodecError):
        pack_event(InputEvent(0, 0, 70_000, 0, 0))
