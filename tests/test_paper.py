"""The paper that can be looked at: what is on it is what the bytes say, whoever sent them."""

from __future__ import annotations

import io
from itertools import groupby, pairwise

import pytest
from barcode.charsets import code128 as oracle
from escpos.printer import Dummy
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sample_slip import LINK, RECEIPT_CODE, SHOP, receipt

from edge.codec.escpos import PAPER_58, PAPER_80, Paper, copy_mark, encode_slip, kick
from edge.codec.escpos_stream import PICTURE_MAX, Op
from edge.model.slip import Align, Barcode, Picture, QrCode, Slip, Text
from edge.paper.mark import Bars, Qr
from edge.paper.picture import DOTS_MAX, render_png
from edge.paper.roll import CUTTER_DOTS, MARKS_MAX, Kick, PaperRoll

RECEIPT = encode_slip(receipt(), PAPER_58, mark=copy_mark(1))
LEADS = (0x10, 0x1B, 0x1C, 0x1D)


def roll_of(octets: bytes, width_dots: int = 384) -> PaperRoll:
    roll = PaperRoll(width_dots)
    roll.feed(octets)
    return roll


def ink(picture: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is black."""
    box = picture.point(lambda value: 255 - value).getbbox()
    assert box is not None, "nothing is printed"
    return box


# --- reading -------------------------------------------------------------------------------------------------------


def test_each_cut_makes_a_slip_and_the_rest_hangs_out() -> None:
    roll = roll_of(RECEIPT + encode_slip(Slip((Text("第二张"),)), PAPER_58) + "未完\n".encode("gb18030"))
    first, second = roll.slips
    assert (first.barcodes, first.qr_codes, first.is_copy) == ([RECEIPT_CODE], [LINK], True)
    assert second.text == "第二张"
    assert roll.open_slip.text == "未完"
    assert roll.cuts == 2


@given(st.lists(st.integers(min_value=0, max_value=len(RECEIPT)), max_size=20))
def test_a_receipt_is_the_same_wherever_the_cable_splits_it(cuts: list[int]) -> None:
    roll = PaperRoll(384)
    ends = sorted({0, *cuts, len(RECEIPT)})
    for start, end in pairwise(ends):
        roll.feed(RECEIPT[start:end])
    assert roll.slips == roll_of(RECEIPT).slips
    assert not roll.troubles


def test_a_receipt_is_the_same_byte_by_byte() -> None:
    roll = PaperRoll(384)
    for octet in RECEIPT:
        roll.feed(bytes((octet,)))
    assert roll.slips == roll_of(RECEIPT).slips


def test_chinese_without_fs_and_is_trouble_not_text() -> None:
    roll = roll_of(b"\x1b@ab" + "中".encode("gb18030") + b"\n")
    assert roll.open_slip.text == "ab??"
    assert [(trouble.at, trouble.octets) for trouble in roll.troubles] == [(4, b"\xd6\xd0")]


def test_four_byte_characters_print_as_garbage_as_on_real_firmware() -> None:
    roll = roll_of(b"\x1c&" + "😀".encode("gb18030") + b"\n")
    assert "😀" not in roll.open_slip.text
    assert roll.trouble_count == 2


def test_unknown_commands_are_counted_with_their_place_and_do_not_spoil_the_next() -> None:
    roll = roll_of(b"ab\x1b\x7fcd\x01\x1b\x1b@\x1c&" + "好\n".encode("gb18030"))
    assert [(trouble.at, trouble.octets) for trouble in roll.troubles] == [(2, b"\x1b\x7f"), (6, b"\x01"), (7, b"\x1b")]
    assert roll.open_slip.text == "好"


def test_drawer_pulses_of_both_forms_are_seen() -> None:
    roll = roll_of(kick(2) + kick(5) + b"\x10\x14\x01\x01\x02")
    assert list(roll.kicks) == [Kick(2, 100, 100, 0), Kick(5, 100, 100, 5), Kick(5, 200, 200, 10)]


def test_questions_are_handed_back_and_leave_no_trace() -> None:
    roll = PaperRoll(384)
    asked = roll.feed(b"a\x10\x04\x01\x1dr\x01\x1da\x0fb\n")
    assert [command.op for command in asked] == [Op.ASK_STATUS, Op.ASK_PAPER, Op.AUTO_STATUS]
    assert roll.open_slip.text == "ab"


def test_a_line_that_is_too_long_goes_on_below() -> None:
    assert roll_of(b"1234567890" * 4 + b"\n").open_slip.text == "12345678901234567890123456789012\n34567890"


def test_a_cut_without_feed_goes_through_the_text_and_with_it_does_not() -> None:
    assert roll_of(b"a\n\x1dV\x01").slips[0].tail_dots < CUTTER_DOTS
    assert roll_of(b"a\n\x1dVB\x00").slips[0].tail_dots >= CUTTER_DOTS


def test_the_stream_of_a_stranger_is_read() -> None:
    printer = Dummy()
    printer.set(align="center", bold=True, double_height=True, double_width=True)
    printer.text("SHOP\n")
    printer.set(normal_textsize=True, align="left", bold=False)
    printer.text("合计：￥12.00 \n")
    printer.barcode("690123456789", "EAN13", align_ct=False)
    printer.cut(feed=False)
    roll = roll_of(b"\x1c&" + printer.output)
    assert roll.slips[0].text == "SHOP\n合计：￥12.00"
    assert roll.slips[0].barcodes == ["6901234567892"]
    assert not roll.troubles


def test_symbols_wider_than_the_paper_are_not_printed_but_told() -> None:
    roll = roll_of(b"\x1dw\x06\x1dkI\x0e{BR26112301004" + b"\x1dv0\x00\x40\x00\x01\x00" + bytes(64))
    assert roll.open_slip.barcodes == []
    assert ["wider than the paper" in trouble.why for trouble in roll.troubles] == [True, True]


def test_a_picture_that_promises_too_much_is_not_waited_for() -> None:
    too_wide = (PICTURE_MAX // 0xFFFF + 1).to_bytes(2, "little")
    roll = roll_of(b"\x1dv0\x00" + too_wide + b"\xff\xff" + b"x\n")
    assert roll.open_slip.text.endswith("x")


@given(st.binary(max_size=80))
def test_any_bytes_can_be_printed_and_looked_at(octets: bytes) -> None:
    roll = roll_of(octets + b"\n")
    roll.open_slip.picture.load()
    assert roll.trouble_count >= len(roll.troubles)


@given(st.lists(st.integers(0, 255).filter(lambda octet: octet not in LEADS), max_size=40))
def test_after_garbage_the_next_receipt_is_read(garbage: list[int]) -> None:
    roll = roll_of(bytes(garbage) + b"\n" + RECEIPT)
    assert SHOP in roll.slips[-1].text
    assert roll.slips[-1].barcodes == [RECEIPT_CODE]


def test_a_slip_without_end_forgets_its_beginning() -> None:
    roll = roll_of(b"a\n" * (MARKS_MAX + 10))
    assert len(roll.open_slip.marks) == MARKS_MAX


# --- pictures ------------------------------------------------------------------------------------------------------


def test_centred_text_stands_in_the_middle() -> None:
    left, _, right, _ = ink(roll_of(encode_slip(Slip((Text("田田", Align.CENTRE),)), PAPER_58)).slips[0].picture)
    assert abs((left + right) / 2 - 192) <= 3


def test_large_text_is_twice_as_large() -> None:
    def size(*, big: bool) -> tuple[int, int]:
        left, top, right, bottom = ink(roll_of(encode_slip(Slip((Text("田", big=big),)), PAPER_58)).slips[0].picture)
        return right - left, bottom - top

    (width, height), (big_width, big_height) = size(big=False), size(big=True)
    assert abs(big_width - 2 * width) <= 3
    assert abs(big_height - 2 * height) <= 3


def test_bars_on_the_paper_are_those_of_an_independent_table() -> None:
    slip = roll_of(encode_slip(Slip((Barcode(RECEIPT_CODE),)), PAPER_58)).slips[0]
    bars = next(mark for mark in slip.marks if isinstance(mark, Bars))
    left, top, right, _ = ink(slip.picture)
    dots = slip.picture.crop((left, top + 5, left + bars.width, top + 6)).tobytes()
    modules = "".join(str(int(black)) * (len(list(run)) // bars.module) for black, run in groupby(d == 0 for d in dots))
    values = [oracle.CODES.index(modules[at : at + 11]) for at in range(0, len(modules) - 13, 11)]
    start, *content, check = values
    assert start == oracle.START_CODES["B"]
    assert "".join(chr(value + 32) for value in content) == RECEIPT_CODE
    assert check == (start + sum(place * value for place, value in enumerate(content, 1))) % 103
    assert right <= 384


def test_a_qr_code_keeps_its_quiet_zone() -> None:
    slip = roll_of(encode_slip(Slip((Text("上"), QrCode(LINK), Text("下"))), PAPER_58)).slips[0]
    at = next(n for n, mark in enumerate(slip.marks) if isinstance(mark, Qr))
    code = slip.marks[at]
    assert isinstance(code, Qr)
    assert slip.marks[at - 1].height >= 4 * code.module <= slip.marks[at + 1].height
    top = sum(mark.height for mark in slip.marks[:at])
    left = (384 - code.width) // 2
    corner = slip.picture.crop((left, top, left + 7 * code.module, top + code.module))
    assert set(corner.tobytes()) == {0}, "the finder's first row is black"


def test_a_picture_is_printed_dot_by_dot() -> None:
    slip = roll_of(encode_slip(Slip((Picture(16, (b"\x80\x01", b"\x00\x00", b"\xff\xff")),)), PAPER_58)).slips[0]
    assert slip.picture.crop((184, 0, 200, 3)).point(lambda value: value == 0).tobytes() == (
        bytes([1, *[0] * 14, 1]) + bytes(16) + bytes([1] * 16)
    )


@pytest.mark.parametrize(("paper", "width"), [(PAPER_58, 464), (PAPER_80, 640)])
def test_a_png_shows_white_paper_as_wide_as_real_paper(paper: Paper, width: int) -> None:
    picture = Image.open(io.BytesIO(render_png(encode_slip(receipt(), paper), paper)))
    box = picture.getchannel("A").point(lambda value: 255 if value == 255 else 0).getbbox()
    assert box is not None
    assert box[2] - box[0] == width
    assert picture.convert("L").crop((picture.width // 2, 24, picture.width // 2 + 1, 25)).tobytes()[0] > 240


def test_the_same_bytes_give_the_same_png() -> None:
    assert render_png(RECEIPT, PAPER_58) == render_png(RECEIPT, PAPER_58)


def test_a_roll_with_nothing_on_it_has_an_empty_picture() -> None:
    assert roll_of(b"").picture().size == (1, 1)


def test_a_long_roll_is_drawn_from_its_end() -> None:
    roll = roll_of(b"a\n\x1dV\x00" * 5 + b"b\n" * 500 + b"\x1dV\x00")
    assert DOTS_MAX < roll.picture().height < 1.3 * DOTS_MAX
    assert roll_of(b"c\n" * 1000).open_slip.picture.height <= DOTS_MAX
