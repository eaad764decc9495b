"""Slips as text in the ledger: what cannot be printed is found when it is read, not in the printer's driver."""

from __future__ import annotations

import pytest

from edge.codec.slip_text import read_slip, write_slip
from edge.errors import CodecError
from edge.model.slip import Align, Barcode, Feed, Headline, Picture, QrCode, Row, Rule, Slip, Text

SLIP = Slip(
    (Text("合计", Align.CENTRE, bold=True, big=True), Row("可乐", "3.50"), Rule(double=True), Feed(2), Barcode("R1"),
     QrCode("x"), Headline("3-1-3001"), Picture(8, (b"\xff", b"\0")))
)  # fmt: skip


def test_every_block_comes_back() -> None:
    assert read_slip(write_slip(SLIP)) == SLIP


@pytest.mark.parametrize(
    "text",
    [
        '[["text",5,"left",false,false]]', '[["text",null,"left",false,false]]', '[["row","a",["b"],false,false]]',
        '[["feed","2"]]', '[["feed",1e999]]', '[["qr","\\ud800"]]', '[["barcode",1]]', '[["headline",1]]',
        '[["picture",8,[5]]]',
        '[["picture","8",[]]]', '[["stamp"]]', "[[]]", "{}x", "[" * 10_000,
    ],
)  # fmt: skip
def test_a_slip_that_no_printer_can_be_told_is_refused(text: str) -> None:
    with pytest.raises(CodecError, match="a stored slip cannot be read"):
        read_slip(text)
