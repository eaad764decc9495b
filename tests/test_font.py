"""Pictures of paper have a glyph for every character that a receipt printer has, in the printer's own cells."""

from __future__ import annotations

from edge.paper.font import chinese_font

GB2312_ROWS = range(0xA1, 0xF8)
GB2312_CELLS = range(0xA1, 0xFF)
GB2312_CHARACTERS = 7445


def test_every_gb2312_character_has_a_glyph() -> None:
    font = chinese_font(24)
    missing_glyph = bytes(font.getmask("\U000f1234", "1"))
    pairs = [bytes((row, cell)) for row in GB2312_ROWS for cell in GB2312_CELLS]
    characters = [text for pair in pairs if (text := pair.decode("gb2312", errors="ignore"))]
    assert len(characters) == GB2312_CHARACTERS
    assert [text for text in characters if bytes(font.getmask(text, "1")) == missing_glyph] == []


def test_chinese_is_twice_as_wide_as_latin() -> None:
    font = chinese_font(24)
    assert [font.getlength(text) for text in ("农", "，", "￥", "m", "i", "8")] == [24, 24, 24, 12, 12, 12]
