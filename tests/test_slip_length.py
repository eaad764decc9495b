"""The estimate of a slip's length is never shorter than the paper that a printer really feeds."""

from __future__ import annotations

import pytest

from edge.codec.escpos import PAPER_58, PAPER_80, Paper, encode_slip
from edge.codec.slip_length import slip_mm
from edge.model.slip import Align, Barcode, Feed, Headline, Picture, QrCode, Row, Rule, Slip, Text
from edge.paper.roll import PaperRoll

SLIPS = (
    Slip(()),
    Slip((Text("小红超市", Align.CENTRE, big=True), Text("很长的一段话" * 20), Text("a b c " * 50, big=True))),
    Slip(tuple(Row(f"农夫山泉天然矿泉水 550ml × {n}", "12345.00") for n in range(40))),
    Slip((Rule(), Feed(5), Barcode("R2611231000012"), QrCode("https://example.cn/" + "x" * 400))),
    Slip((Headline("3-1-3001"), Headline("A"), Headline("货架三" * 5), Headline("x" * 40), Text("."))),
    Slip((Picture(384, tuple(bytes(48) for _ in range(500))),)),
)


@pytest.mark.parametrize("paper", [PAPER_58, PAPER_80])
@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_never_longer_than_its_estimate_nor_half_as_long(slip: Slip, paper: Paper) -> None:
    roll = PaperRoll(paper.dots)
    roll.feed(encode_slip(slip, paper, mark="副本 1 COPY"))
    real_mm = roll.fed_dots / 8
    assert real_mm <= slip_mm(slip, paper.columns) <= 2.5 * real_mm + 60
