"""Scanners on a serial line: framing, text, HID reports, commands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.hid_report import REPORT_SIZE, parse_hid_report
from edge.codec.line_scan import MAX_SCAN, SUFFIXES, ScanFramer, scan_text
from edge.codec.scanner_command import newland, ssi, ssi_checksum
from edge.codec.scanner_frame import describe_hid_report, describe_input_events, describe_scanner_command
from edge.errors import CodecError


@pytest.mark.parametrize("name", ["cr", "lf", "crlf", "tab"])
def test_each_suffix_ends_a_scan(name: str) -> None:
    framer = ScanFramer(SUFFIXES[name])
    frames = framer.feed(b"6901234567892" + SUFFIXES[name] + b"ZZ1014" + SUFFIXES[name] + b"69")
    assert [frame for frame in frames if frame] == [b"6901234567892", b"ZZ1014"]
    assert framer.waiting == 2


def test_cr_lf_gives_an_empty_scan_for_the_driver_to_drop() -> None:
    assert ScanFramer().feed(b"69\r\n") == [b"69", b""]


def test_without_suffix_silence_ends_a_scan() -> None:
    framer = ScanFramer(SUFFIXES["none"])
    assert framer.feed(b"69012\r\n") == []
    assert framer.flush() == [b"69012\r\n"]
    assert framer.flush() == []


def test_silence_before_the_suffix_forgets_the_partial_scan() -> None:
    framer = ScanFramer()
    framer.feed(b"6901")
    assert framer.drop() == 4
    assert framer.feed(b"ZZ1014\r") == [b"ZZ1014"]


@given(st.integers(1, 7))
def test_an_over_long_scan_is_discarded_whole_and_counted(cut: int) -> None:
    framer = ScanFramer(max_length=8)
    stream = b"12345678\r123456789\r1234567890123456789\rZZ1014\r"
    frames = [frame for at in range(0, len(stream), cut) for frame in framer.feed(stream[at : at + cut])]
    assert frames == [b"12345678", b"ZZ1014"]
    assert framer.overlong == 2


def test_a_flood_without_suffix_is_counted_once_and_not_kept() -> None:
    framer = ScanFramer()
    for _ in range(1000):
        assert framer.feed(b"9" * 512) == []
    assert (framer.overlong, framer.waiting) == (1, 1)
    assert framer.feed(b"\r69\r") == [b"69"]
    assert MAX_SCAN == 4096


@given(st.binary(max_size=300), st.integers(1, 20))
def test_after_any_garbage_the_next_good_scan_is_read(garbage: bytes, cut: int) -> None:
    stream = garbage + b"\r" + b"6901234567892\r"
    whole = ScanFramer()
    pieces = ScanFramer()
    at_once = whole.feed(stream)
    in_pieces = [frame for at in range(0, len(stream), cut) for frame in pieces.feed(stream[at : at + cut])]
    assert at_once == in_pieces
    assert scan_text(at_once[-1]) == "6901234567892"


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_our_error(frame: bytes) -> None:
    try:
        assert "\x00" not in scan_text(frame)
    except CodecError as err:
        assert err.what == "this scan is garbled"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_is_read_in_either_encoding(encoding: str) -> None:
    assert scan_text("农夫山泉550ml".encode(encoding)) == "农夫山泉550ml"


def test_separators_inside_a_code_belong_to_it() -> None:
    assert scan_text(b"[)>\x1e06\x1d10A\x1e\x04") == "[)>\x1e06\x1d10A\x1e\x04"


@pytest.mark.parametrize("frame", [b"69\x0001", b"69\xff\xff", b"\x7f", b"\x81"])
def test_line_noise_is_a_garbled_scan(frame: bytes) -> None:
    with pytest.raises(CodecError, match="garbled") as caught:
        scan_text(frame)
    assert "baud" in caught.value.cure


@given(st.binary(max_size=70))
def test_any_bytes_are_a_hid_report_or_our_error(garbage: bytes) -> None:
    for report in (garbage, (b"\x02" + garbage).ljust(REPORT_SIZE, b"\0")[:REPORT_SIZE]):
        try:
            assert len(parse_hid_report(report).content) == report[1]
        except CodecError as err:
            assert err.expected or err.got


@given(st.binary(max_size=70))
def test_the_magnifying_glass_answers_any_bytes_or_says_why_not(garbage: bytes) -> None:
    for describe in (describe_hid_report, describe_input_events, describe_scanner_command):
        try:
            assert describe(garbage)
        except CodecError as err:
            assert err.what


@given(st.integers(0, 255), st.binary(max_size=251))
def test_an_ssi_packet_sums_to_zero(opcode: int, payload: bytes) -> None:
    packet = ssi(opcode, payload)
    assert packet[0] == len(packet) - 2
    assert (sum(packet[:-2]) + int.from_bytes(packet[-2:], "big")) & 0xFFFF == 0
    assert ssi_checksum(packet[:-2]) == packet[-2:]


def test_commands_too_long_for_their_frame_are_refused() -> None:
    with pytest.raises(CodecError):
        ssi(0xE6, bytes(252))
    assert newland("SCNTRG1", persistent=True)[6:7] == b"@"
