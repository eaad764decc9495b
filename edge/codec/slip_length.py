"""How much paper a slip takes, roughly and never too little: for printers that do not say when they are done."""

from __future__ import annotations

from typing import assert_never

from edge.model.slip import Barcode, Block, Feed, Headline, Picture, QrCode, Row, Rule, Slip, Text

LINE_MM = 4.25
"""1/6 inch, the widest usual line spacing."""
BARCODE_MM = 20.0
HEADLINE_MM = 26.0
"""Eight times the height of a character, the most that any printer makes."""
QR_MM = 55.0
DOTS_A_MM = 8
ENDS_MM = 60.0
"""Both marks of a copy, and the feed to the cutter."""


def slip_mm(slip: Slip, columns: int) -> float:
    """Millimetres of paper on a printer of so many columns."""
    return ENDS_MM + sum(_block_mm(block, columns) for block in slip.blocks)


def _block_mm(block: Block, columns: int) -> float:
    match block:
        case Text(text, big=big):
            return _text_mm(text, columns, big=big)
        case Headline(text):
            return max(HEADLINE_MM, _text_mm(text, columns, big=True))
        case Row(left, right, big=big):
            return _text_mm(left, columns, big=big) + _text_mm(right, columns, big=big)
        case Rule():
            return LINE_MM
        case Feed(lines):
            return lines * LINE_MM
        case Barcode():
            return BARCODE_MM
        case QrCode():
            return QR_MM
        case Picture(rows=rows):
            return len(rows) / DOTS_A_MM
        case _:
            assert_never(block)


def _text_mm(text: str, columns: int, *, big: bool) -> float:
    """Every character as two cells; twice as wide and high when big."""
    scale = 2 if big else 1
    lines = sum(1 + 2 * scale * len(line) // columns for line in text.split("\n"))
    return lines * scale * LINE_MM
