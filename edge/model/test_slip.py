"""The paper of a printer test: width, Chinese characters, both sizes, a barcode and a QR code that can be scanned."""

from __future__ import annotations

from edge.model.slip import Align, Barcode, Block, Feed, QrCode, Row, Rule, Slip, Text

_TENS = "1234567890"

WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {"title": "打印测试", "terminal": "终端", "time": "时间", "width": "这一行要正好到两边",
              "wraps": "这一行太长，要自己换行：", "scan": "扫上面的码，机器再说一遍"},
    "en": {"title": "Printer test", "terminal": "Terminal", "time": "Time", "width": "This line reaches both sides",
           "wraps": "This line is too long and has to wrap:", "scan": "Scan a code: the box speaks again"},
}  # fmt: skip


def test_slip(*, tid: str, code: str, now: str, language: str) -> Slip:
    """`now` as it shall be printed; `code`: to be scanned."""
    words = WORDS[language]
    blocks: tuple[Block, ...] = (
        Text(words["title"], Align.CENTRE, bold=True, big=True),
        Row(words["terminal"], tid),
        Row(words["time"], now),
        Rule(),
        Text(words["width"]),
        Rule(double=True),
        Row("¥0.01", "¥99,999.99", bold=True),
        Text(f"{words['wraps']}{_TENS * 5}"),
        Text("粗体 Bold", bold=True),
        Rule(),
        Barcode(code),
        Feed(),
        QrCode(code),
        Text(words["scan"], Align.CENTRE),
        Feed(),
    )
    return Slip(blocks)
