"""What a printer says: answers, automatic blocks and flow control on one wire, with garbage between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.escpos_status import (
    Ask,
    AutoStatus,
    FlowControl,
    Heard,
    PaperReply,
    PaperSensor,
    RealTime,
    StatusStream,
    decode_asb,
    decode_reply,
)
from edge.errors import CodecError

COVER_OPEN = bytes.fromhex("38000000")
WELL = bytes.fromhex("10000000")


def heard(*pieces: bytes) -> list[Heard]:
    stream = StatusStream()
    return [one for piece in pieces for one in stream.feed(piece)]


def test_an_answer_an_automatic_block_and_flow_control_are_told_apart() -> None:
    assert heard(b"\x13\x16" + COVER_OPEN + b"\x11") == [
        FlowControl(go=False),
        RealTime(0x16),
        decode_asb(COVER_OPEN),
        FlowControl(go=True),
    ]


def test_an_answer_in_the_middle_of_a_block_breaks_neither() -> None:
    assert heard(b"\x38\x00\x12\x00\x13\x00") == [RealTime(0x12), FlowControl(go=False), decode_asb(COVER_OPEN)]


def test_a_block_cut_short_gives_way_to_the_next() -> None:
    stream = StatusStream()
    assert stream.feed(b"\x38\x00" + WELL) == [decode_asb(WELL)]
    assert stream.garbage == 2


def test_a_block_whose_end_never_comes_is_given_up() -> None:
    stream = StatusStream()
    stream.feed(b"\x38\x00")
    assert stream.in_block
    stream.give_up_block()
    assert stream.feed(b"\x0c") == [PaperSensor(near_end=False, paper_end=True)]
    assert stream.garbage == 2


def test_the_answer_of_a_clone_that_always_says_ff_is_garbage() -> None:
    assert heard(b"\xff\xff") == []


def test_one_sensor_bit_alone_is_a_late_answer_to_another_question() -> None:
    assert decode_reply(Ask.PAPER, 0x16) == PaperReply(near_end=False, paper_end=False)
    assert decode_reply(Ask.PAPER, 0x7E) == PaperReply(near_end=True, paper_end=True)


@pytest.mark.parametrize("octet", [0x00, 0xFF, 0x10, 0x13, 0x92])
def test_what_is_no_answer_is_refused(octet: int) -> None:
    with pytest.raises(CodecError, match="no answer to DLE EOT"):
        decode_reply(Ask.PRINTER, octet)


@given(st.binary(max_size=40), st.sampled_from(range(128)))
def test_after_any_garbage_the_next_block_is_read(garbage: bytes, state: int) -> None:
    block = bytes((state & 0x6C | 0x10, 0x00, 0x0F, 0x00))
    at_once = heard(garbage + block)
    by_byte = heard(*(bytes((octet,)) for octet in garbage + block))
    assert at_once == by_byte
    assert at_once[-1] == decode_asb(block)


@given(st.binary(max_size=8))
def test_garbage_raises_only_our_error(octets: bytes) -> None:
    try:
        assert isinstance(decode_asb(octets), AutoStatus)
    except CodecError as err:
        assert "status block" in err.what
