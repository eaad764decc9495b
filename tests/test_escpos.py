"""Slips as bytes: what a printer is sent, and what an independent reader finds on the paper."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_slip import GOODS, LINK, RECEIPT_CODE, SHOP, receipt

from edge.codec.escpos import (
    PAPER_58,
    PAPER_80,
    PAPER_80_NARROW,
    QR_BYTES_MAX,
    Paper,
    copy_mark,
    encode_slip,
    kick,
    paper_of,
)
from edge.codec.gb18030 import cells
from edge.errors import CodecError, SettingsError
from edge.model.slip import Align, Barcode, Block, Feed, Headline, Picture, QrCode, Row, Rule, Slip, Text
from edge.paper.mark import CHINESE_DOTS, PaperSlip, Raster, TextLine
from edge.paper.roll import PaperRoll

PAPERS = pytest.mark.parametrize("paper", [PAPER_58, PAPER_80, PAPER_80_NARROW], ids=lambda paper: f"{paper.columns}")


def printed(*blocks: Block, paper: Paper = PAPER_58, mark: str = "") -> PaperSlip:
    """The slip that falls into the hand of the customer; fails on any byte that the reader does not know."""
    roll = PaperRoll(paper.dots)
    assert roll.feed(encode_slip(Slip(blocks), paper, mark=mark)) == []
    assert not roll.troubles
    assert len(roll.slips) == 1
    return roll.slips[0]


def lines(slip: PaperSlip) -> list[TextLine]:
    return [mark for mark in slip.marks if isinstance(mark, TextLine)]


def test_a_slip_is_initialised_printed_fed_and_cut() -> None:
    octets = encode_slip(Slip((Text("中文 ab"),)), PAPER_58)
    assert octets.hex(" ") == "1b 40 1c 26 d6 d0 ce c4 20 61 62 0a 1b 64 06 1d 56 01"


def test_a_printer_without_a_cutter_feeds_the_slip_to_the_tear_bar() -> None:
    assert encode_slip(Slip((Text("a"),)), PAPER_58, cut=False).hex(" ") == "1b 40 1c 26 61 0a 1b 64 04"


@pytest.mark.parametrize(("pin", "octets"), [(2, "1b 70 00 32 32"), (5, "1b 70 01 32 32")])
def test_the_drawer_is_pulsed_for_100_ms(pin: Literal[2, 5], octets: str) -> None:
    assert kick(pin).hex(" ") == octets


@PAPERS
def test_a_receipt_is_readable_on_every_paper(paper: Paper) -> None:
    slip = printed(*receipt().blocks, paper=paper)
    assert slip.text.startswith(SHOP + "\n")
    for name, _, amount in GOODS:
        assert name.replace(" ", "") in slip.text.replace("\n", "").replace(" ", "")
        assert amount in slip.text
    assert slip.barcodes == [RECEIPT_CODE]
    assert slip.qr_codes == [LINK]
    assert not slip.is_copy
    assert max(line.width for line in lines(slip)) <= paper.columns * 12
    assert slip.tail_dots >= 160, "the cutter stands 20 mm behind the head"


@PAPERS
def test_amounts_end_at_the_same_column(paper: Paper) -> None:
    slip = printed(*(Row(name, "9.90") for name in ("水", "Ab", "很长的名字" * 5)), paper=paper)
    assert {cells(line.text) for line in lines(slip) if line.text.endswith("9.90")} == {paper.columns}


def test_a_copy_says_so_large_at_both_ends() -> None:
    slip = printed(*receipt().blocks, mark=copy_mark(2))
    assert slip.is_copy
    large = [line.text for line in lines(slip) if line.spans[0].tall == 2]
    assert large[0] == large[-1] == "副本 2 重打/COPY"
    assert copy_mark(0) == ""


def test_goods_called_copy_do_not_make_a_copy() -> None:
    assert not printed(Text("COPY PAPER A4 重打")).is_copy


@pytest.mark.parametrize("gs_scales_chinese", [True, False])
def test_large_chinese_is_large_on_clones_whose_size_command_is_for_latin_only(gs_scales_chinese: bool) -> None:
    roll = PaperRoll(384, gs_scales_chinese=gs_scales_chinese)
    roll.feed(encode_slip(Slip((Text("合计 12", big=True), Text("小 1"))), PAPER_58))
    big, small = lines(roll.slips[0])
    assert {(span.wide, span.tall) for span in big.spans} == {(2, 2)}
    assert {(span.wide, span.tall) for span in small.spans} == {(1, 1)}


def test_styles_end_with_their_block() -> None:
    slip = printed(Text("一", Align.CENTRE, bold=True, big=True), Text("二"), Text("三", Align.RIGHT), Rule())
    one, two, three, rule = lines(slip)
    assert (one.align, one.spans[0].bold) == (1, True)
    assert (two.align, two.spans[0].bold, two.spans[0].tall, two.height) == (0, False, 1, 30)
    assert (three.align, rule.align) == (2, 0)
    assert rule.text == "-" * 32


@pytest.mark.parametrize(("paper", "times"), [(PAPER_58, 4), (PAPER_80, 6)])
def test_a_headline_is_as_large_as_the_paper_allows(paper: Paper, times: int) -> None:
    head, below = lines(printed(Headline("3-1-3001"), Text("二"), paper=paper))
    assert (head.text, head.align, head.spans[0].wide, head.spans[0].tall, head.spans[0].bold) == (
        "3-1-3001", 1, times, times, True,
    )  # fmt: skip
    assert head.width <= paper.dots and head.height >= 24 * times
    assert (below.align, below.spans[0].tall, below.spans[0].bold, below.height) == (0, 1, False, 30)


@pytest.mark.parametrize(("text", "times"), [("A", 8), ("货架三", 2), ("x" * 17, 2), ("x" * 40, 2), ("x" * 16, 2)])
def test_a_headline_stays_on_its_line_or_is_a_big_text(text: str, times: int) -> None:
    found = lines(printed(Headline(text)))
    assert {span.tall for line in found for span in line.spans} == {times}
    assert "".join(line.text for line in found) == text


def test_a_receipt_code_too_wide_for_the_paper_is_packed() -> None:
    long_code = "R26112301004290"
    slip = printed(Barcode(long_code))
    assert slip.barcodes == [long_code]
    assert b"{C" in encode_slip(Slip((Barcode(long_code),)), PAPER_58)
    assert b"{C" not in encode_slip(Slip((Barcode(RECEIPT_CODE),)), PAPER_58)


def test_a_barcode_that_fits_no_paper_is_printed_as_text() -> None:
    slip = printed(Barcode("ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 2))
    assert slip.barcodes == []
    assert slip.text.replace("\n", "") == "ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 2


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40))
def test_every_barcode_reads_as_it_was_meant(text: str) -> None:
    slip = printed(Barcode(text), paper=PAPER_80)
    assert slip.barcodes == [text] or (not slip.barcodes and slip.text.replace("\n", "").split() == text.split())


@pytest.mark.parametrize("text", ["", "中", "a\x1bb"])
def test_a_barcode_of_other_characters_is_refused(text: str) -> None:
    with pytest.raises(CodecError, match="Code 128"):
        encode_slip(Slip((Barcode(text),)), PAPER_58)


@pytest.mark.parametrize("length", [1, 106, 107, 331, 332, QR_BYTES_MAX])
def test_a_qr_code_of_any_length_fits_the_narrow_paper(length: int) -> None:
    assert printed(QrCode("x" * length)).qr_codes == ["x" * length]


def test_a_qr_code_carries_chinese() -> None:
    assert printed(QrCode("取件码 8-3-2017")).qr_codes == ["取件码 8-3-2017"]


@pytest.mark.parametrize("text", ["", "x" * (QR_BYTES_MAX + 1)])
def test_a_qr_code_beyond_its_limit_is_refused(text: str) -> None:
    with pytest.raises(CodecError, match="QR"):
        encode_slip(Slip((QrCode(text),)), PAPER_58)


def test_a_logo_arrives_dot_by_dot() -> None:
    rows = tuple(bytes((n % 256, 255 - n % 256)) for n in range(300))
    rasters = [mark for mark in printed(Picture(16, rows)).marks if isinstance(mark, Raster)]
    assert b"".join(raster.octets for raster in rasters) == b"".join(rows)
    assert {raster.align for raster in rasters} == {1}


def test_nothing_is_written_to_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    printed(Picture(8, (b"\xff",)), Barcode("A1"), QrCode("x"))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "block",
    [Picture(400, (bytes(50),)), Picture(16, (b"\xff",)), Picture(8, ()), Feed(0), Feed(25)],
    ids=["wider than the paper", "short row", "no rows", "no feed", "too far"],
)
def test_what_cannot_be_printed_is_refused(block: Block) -> None:
    with pytest.raises(CodecError):
        encode_slip(Slip((block,)), PAPER_58)


TEXTS = st.builds(Text, st.text(max_size=30), st.sampled_from(Align), st.booleans(), st.booleans())


@given(st.lists(TEXTS, max_size=6))
def test_any_text_leaves_only_bytes_that_a_reader_knows(texts: list[Text]) -> None:
    slip = printed(*texts)
    assert all(line.width <= 384 for line in lines(slip))
    assert all(line.height >= CHINESE_DOTS for line in lines(slip))


@pytest.mark.parametrize(
    ("width_mm", "columns", "paper"),
    [(58, None, PAPER_58), (58, 32, PAPER_58), (80, None, PAPER_80), (80, 42, PAPER_80_NARROW)],
)
def test_papers_are_found_by_width_and_columns(width_mm: int, columns: int | None, paper: Paper) -> None:
    assert paper_of(width_mm, columns) == paper


@pytest.mark.parametrize(("width_mm", "columns"), [(60, None), (58, 48), (80, 32)])
def test_a_paper_that_nobody_sells_is_a_wrong_setting(width_mm: int, columns: int | None) -> None:
    with pytest.raises(SettingsError, match="58 mm with 32, 80 mm with 48, 80 mm with 42 columns"):
        paper_of(width_mm, columns)
